"""Verdicts on the four hypotheses: what holds, by how much, and how sure that is."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from lpr_core.evidence.judging.comparisons import Comparison, Outcome, decide
from lpr_core.evidence.judging.families import Judged, judge_family
from lpr_core.evidence.judging.hypotheses import METHODS, TITLES, Claim, Name, list_claims
from lpr_core.evidence.judging.planning import MARGIN, seeds_needed
from lpr_core.evidence.readings import Correct, Factors
from lpr_core.evidence.wording import phrase_part, phrase_verdict
from lpr_core.statistics.significance import ALPHA

_RANKS: tuple[Outcome, ...] = ("supported", "undecided", "equivalent", "refuted")
"""A hypothesis says that something helps somewhere: one way that does decides for it, one that is
still open keeps it open."""


class Part(BaseModel):
    """What holds in one way of transfer.

    Attributes:
        scope: `none`, `frozen` or `fine-tuned`.
        outcome: What holds.
        effect: In shares of characters; of H1 the accuracy itself.
        low: Lower end, over other seeds and other plates; of one seed, over plates alone. Those of
            all parts of all hypotheses hold together at 95 %. Of H4, of the effect against
            whichever cell is truly the best.
        high: Upper end.
        target: The number that the effect has to beat.
        p_value: Of this part alone.
        p_holm: Adjusted for all parts of all hypotheses.
        num_seeds: Paired seeds.
        num_plates: Plates of each run.
        further_seeds: How many more would decide it; of one seed, how many it takes at least;
            `None` when it is decided, or when not even 100 more would do.
        sentence: All that in words.
        comparisons: One, or of H4 one with each other cell.
        rival: Of H2 to H4, the cell that the smallest effect is against, in words.
        missing: What the study lacks for it, in words.
    """

    model_config = ConfigDict(frozen=True)

    scope: str
    outcome: Outcome
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    target: float = 0.0
    p_value: float = 1.0
    p_holm: float = 1.0
    num_seeds: int = 0
    num_plates: int = 0
    further_seeds: int | None = None
    sentence: str = ""
    comparisons: tuple[Comparison, ...] = ()
    rival: str = ""
    missing: tuple[str, ...] = ()

    @property
    def weakest(self) -> Comparison:
        """The comparison with the smallest effect."""
        return min(self.comparisons, key=lambda comparison: comparison.effect)


class Verdict(BaseModel):
    """What holds of one hypothesis; the numbers are those of the way that decided.

    Attributes:
        hypothesis: `H1` to `H4`.
        title: What it claims.
        scope: The way of transfer that decided: `none`, `frozen` or `fine-tuned`.
        outcome: What holds.
        effect: As in `Part`, like all the numbers.
        low: Lower end.
        high: Upper end.
        target: The number to beat.
        p_value: Before Holm.
        p_holm: After it.
        further_seeds: How many more seeds would decide it.
        sentence: The verdict with its numbers.
        method: How it was found.
        parts: All ways, in a fixed order.
        details: Numbers that stand behind it.
    """

    model_config = ConfigDict(frozen=True)

    hypothesis: Literal["H1", "H2", "H3", "H4"]
    title: str
    scope: str
    outcome: Outcome
    effect: float | None
    low: float | None
    high: float | None
    target: float
    p_value: float
    p_holm: float
    further_seeds: int | None
    sentence: str
    method: str
    parts: tuple[Part, ...]
    details: dict[str, Any]


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
        part = Part(scope=claim.scope, outcome="undecided", missing=claim.missing)
        return part.model_copy(update={"sentence": phrase_part(name, part)})
    place = judged.weakest_place
    weakest = judged.comparisons[place]
    margin = None if name == "H1" else MARGIN
    num_seeds = min(comparison.num_seeds for comparison in judged.comparisons)
    outcome = decide(
        judged.low, judged.high, judged.p_holm, num_seeds, target=weakest.target, margin=margin
    )
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
        further_seeds=_plan(claim, place, margin, num_parts) if outcome == "undecided" else None,
        comparisons=judged.comparisons,
        rival=claim.rivals[place] if claim.rivals else "",
    )
    return part.model_copy(update={"sentence": phrase_part(name, part)})


def _plan(claim: Claim, place: int, margin: float | None, num_parts: int) -> int | None:
    """Return how many further seeds would decide the contrast with the smallest effect."""
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
