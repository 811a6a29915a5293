"""Tests: the one that decides, those that stand beside it, and Holm for several of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr  # not scipy.stats, whose import takes a second

from lpr_core.statistics.variance import CrossedMean

ALPHA = 0.05
MIN_SEEDS = 6
"""With fewer nothing is decided: how much seeds differ would rest on four differences or less, and
signs flipped over seeds could not reach 0.05 (`2 / 2^6` is 0.03), whatever was measured."""

_NO_ERROR = 1e-12
"""Standard errors below are rounding; so are effects of that size."""
_MAX_FLIPS = 2**16  # all of them up to 16 seeds, then as many drawn ones
_SEED = 0


def crossed_p_value(crossed: CrossedMean) -> float:
    """Return the two-sided p-value of a mean over other seeds and other plates being 0.

    Student's t on the two-way random-effects variance, so that it is at most `1 - level` just where
    `crossed_interval` at that level leaves 0. With one seed it is 1: plates alone say nothing about
    other trainings.
    """
    if crossed.num_seeds < 2:
        return 1.0
    error = max(math.sqrt(crossed.variance), _NO_ERROR)
    return 2 * float(stdtr(crossed.degrees, -abs(crossed.mean) / error))


def sign_flip_tests(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return two-sided p-values of paired differences over seeds, adjusted for being several.

    Without an effect a seed's differences are as likely to have the other sign, so all `2^R` sign
    patterns are gone through; the smallest p-value is `2 / 2^R`. The columns' signs are flipped
    together, and each column is compared with the largest of all (Westfall and Young's max-T,
    which keeps the chance of any false finding at the level); one column is the plain test.

    Args:
        differences: `(R, K)`: seeds x comparisons, 0 where a comparison lacks the seed.

    Returns:
        `(K,)`.

    Raises:
        ValueError: There is no seed or no comparison.
    """
    if differences.ndim != 2 or differences.size == 0:
        raise ValueError(
            f"differences must be (seeds, comparisons) and not empty. Received: {differences.shape}"
        )
    if len(differences) == 1:
        return np.ones(differences.shape[1])  # either sign is as likely
    from scipy.stats import permutation_test

    lengths = np.sqrt((differences**2).sum(axis=0))
    # Divided by what no flip changes, so that columns of any spread are alike.
    scaled = differences / np.where(lengths > 0, lengths, 1)
    # Where all seeds have one sign, rounding must not decide which pattern is larger.
    observed = np.abs(scaled.sum(axis=0)) - 1e-9
    flips = permutation_test(
        (np.ones(len(scaled)),),
        lambda signs, axis: np.abs(np.moveaxis(signs, axis, -1) @ scaled).max(axis=-1),
        permutation_type="samples",
        alternative="greater",
        n_resamples=_MAX_FLIPS,
        vectorized=True,
        rng=np.random.default_rng(_SEED),
    ).null_distribution
    reached = (flips[:, None] >= observed).sum(axis=0)
    if len(scaled) <= np.log2(_MAX_FLIPS):
        return reached / len(flips)
    return (reached + 1) / (len(flips) + 1)


@dataclass(frozen=True)
class McNemar:
    """Two runs on the same plates.

    Attributes:
        both: Plates that both read whole.
        only_first: Plates that only the first one reads.
        only_second: Plates that only the second one reads.
        neither: Plates that none reads.
        p_value: Exact, two-sided.
    """

    both: int
    only_first: int
    only_second: int
    neither: int
    p_value: float


def mcnemar_test(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> McNemar:
    """Test whether two runs read the same plates equally often.

    Args:
        first: Which plates the first run reads whole `(P,)`.
        second: The same plates, read by the second run.

    Raises:
        ValueError: The runs were not measured on equally many plates, or on none.
    """
    if first.shape != second.shape or first.ndim != 1 or not len(first):
        raise ValueError(
            f"both runs must have read the same plates. Received: {first.shape}, {second.shape}"
        )
    from statsmodels.stats.contingency_tables import mcnemar

    table = [
        [int((first & second).sum()), int((first & ~second).sum())],
        [int((~first & second).sum()), int((~first & ~second).sum())],
    ]
    differ = table[0][1] + table[1][0]
    p_value = float(mcnemar(table, exact=True).pvalue) if differ else 1.0
    return McNemar(table[0][0], table[0][1], table[1][0], table[1][1], min(p_value, 1.0))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p-values, in the order of the given ones.

    They keep the chance of any false finding at the level, however the tests depend on each other
    (Holm 1979, jstor.org/stable/4615733). statsmodels has them too, at 0.1 to 0.3 s a call.
    """
    order = np.argsort(p_values, kind="stable")
    factors = len(p_values) - np.arange(len(p_values))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.maximum.accumulate(np.asarray(p_values)[order] * factors)
    return [float(p_value) for p_value in np.minimum(adjusted, 1.0)]
