"""How many further seeds would decide an open question."""

import math

from scipy.special import stdtrit

from lpr_core.statistics.intervals import half_width_of
from lpr_core.statistics.significance import ALPHA, smallest_seed_count
from lpr_core.statistics.variance import CrossedMean

MARGIN = 0.01
"""Differences within one percentage point are of no use to anybody."""

NUM_HYPOTHESES = 4
CHANCE = 0.8
"""How surely the named number of seeds shall decide."""

MAX_FURTHER_SEEDS = 100


def seeds_needed(
    crossed: CrossedMean,
    margin: float | None = MARGIN,
    *,
    num_tests: int = NUM_HYPOTHESES,
    num_contrasts: int = 1,
) -> int | None:
    """Return how many further seeds would decide with a chance of 80 %, were the estimates true.

    Decided means: the interval leaves 0 and the sign-flip test passes Holm's first step; or the
    interval lies within the margin. That the test is the largest of several (max-T) is allowed for
    by Bonferroni, which asks for a little more.

    Args:
        crossed: The difference so far, in shares (0.01 is a percentage point).
        margin: Of equivalence; `None` when equivalence is no answer.
        num_tests: Hypotheses that share the error by Holm, which also multiplies the smallest
            p-value that there can be.
        num_contrasts: Comparisons that share it by max-T, which does not.

    Returns:
        `None` when not even 100 further seeds would, for seeds differ too much or more plates are
        needed. With one seed so far, the number without which no test can pass.
    """
    fewest = smallest_seed_count(num_tests)
    if crossed.num_seeds < 2:
        return fewest - crossed.num_seeds
    for further in range(1, MAX_FURTHER_SEEDS + 1):
        count = crossed.num_seeds + further
        more = crossed.with_seeds(count)
        if count >= fewest and _would_decide(more, margin, ALPHA / num_tests / num_contrasts):
            return further
    return None


def _would_decide(crossed: CrossedMean, margin: float | None, alpha: float) -> bool:
    effect = abs(crossed.mean)
    differs = _reach(crossed, 1 - ALPHA / 2) <= effect and (
        _reach_over_seeds(crossed, 1 - alpha / 2) <= effect
    )
    # Two ends may miss the margin, so that each may do so half as often.
    chance = (1 + CHANCE) / 2
    alike = margin is not None and _reach(crossed, 1 - ALPHA / 2, chance) <= margin - effect
    return differs or alike


def _reach(crossed: CrossedMean, probability: float, chance: float = CHANCE) -> float:
    """Return how far from 0 an effect must lie for the crossed interval to leave it."""
    return half_width_of(crossed, probability) + half_width_of(crossed, chance)


def _reach_over_seeds(crossed: CrossedMean, probability: float) -> float:
    """Return the same for the test over seeds."""
    degrees = crossed.num_seeds - 1
    quantiles = float(stdtrit(degrees, probability) + stdtrit(degrees, CHANCE))
    return quantiles * math.sqrt(crossed.seed_square / crossed.num_seeds)
