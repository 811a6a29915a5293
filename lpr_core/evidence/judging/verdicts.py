"""Verdicts on the four hypotheses: what holds, by how much, and how sure that is."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from lpr_core.evidence.judging.comparisons import Contrast, decide
from lpr_core.evidence.judging.families import Judged, judge_family
from lpr_core.evidence.judging.hypotheses import (
    METHODS,
    TITLES,
    Claim,
    describe_cell,
    find_cells,
    list_claims,
)
from lpr_core.evidence.judging.parts import Name, Part, Verdict
from lpr_core.evidence.judging.planning import MARGIN, seeds_needed
from lpr_core.evidence.judging.sentences import phrase_part
from lpr_core.evidence.readings import Correct, Factors
from lpr_core.evidence.vocabulary import VerdictWord
from lpr_core.statistics.significance import ALPHA


def judge_hypotheses(
    correct: Correct,
    factors: Factors,
    baseline: float,
    usable: float,
    untrained: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Verdict, ...]:
    """Return the verdicts on H1 to H4.

    Args:
        correct: What each run read right.
        factors: `transfer` (`none`, `frozen`, `fine-tuned`) and `noise` (0 is none) by variant.
        baseline: Character accuracy of the most frequent symbol per slot.
        usable: Character accuracy from which on a reader is of use.
        untrained: Who was not trained far enough, and why; see `find_untrained`. It gets no
            verdict, but for a network that is of use already.
    """
    claims = list_claims(correct, factors, max(baseline, usable))
    cells = {variant: cell for cell, variant in find_cells(factors).items()}
    reasons = {
        variant: f"the arm {describe_cell(cells[variant])} {why}"
        for variant, why in untrained.items()
        if variant in cells
    }
    rows = [(name, claim) for name in claims for claim in claims[name]]
    judged = judge_family([claim.contrasts for _, claim in rows])
    parts: dict[Name, list[Part]] = {name: [] for name in claims}
    for (name, claim), found in zip(rows, judged, strict=True):
        parts[name].append(_judge_part(name, claim, found, len(rows), reasons))
    details = {"baseline": baseline, "usable": usable, "alpha": ALPHA, "margin": MARGIN}
    return tuple(
        Verdict(
            hypothesis=name,
            title=TITLES[name],
            parts=tuple(found),
            method=METHODS[name],
            details=details,
        )
        for name, found in parts.items()
    )


def _judge_part(
    name: Name, claim: Claim, judged: Judged, num_parts: int, untrained: Mapping[str, str]
) -> Part:
    if claim.missing:
        part = Part(scope=claim.scope, outcome=VerdictWord.UNDECIDED, missing=claim.missing)
        return part.model_copy(update={"sentence": phrase_part(name, part)})
    place = judged.weakest_place
    weakest = judged.comparisons[place]
    margin = None if name == "H1" else MARGIN
    num_seeds = min(comparison.num_seeds for comparison in judged.comparisons)
    outcome = decide(
        judged.low, judged.high, judged.p_holm, num_seeds, target=weakest.target, margin=margin
    )
    # To fall short, one rival that was trained is enough; all others count where more is claimed.
    is_short = outcome is VerdictWord.WORSE
    reasons = _list_untrained([claim.contrasts[place]] if is_short else claim.contrasts, untrained)
    if reasons and not (name == "H1" and outcome is VerdictWord.BETTER):
        outcome = VerdictWord.NOT_TRAINED
    is_open = outcome is VerdictWord.UNDECIDED
    further = _plan(claim, place, margin, num_parts) if is_open else None
    part = Part(
        scope=claim.scope,
        outcome=outcome,
        effect=weakest.effect,
        low=judged.low,
        high=judged.high,
        target=weakest.target,
        p_value=judged.p_value,
        p_holm=judged.p_holm,
        num_seeds=num_seeds,
        num_plates=weakest.num_plates,
        further_seeds=further,
        comparisons=judged.comparisons,
        rival=claim.rivals[place] if claim.rivals else "",
        untrained=reasons,
    )
    return part.model_copy(update={"sentence": phrase_part(name, part)})


def _list_untrained(contrasts: Sequence[Contrast], untrained: Mapping[str, str]) -> tuple[str, ...]:
    """Return who of some contrasts was not trained far enough, in words."""
    variants = dict.fromkeys(name for contrast in contrasts for name in contrast.variants)
    return tuple(untrained[name] for name in variants if name in untrained)


def _plan(claim: Claim, place: int, margin: float | None, num_parts: int) -> int | None:
    """Return how many further seeds would decide the contrast with the smallest effect."""
    if claim.contrasts[place].rests_on_few:
        return None
    crossed = claim.contrasts[place].crossed
    # To fall short of any one of several is as many tests.
    num_tests = num_parts * (len(claim.contrasts) if crossed.mean < 0 else 1)
    return seeds_needed(crossed, margin, num_tests=num_tests)
