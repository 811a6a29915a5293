"""How many further seeds would decide an open question."""

from lpr_core.statistics.intervals import half_width_of
from lpr_core.statistics.significance import ALPHA, MIN_SEEDS
from lpr_core.statistics.variance import CrossedMean

MARGIN = 0.01
"""Differences within one percentage point are of no use to anybody."""

CHANCE = 0.8
"""How surely the named number of seeds shall decide."""

MAX_FURTHER_SEEDS = 100


def seeds_needed(
    crossed: CrossedMean, margin: float | None = MARGIN, *, num_tests: int = 1
) -> int | None:
    """Return how many further seeds would decide with a chance of 80 %, were the estimates true.

    Decided means: the interval at the family's level leaves 0, which passes Holm's first step; or
    it lies within the margin. Holm's later steps may ask for fewer.

    Args:
        crossed: The difference so far, in shares (0.01 is a percentage point).
        margin: Of equivalence; `None` when equivalence is no answer.
        num_tests: Tests that share the error: the parts of the family.

    Returns:
        `None` when not even 100 further seeds would, for seeds differ too much or more plates are
        needed. With one seed so far, the number without which nothing is decided.
    """
    if crossed.num_seeds < 2:
        return MIN_SEEDS - crossed.num_seeds
    for further in range(1, MAX_FURTHER_SEEDS + 1):
        count = crossed.num_seeds + further
        more = crossed.with_seeds(count)
        if count >= MIN_SEEDS and _would_decide(more, margin, ALPHA / num_tests):
            return further
    return None


def _would_decide(crossed: CrossedMean, margin: float | None, alpha: float) -> bool:
    effect = abs(crossed.mean)
    differs = _reach(crossed, alpha) <= effect
    # Two ends may miss the margin, so that each may do so half as often.
    chance = (1 + CHANCE) / 2
    alike = margin is not None and _reach(crossed, alpha, chance) <= margin - effect
    return differs or alike


def _reach(crossed: CrossedMean, alpha: float, chance: float = CHANCE) -> float:
    """Return how far from 0 an effect must lie for the interval to leave it."""
    return half_width_of(crossed, 1 - alpha / 2) + half_width_of(crossed, chance)
