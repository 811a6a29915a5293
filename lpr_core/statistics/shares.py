"""Where a share lies in truth, after so many successes among so many trials."""

import math

import numpy as np
from scipy.special import ndtr, ndtri  # not scipy.stats, whose import takes a second

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


def newcombe_interval(first: tuple[int, int], second: tuple[int, int]) -> list[float]:
    """Return the 95 % interval `[low, high]` of the first share less the second, unpaired.

    Newcombe's hybrid of two Wilson intervals, which stays inside [-1, 1] (method 10 of
    https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I).

    Args:
        first: Successes and trials.
        second: Successes and trials of other trials.
    """
    share, other = first[0] / first[1], second[0] / second[1]
    low, high = wilson_interval(*first)
    other_low, other_high = wilson_interval(*second)
    difference = share - other
    return [
        difference - math.hypot(share - low, other_high - other),
        difference + math.hypot(high - share, other - other_low),
    ]


def two_shares_p_value(
    first: tuple[int, int], second: tuple[int, int], extra_variance: float = 0.0
) -> float:
    """Return the two-sided p-value of two unpaired shares being equal.

    The z-test with a pooled share; Fisher's exact test where fewer than five successes or failures
    are expected in either, and nothing else varies.

    Args:
        first: Successes and trials.
        second: Successes and trials of other trials.
        extra_variance: What the difference varies by besides, as squared shares.
    """
    pooled = (first[0] + second[0]) / (first[1] + second[1])
    fewest = min(pooled, 1 - pooled) * min(first[1], second[1])
    if fewest < 5 and not extra_variance:
        from scipy.stats import fisher_exact

        table = [[first[0], first[1] - first[0]], [second[0], second[1] - second[0]]]
        return float(fisher_exact(np.array(table)).pvalue)
    variance = pooled * (1 - pooled) * (1 / first[1] + 1 / second[1]) + extra_variance
    return 2 * float(ndtr(-abs(first[0] / first[1] - second[0] / second[1]) / math.sqrt(variance)))
