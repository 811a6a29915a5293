"""What the other designs say: each variant against the one that it is a change of."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from lpr_core.evidence.comparisons import (
    Comparison,
    Contrast,
    Outcome,
    compare,
    contrast_variants,
    decide,
)
from lpr_core.evidence.planning import seeds_needed
from lpr_core.evidence.readings import Correct, Factors
from lpr_core.evidence.wording import SCOPES, count, p_text, phrase_need, points

Direction = Literal["better", "worse", "alike", "undecided"]
_DIRECTIONS: dict[Outcome, Direction] = {
    "supported": "better",
    "refuted": "worse",
    "equivalent": "alike",
    "undecided": "undecided",
}
_BASE_LEVELS: dict[str, dict[str, Any]] = {
    "noise": {"noise": 0.0},
    "freeze-depth": {"freeze": 0.0},
    "learning-curve": {"transfer": "none"},
    "cross-validation": {"transfer": "none"},
}
"""Of each design, the level that the others are compared with; all other factors stay equal."""


class Finding(BaseModel):
    """One variant against its reference.

    Attributes:
        label: What people read for the variant.
        reference_label: Likewise.
        direction: `better`, `worse`, `alike` (within one percentage point) or `undecided`.
        comparison: The numbers; p-values are adjusted for all comparisons of the study.
        further_seeds: How many more would decide; `None` when it is decided, or when more plates
            are needed.
        sentence: All that in words.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    reference_label: str
    direction: Direction
    comparison: Comparison
    further_seeds: int | None
    sentence: str


def pair_variants(design: str, factors: Factors) -> dict[str, str]:
    """Return the reference of each variant that has one.

    In a design of its own kind (`remedies`) the first variant is the reference of all.
    """
    if design not in _BASE_LEVELS:
        first = next(iter(factors), None)
        return {variant: str(first) for variant in factors if variant != first}
    base = _BASE_LEVELS[design]
    by_levels = {_freeze(levels): variant for variant, levels in reversed(list(factors.items()))}
    pairs = {v: by_levels.get(_freeze({**levels, **base})) for v, levels in factors.items()}
    return {variant: found for variant, found in pairs.items() if found and found != variant}


def find_differences(
    design: str, correct: Correct, factors: Factors, labels: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Return what each variant reads more or less than its reference.

    Of a cross-validation, the folds' plates are put side by side: each plate was read once.

    Args:
        design: Name of the study's design.
        correct: What each run read right.
        factors: Levels by variant.
        labels: What people read, by variant.
    """
    contrasts = [
        contrast
        for variant, reference in pair_variants(design, factors).items()
        if (contrast := contrast_variants(correct, variant, reference)) is not None
    ]
    if design == "cross-validation":
        contrasts = join_folds(contrasts)
        labels = {v: f"All folds, {SCOPES[f['transfer']]}" for v, f in factors.items()}
    found = zip(contrasts, compare(contrasts), strict=True)
    return tuple(_judge(contrast, comparison, labels) for contrast, comparison in found)


def join_folds(contrasts: Sequence[Contrast]) -> list[Contrast]:
    """Return one contrast over the plates of all folds, for the seeds that all folds have."""
    if not contrasts:
        return []
    seeds = sorted(set.intersection(*(set(contrast.seeds) for contrast in contrasts)))
    if not seeds:
        return []
    rows = [
        contrast.values[[contrast.seeds.index(seed) for seed in seeds]] for contrast in contrasts
    ]
    first = contrasts[0]
    values = np.concatenate(rows, axis=1)  # (R, plates of all folds)
    return [Contrast(first.variant, first.reference, tuple(seeds), values)]


def _judge(contrast: Contrast, comparison: Comparison, labels: Mapping[str, str]) -> Finding:
    outcome = decide(comparison.low, comparison.high, comparison.p_value, comparison.num_seeds)
    further = seeds_needed(contrast.crossed, num_tests=1) if outcome == "undecided" else None
    names = labels.get(contrast.variant, ""), labels.get(contrast.reference, "")
    return Finding(
        label=names[0] or contrast.variant,
        reference_label=names[1] or contrast.reference,
        direction=_DIRECTIONS[outcome],
        comparison=comparison,
        further_seeds=further,
        sentence=_phrase(comparison, outcome, further, *names),
    )


def _phrase(
    found: Comparison, outcome: Outcome, further: int | None, label: str, reference: str
) -> str:
    told: str = _DIRECTIONS[outcome]
    if outcome == "undecided":
        told = f"undecided, {phrase_need(further)}"
    return (
        f"{label} against {reference}: {points(found.effect)} percentage points of the characters "
        f"(95 % interval {points(found.low)} to {points(found.high)}; "
        f"{count(found.num_seeds, 'seed')}, {count(found.num_plates, 'plate')}, "
        f"{p_text(found.p_value)}): {told}."
    )


def _freeze(levels: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(levels.items()))
