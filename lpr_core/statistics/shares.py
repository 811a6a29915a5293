"""Where a share lies in truth, after so many successes among so many trials."""

import math

from scipy.special import ndtri  # not scipy.stats, whose import takes a second

_LEVEL = 0.95


def wilson_interval(successes: int, count: int) -> list[float]:
    """Return the 95 % Wilson score interval `[low, high]` of a share.

    It stays inside [0, 1] and keeps its width when all or none succeed
    (https://doi.org/10.1214/ss/1009213286). The same as `proportion_confint(method="wilson")` of
    statsmodels, without the seconds that statsmodels needs to be imported.
    """
    z = float(ndtri((1 + _LEVEL) / 2))
    share = successes / count
    shrink = 1 + z**2 / count
    center = (share + z**2 / (2 * count)) / shrink
    half_width = z / shrink * math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    return [max(0.0, center - half_width), min(1.0, center + half_width)]
