"""What the other designs say: each variant against the one that it is a change of."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from lpr_core.evidence.asked import Asked
from lpr_core.evidence.judging.comparisons import (
    Comparison,
    Contrast,
    contrast_variants,
    decide,
)
from lpr_core.evidence.judging.families import compare
from lpr_core.evidence.judging.planning import seeds_needed
from lpr_core.evidence.readings import Correct, Factors
from lpr_core.evidence.units import p_text, points
from lpr_core.evidence.vocabulary import VerdictWord
from lpr_core.evidence.wording import (
    HOLM_P,
    SCOPES,
    SIMULTANEOUS,
    phrase_basis,
    phrase_need,
    phrase_untrained,
)


class Finding(BaseModel):
    """One variant against its reference.

    Attributes:
        label: What people read for the variant.
        reference_label: Likewise.
        direction: What it comes to; no different is within one percentage point.
        comparison: The numbers, adjusted for all comparisons of the study; see `families`.
        further_seeds: How many more would decide; of one seed, how many it takes at least; `None`
            when it is decided, or when not even 100 more would do.
        untrained: Which of both was not trained far enough, and why, in words.
        sentence: All that in words.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    reference_label: str
    direction: VerdictWord
    comparison: Comparison
    further_seeds: int | None
    untrained: tuple[str, ...] = ()
    sentence: str


def pair_variants(asked: Asked, factors: Factors) -> list[tuple[str, str]]:
    """Return who is compared with whom: pairs of a variant and its reference.

    A design that grows asks two things, such as what transfer adds to a number of plates, and what
    more plates add.
    """
    if asked.base_levels is None:
        first = next(iter(factors), "")
        return [(variant, first) for variant in factors if variant != first]
    wanted = [(variant, {**levels, **asked.base_levels}) for variant, levels in factors.items()]
    if asked.grows:
        wanted += _list_smaller(factors, asked.grows)
    by_levels = {_freeze(levels): variant for variant, levels in reversed(list(factors.items()))}
    pairs = [(variant, by_levels.get(_freeze(levels), variant)) for variant, levels in wanted]
    return [(variant, reference) for variant, reference in pairs if variant != reference]


def find_differences(
    asked: Asked,
    correct: Correct,
    factors: Factors,
    labels: Mapping[str, str],
    untrained: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """Return what each variant reads more or less than its reference.

    Where folds are joined, their plates are put side by side: each plate was read once.

    Args:
        asked: What the study's design asks.
        correct: What each run read right.
        factors: Levels by variant.
        labels: What people read, by variant.
        untrained: Who was not trained far enough, and why; see `find_untrained`.
    """
    contrasts = [
        contrast
        for variant, reference in pair_variants(asked, factors)
        if (contrast := contrast_variants(correct, variant, reference)) is not None
    ]
    if asked.joins_folds:
        contrasts = join_folds(contrasts)
        labels = {v: f"All folds, {SCOPES[f['transfer']]}" for v, f in factors.items()}
        untrained = _join_untrained(factors, untrained)
    return tuple(
        _judge(contrast, comparison, labels, untrained, len(contrasts))
        for contrast, comparison in zip(contrasts, compare(contrasts), strict=True)
    )


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


def _judge(
    contrast: Contrast,
    comparison: Comparison,
    labels: Mapping[str, str],
    untrained: Mapping[str, str],
    num_contrasts: int,
) -> Finding:
    outcome = decide(comparison.low, comparison.high, comparison.p_holm, comparison.num_seeds)
    sides = (contrast.variant, contrast.reference)
    if any(side in untrained for side in sides):
        outcome = VerdictWord.NOT_TRAINED
    further = None
    if outcome is VerdictWord.UNDECIDED and not contrast.rests_on_few:
        further = seeds_needed(contrast.crossed, num_tests=num_contrasts)
    names = labels.get(contrast.variant, ""), labels.get(contrast.reference, "")
    reasons = tuple(
        f"{name or side} {untrained[side]}"
        for side, name in zip(sides, names, strict=True)
        if side in untrained
    )
    told = _phrase_outcome(outcome, further, comparison, reasons)
    return Finding(
        label=names[0] or contrast.variant,
        reference_label=names[1] or contrast.reference,
        untrained=reasons,
        direction=outcome,
        comparison=comparison,
        further_seeds=further,
        sentence=_phrase(comparison, told, *names),
    )


def _phrase_outcome(
    outcome: VerdictWord, further: int | None, found: Comparison, reasons: Sequence[str]
) -> str:
    if outcome is VerdictWord.UNDECIDED:
        return f"undecided, {phrase_need(further, found.num_seeds)}"
    if outcome is VerdictWord.NOT_TRAINED:
        return phrase_untrained(reasons)
    return str(outcome)


def _phrase(found: Comparison, told: str, label: str, reference: str) -> str:
    return (
        f"{label} against {reference}: {points(found.effect)} percentage points of the characters "
        f"({SIMULTANEOUS} {points(found.low)} to {points(found.high)}; "
        f"{phrase_basis(found.num_seeds, found.num_plates)}, "
        f"{p_text(found.p_holm, HOLM_P)}): {told}."
    )


def _join_untrained(factors: Factors, untrained: Mapping[str, str]) -> dict[str, str]:
    """Return the same where a contrast is of all folds of a way: one fold speaks for them."""
    ways = {variant: levels["transfer"] for variant, levels in factors.items()}
    reasons = {ways[variant]: reason for variant, reason in untrained.items()}
    return {variant: reasons[way] for variant, way in ways.items() if way in reasons}


def _list_smaller(factors: Factors, grows: str) -> list[tuple[str, dict[str, Any]]]:
    """Return each variant with its levels at the next smaller level of the factor that grows."""
    sizes = sorted({levels[grows] for levels in factors.values()})
    smaller = dict(zip(sizes[1:], sizes, strict=False))
    return [
        (variant, {**levels, grows: smaller[levels[grows]]})
        for variant, levels in factors.items()
        if levels[grows] in smaller
    ]


def _freeze(levels: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(levels.items()))
