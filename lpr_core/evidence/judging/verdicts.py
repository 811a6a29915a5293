"""Verdicts on the four hypotheses: what holds, by how much, and how sure that is."""

from collections.abc import Sequence
from typing import Any

from lpr_core.evidence.judging.comparisons import decide
from lpr_core.evidence.judging.families import Judged, judge_family
from lpr_core.evidence.judging.hypotheses import METHODS, TITLES, Claim, list_claims
from lpr_core.evidence.judging.parts import Name, Part, Verdict
from lpr_core.evidence.judging.planning import MARGIN, seeds_needed
from lpr_core.evidence.judging.sentences import phrase_part, phrase_verdict
from lpr_core.evidence.readings import Correct, Factors
from lpr_core.evidence.vocabulary import VerdictWord
from lpr_core.statistics.significance import ALPHA

_RANKS = (
    VerdictWord.BETTER,
    VerdictWord.UNDECIDED,
    VerdictWord.NOT_TRAINED,
    VerdictWord.NO_DIFFERENT,
    VerdictWord.WORSE,
    VerdictWord.BELOW_USABLE,
)
"""A hypothesis says that something helps somewhere: one way that does decides for it, one that is
still open keeps it open."""


def judge_hypotheses(
    correct: Correct, factors: Factors, baseline: float, usable: float
) -> tuple[Verdict, ...]:
    """Return the verdicts on H1 to H4.

    Args:
        correct: What each run read right.
        factors: `transfer` (`none`, `frozen`, `fine-tuned`) and `noise` (0 is none) by variant.
        baseline: Character accuracy of the most frequent symbol per slot.
        usable: Character accuracy from which on a reader is of use.
    """
    claims = list_claims(correct, factors, max(baseline, usable))
    rows = [(name, claim) for name in claims for claim in claims[name]]
    judged = judge_family([claim.contrasts for _, claim in rows])
    parts: dict[Name, list[Part]] = {name: [] for name in claims}
    for (name, claim), found in zip(rows, judged, strict=True):
        parts[name].append(_judge_part(name, claim, found, len(rows)))
    details = {"baseline": baseline, "usable": usable}
    return tuple(_sum_up(name, found, details) for name, found in parts.items())


def _judge_part(name: Name, claim: Claim, judged: Judged, num_parts: int) -> Part:
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
    )
    return part.model_copy(update={"sentence": phrase_part(name, part)})


def _plan(claim: Claim, place: int, margin: float | None, num_parts: int) -> int | None:
    """Return how many further seeds would decide the contrast with the smallest effect."""
    if claim.contrasts[place].rests_on_few:
        return None
    crossed = claim.contrasts[place].crossed
    # To fall short of any one of several is as many tests.
    num_tests = num_parts * (len(claim.contrasts) if crossed.mean < 0 else 1)
    return seeds_needed(crossed, margin, num_tests=num_tests)


def _sum_up(name: Name, parts: Sequence[Part], details: dict[str, Any]) -> Verdict:
    # The first of the winners, not the largest: the account's own way stands first.
    head = min(parts, key=lambda part: _RANKS.index(part.outcome))
    return Verdict(
        hypothesis=name,
        title=TITLES[name],
        scope=head.scope,
        outcome=head.outcome,
        effect=head.effect,
        low=head.low,
        high=head.high,
        target=head.target,
        p_value=head.p_value,
        p_holm=head.p_holm,
        further_seeds=head.further_seeds,
        sentence=phrase_verdict(head, parts),
        method=METHODS[name],
        parts=tuple(parts),
        details={**details, "alpha": ALPHA, "margin": MARGIN},
    )
