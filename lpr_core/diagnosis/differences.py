"""Differences of character accuracies with their 95 % intervals; plates are the units.

Characters of one plate fail together, so a plate counts once, with its share of right characters.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit  # not scipy.stats, whose import takes a second

from lpr_core.evidence.suspects.measurements import Difference
from lpr_core.statistics.intervals import bootstrap_interval

Correct = NDArray[np.bool_]
"""Which characters were right, `(N, S)`."""

_NORMAL = 1.959964  # 97.5 % of a normal distribution lie below


def compare_on_plates(first: Correct, second: Correct) -> Difference:
    """Return the accuracy of `first` less that of `second`, read from the same plates."""
    return _bootstrap(first.mean(axis=1) - second.mean(axis=1))


def compare_with_number(correct: Correct, number: float) -> Difference:
    """Return an accuracy less a number."""
    return _bootstrap(correct.mean(axis=1) - number)


def compare_groups(first: Correct, second: Correct) -> Difference:
    """Return the accuracy of `first` less that of `second`, read from other plates.

    The ends are those of a normal distribution.
    """
    shares = [correct.mean(axis=1) for correct in (first, second)]
    value = float(shares[0].mean() - shares[1].mean())
    half = _NORMAL * float(sum(part.var() / len(part) for part in shares)) ** 0.5
    return Difference(value=value, low=value - half, high=value + half)


def average_over_seeds(values: Sequence[float]) -> Difference:
    """Return the mean of one number for each seed, with Student's interval.

    With one seed nothing is known about others: both ends are the value.
    """
    mean, count = float(np.mean(values)), len(values)
    if count < 2:
        return Difference(value=mean, low=mean, high=mean)
    half = float(stdtrit(count - 1, 0.975)) * float(np.std(values, ddof=1)) / count**0.5
    return Difference(value=mean, low=mean - half, high=mean + half)


def _bootstrap(shares: NDArray[np.float64]) -> Difference:
    interval = bootstrap_interval(shares)
    return Difference(value=interval.estimate, low=interval.low, high=interval.high)
