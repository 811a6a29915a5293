"""What a judged diary comes to, in sentences."""

from collections.abc import Sequence

from lpr_core.evidence.diary.audit import Audit, DiaryVerdict
from lpr_core.evidence.units import count, percent, points

RULES = (
    "Stands: after Holm's correction for all comparisons, the two runs differ on other pictures of "
    "the same kind (p at most 0.05). Undecided: p at most 0.10 before the correction. No evidence: "
    "above. Two things changed at once: nothing can be said of either. The test takes both runs' "
    "pictures as drawn apart; with each run's answers picture by picture a paired test would find "
    "more."
)
"""How the verdicts are reached, for small print."""


def tell_headline(audit: Audit) -> str:
    """Return how many comparisons stand, and how many would if other runs had been drawn."""
    of = count(len(audit.comparisons), "comparison")
    if all(one.verdict is DiaryVerdict.CANNOT_TELL for one in audit.comparisons):
        return (
            f"None of {of} can be judged: on how many pictures each score was measured is not "
            "said, and the scores do not give it away."
        )
    lasting = sum(one.would_last for one in audit.comparisons if _stands(one.verdict))
    return (
        f"Of {of} {audit.num_standing} {'stands' if audit.num_standing == 1 else 'stand'}, "
        f"and {lasting} would if runs vary by {_unsigned(audit.run_spread)} points from seed to "
        "seed."
    )


def tell_notes(audit: Audit) -> tuple[str, ...]:
    """Return what is to be known of the whole diary, a sentence or two each."""
    notes = (
        _tell_count(audit),
        _tell_single_runs(audit),
        _tell_selection(audit),
        _tell_chance(audit),
    )
    return tuple(note for note in notes if note)


def _stands(verdict: DiaryVerdict) -> bool:
    return verdict is DiaryVerdict.STANDS


def _tell_count(audit: Audit) -> str:
    found = audit.inferred
    if found is None:
        if audit.count:
            return f"Each score is of {count(audit.count, 'picture')}."
        if all(entry.count for entry in audit.entries):
            return "Scores are of different numbers of pictures, as the diary says."
        return "Say how many test pictures there were, and intervals and verdicts follow."
    missed = ""
    if found.missed:
        scores = _join([f"{score:g}" for score in found.missed])
        verb = "is" if len(found.missed) == 1 else "are"
        missed = f" {scores} {verb} not, and may be slips of the pen."
    return (
        f"The test set had {count(found.count, 'picture')}, as the scores give away: "
        f"{found.matched} of {found.total} different ones are whole numbers of pictures of so "
        f"many, where chance would give {percent(found.chance)}.{missed}"
    )


def _tell_single_runs(audit: Audit) -> str:
    if audit.single_run_gap is None:
        return ""
    return (
        "Each level was run once. Where scores of equal runs vary by "
        f"{_unsigned(audit.run_spread)} points (standard deviation; an assumption unless you "
        f"measured it), two single runs must differ by {_unsigned(audit.single_run_gap)} points "
        "to be told apart in 8 of 10 cases."
    )


def _tell_selection(audit: Audit) -> str:
    if audit.selection_gain is None:
        return ""
    runs = len({(entry.score, entry.count) for entry in audit.entries})
    return (
        f"The test pictures were looked at {runs} times to choose settings, which makes them "
        f"validation pictures: the best of {runs} equal runs looks "
        f"{_unsigned(audit.selection_gain)} points better than it is. How well the winner does is "
        "known only on pictures that chose nothing."
    )


def _tell_chance(audit: Audit) -> str:
    if audit.chance is None:
        return ""
    if not audit.below_chance:
        return f"No run is surely worse than guessing ({percent(audit.chance)})."
    of = [
        f"{entry.factor}: {entry.level} ({percent(entry.score)})"
        for entry in audit.entries
        if entry.line in audit.below_chance
    ]
    verb = "run is" if len(of) == 1 else "runs are"
    return (
        f"{len(of)} {verb} worse than guessing ({percent(audit.chance)}): {_join(of)}. Such runs "
        "are broken (labels swapped, wrong input scale, diverged) and show nothing about the "
        "setting, nor does what beats them."
    )


def _join(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _unsigned(share: float) -> str:
    return points(share).removeprefix("+")
