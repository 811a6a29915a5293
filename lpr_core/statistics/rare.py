"""What is not known where hardly anything varies: events that were seen a few times, or never.

A sample in which something never happened has no variance, and yet its true share may be as large
as about 3 in as many as were looked at (the rule of three, Hanley and Lippman-Hand 1983,
https://doi.org/10.1001/jama.1983.03330370053031). Where few units differ, intervals and tests that
rest on a variance are given this floor.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, betaincinv  # not scipy.stats, whose import takes a second

FEW_UNITS = 5
"""Of fewer units that differ, neither the mean is normal nor the variance known."""

_FEW_SIGNS = 10
_NO_CHANGE = 1e-12


def count_apart(values: NDArray[np.float64], usual: float) -> tuple[int, int]:
    """Return how many units any run places below the usual value, and above it.

    Args:
        values: `(R, P)`, runs x units.
        usual: What a unit is where nothing happens.
    """
    below = (values < usual - _NO_CHANGE).any(axis=0)
    above = (values > usual + _NO_CHANGE).any(axis=0)
    return int(below.sum()), int(above.sum())


def unseen_share(seen: int, count: int, level: float) -> float:
    """Return by how much the share of an event may exceed the share that was seen.

    The upper end of Clopper and Pearson's two-sided interval less `seen / count`
    (https://doi.org/10.1093/biomet/26.4.404): of 0 in 100 at 95 %, 3.6 %.
    """
    if seen >= count:
        return 0.0
    upper = float(betaincinv(seen + 1, count - seen, (1 + level) / 2))
    return upper - seen / count


def widen_for_rare(
    values: NDArray[np.float64],
    interval: tuple[float, float],
    level: float,
    limits: tuple[float, float],
) -> tuple[float, float]:
    """Return an interval of a mean that is not narrower than rare events allow.

    Where fewer than `FEW_UNITS` units lie below what is usual, more of them may: each would take
    the mean down by as much as a unit can. Likewise above.

    Args:
        values: `(R, P)`, runs x units.
        interval: Lower and upper end that rest on a variance.
        level: Of the interval.
        limits: The least and most that a unit can be: -1 and 1 of differences, where 0 is usual; 0
            and 1 of accuracies, where all right and all wrong are.
    """
    low, high = interval
    mean, count = float(values.mean()), values.shape[1]
    is_difference = limits[0] < 0
    top, bottom = (0.0, 0.0) if is_difference else (limits[1], limits[0])
    below, above = count_apart(values, top)[0], count_apart(values, bottom)[1]
    if below < FEW_UNITS:
        low = min(low, mean - unseen_share(below, count, level) * (top - limits[0]))
    if above < FEW_UNITS:
        high = max(high, mean + unseen_share(above, count, level) * (limits[1] - bottom))
    return max(low, limits[0]), min(high, limits[1])


def rare_p_value(values: NDArray[np.float64], target: float, limits: tuple[float, float]) -> float:
    """Return what a two-sided p-value is at least where few units differ; 0 where many do.

    Of differences it is the exact sign test over the units that differ, where they are fewer than
    ten; of accuracies the exact binomial test of the units that are not all right (or not all
    wrong) against the target, where they are fewer than `FEW_UNITS`.

    Args:
        values: `(R, P)`, runs x units.
        target: What the mean is compared with; 0 for differences.
        limits: As in `widen_for_rare`.
    """
    count = values.shape[1]
    if limits[0] < 0:
        below, above = count_apart(values, 0.0)
        apart = below + above
        if apart >= _FEW_SIGNS:
            return 0.0
        return min(1.0, 2 * float(bdtr(min(below, above), apart, 0.5))) if apart else 1.0
    below, above = count_apart(values, limits[1])[0], count_apart(values, limits[0])[1]
    floors = [0.0]
    if below < FEW_UNITS:
        floors.append(min(1.0, 2 * float(bdtr(below, count, 1 - target))))
    if above < FEW_UNITS:
        floors.append(min(1.0, 2 * float(bdtr(above, count, target))))
    return max(floors)
