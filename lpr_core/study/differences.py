"""Differences of character accuracies with their 95 % intervals; plates are the units.

Characters of one plate fail together, so a plate counts once, with its share of right characters.
The intervals are normal ones: a diagnosis wants to know whether an effect of several points is
there, on hundreds of plates.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit  # not scipy.stats, whose import takes a second

from lpr_core.evidence.measurements import Difference

Correct = NDArray[np.bool_]
"""Which characters were right, `(N, S)`."""

_NORMAL = 1.959964


def compare_on_plates(first: Correct, second: Correct) -> Difference:
    """Return the accuracy of `first` less that of `second`, read from the same plates."""
    shares = first.mean(axis=1) - second.mean(axis=1)
    return _interval(float(shares.mean()), shares.std() / len(shares) ** 0.5)


def compare_groups(first: Correct, second: Correct | float) -> Difference:
    """Return the accuracy of `first` less that of `second`, of other plates or a fixed number."""
    shares = first.mean(axis=1)
    variance = shares.var() / len(shares)
    if isinstance(second, float):
        return _interval(float(shares.mean() - second), variance**0.5)
    others = second.mean(axis=1)
    variance += others.var() / len(others)
    return _interval(float(shares.mean() - others.mean()), variance**0.5)


def average_over_seeds(values: Sequence[float]) -> Difference:
    """Return the mean of one number for each seed, with Student's interval.

    With one seed nothing is known about others: both ends are the value.
    """
    mean, count = float(np.mean(values)), len(values)
    if count < 2:
        return Difference(value=mean, low=mean, high=mean)
    error = float(np.std(values, ddof=1)) / count**0.5
    return _interval(mean, error, factor=float(stdtrit(count - 1, 0.975)))


def _interval(value: float, error: float, factor: float = _NORMAL) -> Difference:
    half = factor * float(error)
    return Difference(value=value, low=value - half, high=value + half)
