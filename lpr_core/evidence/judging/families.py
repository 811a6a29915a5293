"""Questions of one study judged together: one test for all, one error shared by all.

The test is Student's t over other seeds and other plates (`Contrast.p_value`). Its p-values are
adjusted by Holm for all parts of the family. The intervals go with it: each is at 95 % with the
error divided by the number of parts (Bonferroni; Dunn 1961, doi.org/10.2307/2282330), so that all
hold at once in 95 % of studies; where a later step of Holm decides what that interval would leave
open, it ends at the number to beat. This is how intervals are made to agree with Holm (Strassburger
and Bretz 2008, doi.org/10.1002/sim.3338; Guilbaud 2008, doi.org/10.1002/bimj.200710449), but for
one thing: strictly, of what is decided only the sign is known as long as anything is open, and the
interval of each would begin at 0. That tells people nothing (arxiv.org/abs/2402.13719), so the
Bonferroni ends are shown there, too. `tests/verdict_error_rates.py` counts how often all hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lpr_core.evidence.judging.comparisons import Comparison, Contrast, describe_contrast
from lpr_core.statistics.intervals import LEVEL
from lpr_core.statistics.significance import (
    ALPHA,
    MIN_SEEDS,
    holm,
    sign_flip_tests,
)


@dataclass(frozen=True)
class Judged:
    """One part of a family: a question of one contrast, or of the smallest of several.

    Attributes:
        comparisons: One for each contrast; none where the study lacks it.
        p_value: Of the test, for this part alone.
        p_holm: Adjusted for all parts of the family.
        low: Lower end of the (smallest) effect, at the family's level.
        high: Upper end.
    """

    comparisons: tuple[Comparison, ...] = ()
    p_value: float = 1.0
    p_holm: float = 1.0
    low: float = -np.inf
    high: float = np.inf

    @property
    def weakest_place(self) -> int:
        """Place of the comparison with the smallest effect: a best cell must win that, too."""
        effects = [comparison.effect for comparison in self.comparisons]
        return effects.index(min(effects))


def compare(contrasts: Sequence[Contrast]) -> list[Comparison]:
    """Return what contrasts that make up a family say, each one being a part."""
    judged = judge_family([(contrast,) for contrast in contrasts])
    return [part.comparisons[0] for part in judged]


def judge_family(parts: Sequence[Sequence[Contrast]]) -> list[Judged]:
    """Judge the parts of a family together.

    Args:
        parts: Of each, the contrasts whose smallest effect is asked for. A part without any cannot
            be judged yet, and has its share of the error all the same.
    """
    p_values = [find_p_value(part) for part in parts]
    adjusted = holm(p_values)
    flipped = iter(_flip_signs([contrast for part in parts for contrast in part]))
    level = family_level(len(parts))
    return [
        _judge_part(part, p_value, p_holm, level, [next(flipped) for _ in part])
        for part, p_value, p_holm in zip(parts, p_values, adjusted, strict=True)
    ]


def family_level(num_parts: int) -> float:
    """Return the level of each interval for all to hold together at 95 % (Bonferroni)."""
    return 1 - (1 - LEVEL) / max(num_parts, 1)


def find_p_value(contrasts: Sequence[Contrast]) -> float:
    """Return the p-value of the smallest of several effects being 0; 1 where there is none.

    To be above 0, all must pass (intersection-union); to be below, one is enough, which has as many
    chances as there are contrasts (Bonferroni).
    """
    lost = [contrast.p_value for contrast in contrasts if contrast.crossed.mean < 0]
    if lost:
        return min(1.0, len(contrasts) * min(lost))
    return max((contrast.p_value for contrast in contrasts), default=1.0)


def bound_smallest(contrasts: Sequence[Contrast], level: float = LEVEL) -> tuple[float, float]:
    """Return where the smallest of several true effects lies.

    It is one of them, and no lower than that one's lower end. But it lies above the smallest upper
    end as soon as any of them does, so each is given its part of the error (Bonferroni).
    """
    upper_level = 1 - (1 - level) / len(contrasts)
    return (
        min(contrast.interval(level).low for contrast in contrasts),
        min(contrast.interval(upper_level).high for contrast in contrasts),
    )


def _judge_part(
    part: Sequence[Contrast], p_value: float, p_holm: float, level: float, flipped: Sequence[float]
) -> Judged:
    if not part:
        return Judged()
    low, high = bound_smallest(part, level)
    intervals = [contrast.interval(level) for contrast in part]
    is_sure = p_holm <= ALPHA and min(len(contrast.seeds) for contrast in part) >= MIN_SEEDS
    if is_sure and all(contrast.crossed.mean > 0 for contrast in part):
        low = max(low, part[0].target)
        intervals = [replace(one, low=max(one.low, part[0].target)) for one in intervals]
    elif is_sure:
        high = min(high, part[0].target)
        if len(part) == 1:  # of several, any one may be what fell short
            intervals = [replace(intervals[0], high=high)]
    comparisons = tuple(
        describe_contrast(contrast, interval, p_holm, p_signs)
        for contrast, interval, p_signs in zip(part, intervals, flipped, strict=True)
    )
    return Judged(comparisons, p_value, p_holm, low, high)


def _flip_signs(contrasts: Sequence[Contrast]) -> list[float]:
    """Return the p-values of flipped signs, adjusted for being several (max-T)."""
    if not contrasts:
        return []
    seeds = sorted({seed for contrast in contrasts for seed in contrast.seeds})
    table = np.zeros((len(seeds), len(contrasts)))
    for column, contrast in enumerate(contrasts):
        table[[seeds.index(seed) for seed in contrast.seeds], column] = contrast.by_seed
    return sign_flip_tests(table).tolist()
