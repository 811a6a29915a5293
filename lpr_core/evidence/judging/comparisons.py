"""One variant against another, or against a number: effect, intervals, outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from lpr_core.evidence.judging.planning import MARGIN
from lpr_core.evidence.readings import Correct, share_by_plate
from lpr_core.evidence.vocabulary import VerdictWord
from lpr_core.statistics.intervals import (
    LEVEL,
    Interval,
    bca_interval,
    bootstrap_interval,
    crossed_interval,
)
from lpr_core.statistics.rare import rare_p_value, widen_for_rare
from lpr_core.statistics.significance import ALPHA, MIN_SEEDS, crossed_p_value
from lpr_core.statistics.variance import CrossedMean, average_crossed


@dataclass(frozen=True)
class Contrast:
    """A weighted sum of variants for each seed and plate, less a number to beat.

    Attributes:
        variant: The one in question.
        reference: What it is compared with, a variant or a word for a number.
        seeds: R seeds that all the variants have.
        values: `(R, P)`, in shares of characters.
        target: The number to beat; 0 for differences of variants.
        variants: All variants in the sum.
        limits: What the sum can be at least and at most: an accuracy is never below 0.
    """

    variant: str
    reference: str
    seeds: tuple[int, ...]
    values: NDArray[np.float64]
    target: float = 0.0
    limits: tuple[float, float] = (-1.0, 1.0)
    variants: tuple[str, ...] = ()

    @property
    def by_seed(self) -> NDArray[np.float64]:
        """What each seed says `(R,)`, less the target."""
        return self.values.mean(axis=1) - self.target

    @property
    def crossed(self) -> CrossedMean:
        """The average less the target, with its variance taken apart."""
        return average_crossed(self.values - self.target)

    def interval(self, level: float = LEVEL) -> Interval:
        """Return the average, target included, with its interval; see `crossed_interval`.

        It is no narrower than rare events allow, see `widen_for_rare`.
        """
        found = crossed_interval(self.values, level)
        low, high = widen_for_rare(self.values, (found.low, found.high), level, self.limits)
        return replace(found, low=low, high=high)

    @property
    def p_value(self) -> float:
        """Two-sided, of the average being the target: of the test that decides.

        Student's t over seeds and plates, but never less than an exact test says where few plates
        differ.
        """
        floor = rare_p_value(self.values, self.target, self.limits)
        return max(crossed_p_value(self.crossed), floor)

    @property
    def rests_on_few(self) -> bool:
        """Whether so few plates differ that no number of seeds would make it sure."""
        return rare_p_value(self.values, self.target, self.limits) > ALPHA


class Comparison(BaseModel):
    """One variant against another, in shares of characters (0.01 is a percentage point).

    Attributes:
        variant: The one in question.
        reference: What it is compared with.
        target: The number to beat: 0, or the usable accuracy.
        effect: Average difference; of a comparison with a number, the variant's own average.
        low: Lower end, over other seeds and other plates; of one seed, over plates alone. All of a
            family hold together at 95 %; see `families`.
        high: Upper end.
        seeds_low: Lower end at 95 % over other seeds on these plates (BCa); `None` with fewer seeds
            than decide anything, for it never leaves their own range.
        seeds_high: Upper end.
        plates_low: Lower end at 95 % over other plates read by these runs (bootstrap).
        plates_high: Upper end.
        p_value: Of Student's t over other seeds and other plates, the test that decides.
        p_holm: That, adjusted for all parts of the family; where several comparisons are one part,
            the part's.
        p_signs: Signs flipped over seeds, adjusted for all comparisons of the family (max-T); it
            stands beside the test and decides nothing.
        num_plates: Plates of each run.
        by_seed: What each seed says.
    """

    model_config = ConfigDict(frozen=True)

    variant: str
    reference: str
    target: float
    effect: float
    low: float
    high: float
    seeds_low: float | None
    seeds_high: float | None
    plates_low: float
    plates_high: float
    p_value: float
    p_holm: float
    p_signs: float
    num_plates: int
    by_seed: dict[int, float]

    @property
    def num_seeds(self) -> int:
        """Paired seeds."""
        return len(self.by_seed)


def contrast_variants(correct: Correct, variant: str, reference: str) -> Contrast | None:
    """Return the paired difference of two variants; `None` without a common seed."""
    return contrast_sum(correct, variant, reference, {variant: 1.0, reference: -1.0})


def contrast_number(correct: Correct, variant: str, name: str, target: float) -> Contrast | None:
    """Return a variant's accuracy against a number; `None` when it has no run."""
    return contrast_sum(correct, variant, name, {variant: 1.0}, target)


def contrast_sum(
    correct: Correct,
    variant: str,
    reference: str,
    weights: Mapping[str, float],
    target: float = 0.0,
) -> Contrast | None:
    """Return a weighted sum of variants; `None` when no seed has all of them."""
    seeds, values = share_by_plate(correct, weights)
    limits = (
        sum(min(weight, 0.0) for weight in weights.values()),
        sum(max(weight, 0.0) for weight in weights.values()),
    )
    if not seeds:
        return None
    return Contrast(variant, reference, tuple(seeds), values, target, limits, tuple(weights))


def describe_contrast(
    contrast: Contrast, both: Interval, p_holm: float, p_signs: float
) -> Comparison:
    """Return a contrast in numbers.

    Args:
        contrast: What is compared.
        both: Its interval over seeds and plates, at the family's level.
        p_holm: Adjusted p-value of its part.
        p_signs: Of signs flipped over seeds.
    """
    by_plate = bootstrap_interval(contrast.values.mean(axis=0))
    by_seed = contrast.values.mean(axis=1)
    seeds_interval = bca_interval(by_seed) if len(by_seed) >= MIN_SEEDS else None
    return Comparison(
        variant=contrast.variant,
        reference=contrast.reference,
        target=contrast.target,
        effect=both.estimate,
        low=both.low,
        high=both.high,
        seeds_low=seeds_interval.low if seeds_interval else None,
        seeds_high=seeds_interval.high if seeds_interval else None,
        plates_low=by_plate.low,
        plates_high=by_plate.high,
        p_value=contrast.p_value,
        p_holm=p_holm,
        p_signs=p_signs,
        num_plates=contrast.values.shape[1],
        by_seed=dict(zip(contrast.seeds, map(float, by_seed), strict=True)),
    )


def is_equivalent(low: float, high: float, margin: float = MARGIN) -> bool:
    """Return whether a whole interval lies within the margin around 0."""
    return -margin < low and high < margin


def decide(
    low: float,
    high: float,
    p_holm: float,
    num_seeds: int,
    *,
    target: float = 0.0,
    margin: float | None = MARGIN,
) -> VerdictWord:
    """Return what an interval and a test say together.

    A difference that is sure but small is better or worse, not no different.

    Args:
        low: Lower end at the family's level, in agreement with Holm.
        high: Upper end.
        p_holm: After all adjustments.
        num_seeds: Paired seeds; with fewer than 6 nothing is decided.
        target: The number to beat: 0, or the usable accuracy.
        margin: Of equivalence; `None` when equivalence is no answer.
    """
    if num_seeds < MIN_SEEDS:
        return VerdictWord.UNDECIDED
    if p_holm <= ALPHA and low >= target:
        return VerdictWord.BETTER
    if p_holm <= ALPHA and high <= target:
        return VerdictWord.BELOW_USABLE if target else VerdictWord.WORSE
    if margin is not None and is_equivalent(low, high, margin):
        return VerdictWord.NO_DIFFERENT
    return VerdictWord.UNDECIDED
