"""Verdicts in words: one sentence with numbers, for people who read nothing else."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lpr_core.evidence.judging.planning import MARGIN, MAX_FURTHER_SEEDS
from lpr_core.statistics.significance import MIN_SEEDS

if TYPE_CHECKING:
    from lpr_core.evidence.judging.hypotheses import Name
    from lpr_core.evidence.judging.verdicts import Part

SCOPES = {"none": "from scratch", "frozen": "frozen", "fine-tuned": "fine-tuned"}
"""How a way of transfer is named within a sentence; `name_scope` where it stands alone."""

MINUS = "\N{MINUS SIGN}"

SIMULTANEOUS = "simultaneous 95 % interval"
"""What intervals are called that hold at 95 % all together, not each."""

SIGNS_P = "p, signs flipped"
"""Heading of the test that stands beside the one that decides."""

_SUBJECTS = {
    "none": "Networks trained from scratch",
    "frozen": "Networks with a frozen, pretrained backbone",
    "fine-tuned": "Networks fine-tuned from pretrained weights",
}


def tell_method(parts: str) -> str:
    """Return how differences are judged; `parts` names what shares the error: `comparisons`."""
    return (
        "One test decides: Student's t on two-way random effects of seeds and plates, so that what "
        "it says holds for other seeds and other plates of the same kind (characters of one plate "
        f"are never counted as independent). Its p-values are adjusted by Holm for all {parts}. "
        "The intervals rest on the same t and hold at 95 % all together: each has its part of the "
        "error of 5 % (Bonferroni), and where a later step of Holm decides what such an interval "
        "would leave open, it ends at the number to beat. With one seed intervals hold for other "
        f"plates alone, and with fewer than {MIN_SEEDS} seeds nothing is decided. Beside the test, "
        "deciding nothing, stands one on these very plates: the signs of the seeds' paired "
        "differences are flipped in all ways there are, adjusted for all comparisons (max-T)."
    )


def name_scope(level: str) -> str:
    """Return a way of transfer as a label: `From scratch`; another factor's level as it is."""
    return SCOPES[level].capitalize() if level in SCOPES else level


def points(share: float) -> str:
    """Return a difference of shares in percentage points, signed, with one decimal."""
    rounded = round(100 * share, 1)
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):.1f}"


def percent(share: float) -> str:
    """Return a share in percent: `91.5 %`."""
    return f"{100 * share:.1f} %"


def p_text(p_value: float) -> str:
    """Return a p-value as `p = 0.031` or `p < 0.001`."""
    return f"p = {p_value:.3f}" if p_value >= 0.001 else "p < 0.001"


def show_p(p_value: float) -> str:
    """Return a p-value for a table, with four decimals or as `< 0.0001`."""
    return f"{p_value:.4f}" if p_value >= 0.0001 else "< 0.0001"


def count(number: int, noun: str) -> str:
    """Return `1 seed`, `8 seeds`, `3,000 plates`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def describe_interval(num_seeds: int) -> str:
    """Return what else could have been drawn, for captions of intervals over `num_seeds` runs."""
    if num_seeds == 1:
        return "over other plates alone, for there is one seed"
    return "over other seeds and other plates of the same kind"


def describe_intervals(num_seeds: Iterable[int]) -> str:
    """Return the same where one figure has intervals over several numbers of runs."""
    counts = set(num_seeds)
    told = describe_interval(max(counts, default=0))
    is_mixed = 1 in counts and len(counts) > 1
    return f"{told}; where there is one seed, over other plates alone" if is_mixed else told


def phrase_basis(num_seeds: int, num_plates: int) -> str:
    """Return what a number was found with: `8 seeds, 1,000 plates`."""
    basis = f"{count(num_seeds, 'seed')}, {count(num_plates, 'plate')}"
    return basis + (", the interval over plates alone" if num_seeds == 1 else "")


def show_range(part: "Part", low: float | None, high: float | None) -> str:
    """Return an interval in the unit of a part's effect; empty where there is none."""
    if low is None or high is None:
        return ""
    show = percent if part.target else points
    return f"{show(low)} to {show(high)}"


def phrase_part(name: "Name", part: "Part") -> str:
    """Return what holds in one way of transfer, as one sentence."""
    subject = _SUBJECTS[part.scope]
    if part.missing:
        return f"{subject}: not compared yet, for want of {', '.join(part.missing)}."
    found = _phrase_level(part) if name == "H1" else _phrase_difference(name, part)
    basis = phrase_basis(part.num_seeds, part.num_plates)
    return f"{subject} {found}; {basis}, Holm {p_text(part.p_holm)}: {_phrase_outcome(part)}."


def phrase_verdict(head: "Part", parts: Sequence["Part"]) -> str:
    """Return the verdict of a hypothesis: the sentence of what decided, the rest in short."""
    others = [part for part in parts if part is not head]
    if not others:
        return head.sentence
    told = "; ".join(f"{SCOPES[part.scope]}: {_phrase_short(part)}" for part in others)
    return f"{head.sentence.removesuffix('.')}; {told}."


def _phrase_level(part: "Part") -> str:
    effect, low, high = _numbers(part)
    relation = "more" if effect > part.target else "less"
    return (
        f"read {percent(effect)} of the characters, {relation} than the usable "
        f"{percent(part.target)} ({SIMULTANEOUS} {percent(low)} to {percent(high)})"
    )


def _phrase_difference(name: "Name", part: "Part") -> str:
    found = part.weakest
    against = {
        "H2": "than networks trained from scratch",
        "H3": "with noise in training than without, on clean plates",
        "H4": f"with noise than the best of the other cells, {part.rival}",
    }[name]
    interval = f"{SIMULTANEOUS} {points(found.low)} to {points(found.high)}"
    if len(part.comparisons) > 1:
        _, low, high = _numbers(part)
        interval += f"; against whichever cell is truly the best, {points(low)} to {points(high)}"
    return (
        f"read {points(abs(found.effect)).lstrip('+')} percentage points "
        f"{'more' if found.effect >= 0 else 'fewer'} of the characters {against} ({interval})"
    )


def _numbers(part: "Part") -> tuple[float, float, float]:
    if part.effect is None or part.low is None or part.high is None:
        raise ValueError(f"a part without runs has no numbers. Received: {part.scope}")
    return part.effect, part.low, part.high


def _phrase_outcome(part: "Part") -> str:
    if part.outcome == "undecided":
        return f"undecided, {phrase_need(part.further_seeds, part.num_seeds)}"
    if part.outcome == "equivalent":
        return "equivalent within one percentage point"
    is_small = not part.target and abs(_numbers(part)[0]) < MARGIN
    return part.outcome + (", though by less than one percentage point" if is_small else "")


def phrase_need(further_seeds: int | None, num_seeds: int) -> str:
    """Return what would decide a question that `num_seeds` seeds leave open."""
    if further_seeds is None:
        return f"and not even {MAX_FURTHER_SEEDS} further seeds would decide"
    needed = count(further_seeds, "further seed")
    if num_seeds == 1:  # says nothing of how much seeds differ
        return f"at least {needed} {'is' if further_seeds == 1 else 'are'} needed"
    return f"about {needed} would decide"


def _phrase_short(part: "Part") -> str:
    if part.missing:
        return f"not compared, for want of {', '.join(part.missing)}"
    effect, low, high = _numbers(part)
    show = percent if part.target else points
    basis = ", 1 seed" if part.num_seeds == 1 else ""
    return f"{part.outcome} ({show(effect)} [{show(low)}, {show(high)}]{basis})"
