"""Verdicts in words: a sentence with numbers for each way of transfer."""

from lpr_core.evidence.judging.parts import Name, Part
from lpr_core.evidence.judging.planning import MARGIN
from lpr_core.evidence.units import p_text, percent, points
from lpr_core.evidence.vocabulary import VerdictWord
from lpr_core.evidence.wording import (
    HOLM_P,
    SIMULTANEOUS,
    phrase_basis,
    phrase_need,
    phrase_untrained,
)

_SUBJECTS = {
    "none": "Networks trained from scratch",
    "frozen": "Networks with a frozen, pretrained backbone",
    "fine-tuned": "Networks fine-tuned from pretrained weights",
}


def show_range(part: Part, low: float | None, high: float | None) -> str:
    """Return an interval in the unit of a part's effect; empty where there is none."""
    if low is None or high is None:
        return ""
    show = percent if part.target else points
    return f"{show(low)} to {show(high)}"


def phrase_part(name: Name, part: Part) -> str:
    """Return what holds in one way of transfer, as one sentence."""
    subject = _SUBJECTS[part.scope]
    if part.missing:
        return f"{subject}: not compared yet, for want of {', '.join(part.missing)}."
    found = _phrase_level(part) if name == "H1" else _phrase_difference(name, part)
    basis = phrase_basis(part.num_seeds, part.num_plates)
    return f"{subject} {found}; {basis}, {p_text(part.p_holm, HOLM_P)}: {_phrase_outcome(part)}."


def _phrase_level(part: Part) -> str:
    effect, low, high = _numbers(part)
    relation = "more" if effect > part.target else "less"
    return (
        f"read {percent(effect)} of the characters, {relation} than the usable "
        f"{percent(part.target)} ({SIMULTANEOUS} {percent(low)} to {percent(high)})"
    )


def _phrase_difference(name: Name, part: Part) -> str:
    found = part.weakest
    against = {
        "H2": "than networks trained from scratch",
        "H3": "with noise in training than without, on clean plates",
        "H4": f"with noise than the best of the other cells, {part.rival}, on clean plates",
    }[name]
    interval = f"{SIMULTANEOUS} {points(found.low)} to {points(found.high)}"
    if len(part.comparisons) > 1:
        _, low, high = _numbers(part)
        interval += f"; against whichever cell is truly the best, {points(low)} to {points(high)}"
    return (
        f"read {points(abs(found.effect)).lstrip('+')} percentage points "
        f"{'more' if found.effect >= 0 else 'fewer'} of the characters {against} ({interval})"
    )


def _numbers(part: Part) -> tuple[float, float, float]:
    if part.effect is None or part.low is None or part.high is None:
        raise ValueError(f"a part without runs has no numbers. Received: {part.scope}")
    return part.effect, part.low, part.high


def _phrase_outcome(part: Part) -> str:
    if part.outcome is VerdictWord.UNDECIDED:
        return f"undecided, {phrase_need(part.further_seeds, part.num_seeds)}"
    if part.outcome is VerdictWord.NOT_TRAINED:
        return phrase_untrained(part.untrained)
    if part.outcome is VerdictWord.NO_DIFFERENT:
        return "no different, within one percentage point"
    is_small = not part.target and abs(_numbers(part)[0]) < MARGIN
    return str(part.outcome) + (", though by less than one percentage point" if is_small else "")
