"""How many test pictures scores are of, where a diary does not say: shares are multiples of 1/n."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_INFERRED = 20_000
_MIN_MATCHES = 3
_MIN_SHARE = 2 / 3
_SURE = 1e-3


class Written(NamedTuple):
    """A score as it was written.

    Attributes:
        score: A share in [0, 1].
        grain: One unit in its last digit, as a share.
    """

    score: float
    grain: float


@dataclass(frozen=True)
class InferredCount:
    """A number of pictures that scores fit.

    Attributes:
        count: Pictures.
        matched: Distinct scores that are a multiple of 1/count as far as they were written.
        total: Distinct scores.
        chance: The chance of one score to match this count without being of it.
        missed: The distinct scores that do not match.
    """

    count: int
    matched: int
    total: int
    chance: float
    missed: tuple[float, ...]


def infer_count(written: Sequence[Written]) -> InferredCount | None:
    """Return the number of pictures that explains scores best; None where none does for sure.

    A score that was rounded, or cut, to a unit `u` matches a wrong count `n` with a chance of about
    `n * u`. For each count up to `MAX_INFERRED` and both ways of writing, the chance of so many
    matches (a sum of Bernoulli variables) is taken times the counts that were tried; the least
    counts if it is below 0.001 and at least three scores and two thirds of them match.
    """
    distinct = sorted(set(written))
    distinct = [one for one in distinct if one.grain > 0 and 0 < one.score < 1]
    if len(distinct) < _MIN_MATCHES:
        return None
    scores = np.array([one.score for one in distinct])
    grains = np.array([one.grain for one in distinct])
    counts = np.arange(2, MAX_INFERRED + 1)
    chances = np.minimum(counts[:, None] * grains, 1.0)  # (C, M)
    best: tuple[float, int, NDArray[np.bool_]] | None = None
    for matches in (_rounded(scores, grains, counts), _cut(scores, grains, counts)):
        tails = _tail(chances, matches.sum(axis=1))
        place = int(np.argmin(tails))
        if best is None or tails[place] < best[0]:
            best = (float(tails[place]), place, matches[place])
    assert best is not None
    tail, place, fits = best
    matched = int(fits.sum())
    is_enough = matched >= _MIN_MATCHES and matched >= _MIN_SHARE * len(distinct)
    if not is_enough or tail * 2 * len(counts) > _SURE:
        return None
    return InferredCount(
        int(counts[place]),
        matched,
        len(distinct),
        float(chances[place].min()),
        tuple(float(score) for score in scores[~fits]),
    )


def _rounded(
    scores: NDArray[np.float64], grains: NDArray[np.float64], counts: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return where a score is a multiple of 1/count that was rounded `(C, M)`."""
    nearest = np.rint(scores * counts[:, None]) / counts[:, None]
    return np.abs(nearest - scores) <= grains / 2 + 1e-12


def _cut(
    scores: NDArray[np.float64], grains: NDArray[np.float64], counts: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return where a score is a multiple of 1/count whose later digits were left out `(C, M)`."""
    above = np.ceil(scores * counts[:, None] - 1e-9) / counts[:, None]
    return above - scores < grains - 1e-12


def _tail(chances: NDArray[np.float64], matches: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the chance of at least `matches` successes in trials of unequal chances `(C,)`."""
    held = np.zeros((len(chances), chances.shape[1] + 1))
    held[:, 0] = 1.0
    for chance in chances.T:
        missed = held * (1 - chance[:, None])
        missed[:, 1:] += held[:, :-1] * chance[:, None]
        held = missed
    upward = np.cumsum(held[:, ::-1], axis=1)[:, ::-1]
    return upward[np.arange(len(matches)), matches]
