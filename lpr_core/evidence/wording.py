"""Words that every sentence, table and figure of a study shares: ways, intervals, the test."""

from collections.abc import Iterable

from lpr_core.evidence.judging.planning import MAX_FURTHER_SEEDS
from lpr_core.evidence.units import count
from lpr_core.statistics.significance import MIN_SEEDS

SCOPES = {"none": "from scratch", "frozen": "frozen", "fine-tuned": "fine-tuned"}
"""How a way of transfer is named within a sentence; `name_scope` where it stands alone."""

SIMULTANEOUS = "simultaneous 95 % interval"
"""What intervals are called that hold at 95 % all together, not each."""

HOLM_P = "p (Holm)"
"""Heading of the test that decides."""

SIGNS_P = "p (signs flipped)"
"""Heading of the test that stands beside it."""


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


def phrase_need(further_seeds: int | None, num_seeds: int) -> str:
    """Return what would decide a question that `num_seeds` seeds leave open."""
    if further_seeds is None:
        return f"and not even {MAX_FURTHER_SEEDS} further seeds would decide"
    needed = count(further_seeds, "further seed")
    if num_seeds == 1:  # says nothing of how much seeds differ
        return f"at least {needed} {'is' if further_seeds == 1 else 'are'} needed"
    return f"about {needed} would decide"


def phrase_untrained(reasons: Iterable[str]) -> str:
    """Return that nothing can be said yet, and why: `From scratch knows 25.1 % of ...`."""
    told = "; ".join(reasons)
    return f"not trained far enough, so that more steps would tell and not more seeds ({told})"
