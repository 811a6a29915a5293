"""Verdicts on the four hypotheses: what holds, by how much, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from lpr_core.evidence.judging.comparisons import (
    Comparison,
    Outcome,
    bound_smallest,
    compare,
    decide,
)
from lpr_core.evidence.judging.hypotheses import METHODS, TITLES, Claim, Name, list_claims
from lpr_core.evidence.judging.planning import MARGIN, seeds_needed
from lpr_core.evidence.readings import Correct, Factors
from lpr_core.evidence.wording import phrase_part, phrase_verdict
from lpr_core.statistics.significance import ALPHA, holm

_RANKS: tuple[Outcome, ...] = ("supported", "undecided", "equivalent", "refuted")
"""A hypothesis says that something helps somewhere: one way that does decides for it, one that is
still open keeps it open."""


class Part(BaseModel):
    """What holds in one way of transfer.

    Attributes:
        scope: `none`, `frozen` or `fine-tuned`.
        outcome: What holds.
        effect: In shares of characters; of H1 the accuracy itself.
        low: Lower end at 95 %, over other seeds and other plates; of one seed, over plates alone.
            Of H4, of the effect against whichever cell is truly the best.
        high: Upper end.
        target: The number that the effect has to beat.
        p_value: Adjusted for the comparisons of this hypothesis.
        p_holm: Adjusted for the other hypotheses, too.
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


@dataclass(frozen=True)
class _Tested:
    """A claim with its comparisons, one for each contrast, and what they say together."""

    claim: Claim
    comparisons: tuple[Comparison, ...]
    num_contrasts: int
    """Of all ways of the hypothesis; their p-values know of each other."""

    @property
    def is_complete(self) -> bool:
        return not self.claim.missing

    @property
    def weakest_place(self) -> int:
        """Place of the comparison with the smallest effect: a best cell must win that, too."""
        effects = [comparison.effect for comparison in self.comparisons]
        return effects.index(min(effects))

    @property
    def p_value(self) -> float:
        """For a cell to be best, all comparisons must pass; not to be, one is enough."""
        if not self.is_complete:
            return 1.0
        lost = [c.p_value for c in self.comparisons if c.effect < c.target]
        return min(lost) if lost else max(c.p_value for c in self.comparisons)


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
    tested = {name: _test(claims[name]) for name in claims}
    hypothesis_p = {
        name: min((t.p_value for t in rows), default=1.0) for name, rows in tested.items()
    }
    adjusted = dict(zip(hypothesis_p, holm(list(hypothesis_p.values())), strict=True))
    ranked = sorted(hypothesis_p, key=lambda name: hypothesis_p[name])
    verdicts = []
    for name, rows in tested.items():
        factor = len(ranked) - ranked.index(name)
        parts = [
            _judge_part(name, row, max(adjusted[name], min(1.0, factor * row.p_value)))
            for row in rows
        ]
        verdicts.append(_sum_up(name, parts, {"baseline": baseline, "usable": usable}))
    return tuple(verdicts)


def _test(claims: Sequence[Claim]) -> list[_Tested]:
    """Compare all ways of one hypothesis at once, so that p-values know of each other."""
    contrasts = [contrast for claim in claims for contrast in claim.contrasts]
    comparisons = iter(compare(contrasts))
    return [
        _Tested(claim, tuple(next(comparisons) for _ in claim.contrasts), len(contrasts))
        for claim in claims
    ]


def _judge_part(name: Name, tested: _Tested, p_holm: float) -> Part:
    claim = tested.claim
    if not tested.is_complete:
        part = Part(scope=claim.scope, outcome="undecided", missing=claim.missing)
        return part.model_copy(update={"sentence": phrase_part(name, part)})
    place = tested.weakest_place
    weakest = tested.comparisons[place]
    margin = None if name == "H1" else MARGIN
    low, high = bound_smallest(claim.contrasts)
    num_seeds = min(comparison.num_seeds for comparison in tested.comparisons)
    outcome = decide(low, high, p_holm, num_seeds, target=weakest.target, margin=margin)
    further = None
    if outcome == "undecided":
        crossed = claim.contrasts[place].crossed
        further = seeds_needed(crossed, margin, num_contrasts=tested.num_contrasts)
    part = Part(
        scope=claim.scope,
        outcome=outcome,
        effect=weakest.effect,
        low=low,
        high=high,
        target=weakest.target,
        p_value=tested.p_value,
        p_holm=p_holm,
        num_seeds=num_seeds,
        num_plates=weakest.num_plates,
        further_seeds=further,
        comparisons=tested.comparisons,
        rival=claim.rivals[place] if claim.rivals else "",
    )
    return part.model_copy(update={"sentence": phrase_part(name, part)})


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
