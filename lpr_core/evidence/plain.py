"""What a study says to the questions that people come with: one sentence each, with its number.

The words follow from the verdicts; nothing is decided here.
"""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.judging.parts import Part
from lpr_core.evidence.judging.strength import NoiseFinding
from lpr_core.evidence.units import count, points
from lpr_core.evidence.vocabulary import VerdictWord

_DECIDED = (VerdictWord.BETTER, VerdictWord.WORSE, VerdictWord.NO_DIFFERENT)
_TRANSFERS = {
    "fine-tuned": "networks that start from pretrained weights and may change them",
    "frozen": "networks whose pretrained weights are frozen",
}


class PlainAnswer(BaseModel):
    """One question with its answer in a sentence.

    Attributes:
        question: As people ask it.
        answer: One or two sentences with the number that decides.
        is_sure: Whether a verdict stands behind it.
        caveat: What it rests on, or what it does not say; may be empty.
        page: Where the whole of it is shown.
    """

    model_config = ConfigDict(frozen=True)

    question: str
    answer: str
    is_sure: bool
    caveat: str
    page: Literal["verdicts", "noise", "why"]


def tell_transfer(answers: Answers) -> PlainAnswer | None:
    """Return whether transfer learning helps; None where no hypothesis was judged."""
    verdict = next((one for one in answers.verdicts if one.hypothesis == "H2"), None)
    parts = {part.scope: part for part in verdict.parts} if verdict else {}
    told = [(scope, parts[scope]) for scope in _TRANSFERS if scope in parts]
    told = [(scope, part) for scope, part in told if part.effect is not None]
    if not told:
        return None
    return PlainAnswer(
        question="Does transfer learning help?",
        answer=_tell_unsettled(told) or " ".join(_tell_part(*one) for one in told),
        is_sure=told[0][1].outcome in _DECIDED,
        caveat=f"On clean plates; {_tell_basis(told[0][1])}.",
        page="verdicts",
    )


def tell_noise(answers: Answers) -> PlainAnswer | None:
    """Return from which strength on noise in training was too strong; None where none was."""
    found = sorted(answers.noise, key=lambda finding: finding.strength)
    if not found:
        return None
    costly = [finding for finding in found if finding.answer == "too strong"]
    return PlainAnswer(
        question="Was the noise too strong?",
        answer=_tell_costly(costly, found),
        is_sure=any(finding.answer != "undecided" for finding in found),
        caveat="On clean plates; on noisy ones, training with noise may still pay.",
        page="noise",
    )


def tell_stagnation(answers: Answers) -> PlainAnswer | None:
    """Return why the frozen network stagnates; None without a diagnosis."""
    guilty = [one for one in answers.diagnosis.get("suspects", ()) if one["verdict"] == "guilty"]
    summary = answers.diagnosis.get("summary") or " ".join(one["sentence"] for one in guilty[:2])
    if not summary:
        return None
    return PlainAnswer(
        question="Why does the frozen network stagnate?",
        answer=str(summary),
        is_sure=bool(guilty),
        caveat="",
        page="why",
    )


def _tell_unsettled(told: Sequence[tuple[str, Part]]) -> str:
    """Return one sentence where no way can be judged, for the same arms were trained too little."""
    if any(part.outcome != VerdictWord.NOT_TRAINED for _, part in told):
        return ""
    reasons = "; ".join(dict.fromkeys(reason for _, part in told for reason in part.untrained))
    spans = "; ".join(f"{scope} {_tell_span(part)}" for scope, part in told)
    because = f": {reasons}" if reasons else ""
    return (
        f"Not settled, for not all was trained far enough{because}. Against it, so far, in "
        f"percentage points of the characters: {spans}."
    )


def _tell_span(part: Part) -> str:
    assert part.effect is not None
    assert part.low is not None
    assert part.high is not None
    return f"{points(part.effect)} ({points(part.low)} to {points(part.high)})"


def _tell_part(scope: str, part: Part) -> str:
    """Say what one way of transfer brings against training from scratch."""
    assert part.effect is not None
    assert part.low is not None
    assert part.high is not None
    who = _TRANSFERS[scope]
    if part.outcome == VerdictWord.BETTER:
        return f"Yes, for {who}: they read {_more(part.effect, part.low, part.high)}."
    if part.outcome == VerdictWord.WORSE:
        return f"No, for {who}: they read {_fewer(part.effect, part.low, part.high)}."
    span = f"{points(part.effect)} percentage points ({points(part.low)} to {points(part.high)})"
    if part.outcome == VerdictWord.NO_DIFFERENT:
        return f"For {who} it makes no difference: {span}."
    return f"For {who}: {part.outcome}, {span}."


def _more(effect: float, low: float, high: float) -> str:
    return (
        f"{_unsigned(effect)} percentage points more of the characters ({_unsigned(low)} to "
        f"{_unsigned(high)}) than networks from scratch"
    )


def _fewer(effect: float, low: float, high: float) -> str:
    return _more(-effect, -high, -low).replace(" more of", " fewer of")


def _tell_basis(part: Part) -> str:
    return f"{count(part.num_seeds, 'seed')}, {count(part.num_plates, 'plate')} each"


def _tell_costly(costly: Sequence[NoiseFinding], found: Sequence[NoiseFinding]) -> str:
    if not costly:
        return (
            f"Not that it could be shown: of {len(found)} strengths up to "
            f"{found[-1].strength:g} none costs clean plates for sure."
        )
    first = costly[0]
    milder = [finding for finding in found if finding.strength < first.strength]
    rest = " Of the milder ones no cost is shown." if milder else ""
    span = f"({_unsigned(-first.high)} to {_unsigned(-first.low)})"
    return (
        f"From strength {first.strength:g} on, yes: there it costs {_unsigned(-first.cost)} "
        f"percentage points of the characters {span}.{rest}"
    )


def _unsigned(share: float) -> str:
    """Return a cost in points: a plus would read as a gain."""
    return points(share).removeprefix("+")
