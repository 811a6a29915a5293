"""Which runs of a diary are compared with which."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from lpr_core.evidence.diary.entries import DiaryEntry, DiaryError

START = "everything together"
"""What the comparison of the best run with the first one is called."""

_PARTS = re.compile(r"\s*(?:\+|&|\band\b|;)\s*", re.IGNORECASE)


class Pair(NamedTuple):
    """Two runs that are compared.

    Attributes:
        factor: The setting that differs.
        first: The run that was kept, else the better one.
        second: The other one.
        changed_too: What else differs between them; empty where nothing is known to.
        num_tried: From how many runs the first one was chosen as the best, 1 where it was not.
    """

    factor: str
    first: DiaryEntry
    second: DiaryEntry
    changed_too: str = ""
    num_tried: int = 1


def pair_entries(entries: Sequence[DiaryEntry]) -> tuple[Pair, ...]:
    """Return each factor's kept or best level with each other one, and the best with the first.

    Raises:
        DiaryError: A level stands twice in a factor with different scores, two levels are marked
            as kept, or no factor has two levels.
    """
    pairs = [pair for group in _group(entries).values() for pair in _pair_levels(group)]
    if not pairs:
        raise DiaryError(
            "a comparison needs two levels of one factor. "
            f"Received one each: {', '.join(dict.fromkeys(entry.factor for entry in entries))}."
        )
    best = max(entries, key=lambda entry: entry.score)
    if len({entry.factor for entry in entries}) > 1 and best.score > entries[0].score:
        runs = len({(entry.score, entry.count) for entry in entries})
        start = entries[0].model_copy(update={"level": _name("start", entries[0])})
        end = best.model_copy(update={"level": _name("best", best)})
        pairs.append(Pair(START, end, start, num_tried=runs - 1))
    return tuple(pairs)


def _name(place: str, entry: DiaryEntry) -> str:
    return f"{place} ({entry.factor}: {entry.level})"


def _group(entries: Sequence[DiaryEntry]) -> dict[str, list[DiaryEntry]]:
    groups: dict[str, list[DiaryEntry]] = {}
    for entry in entries:
        group = groups.setdefault(entry.factor, [])
        if same := next((one for one in group if one.level == entry.level), None):
            raise DiaryError(
                f"lines {same.line} and {entry.line}: {entry.factor} = {entry.level} stands twice. "
                "Repeated runs are compared as a study, with seeds; a diary has one run a level."
            )
        group.append(entry)
    return groups


def _pair_levels(group: Sequence[DiaryEntry]) -> list[Pair]:
    kept = [entry for entry in group if entry.is_kept]
    if len(kept) > 1:
        lines = " and ".join(str(entry.line) for entry in kept)
        raise DiaryError(f"lines {lines}: one level of {group[0].factor} can be kept, not several.")
    first = kept[0] if kept else max(group, key=lambda entry: entry.score)
    others = [entry for entry in group if entry is not first]
    return [Pair(first.factor, first, other, _changed_too(first, other)) for other in others]


def _changed_too(first: DiaryEntry, second: DiaryEntry) -> str:
    """Return what differs besides the factor: as the diary says, or as `A + B` and `C + D` show."""
    told = [entry.also_changed for entry in (first, second) if entry.also_changed]
    if told:
        return ", ".join(dict.fromkeys(told))
    parts, others = (_PARTS.split(entry.level) for entry in (first, second))
    if len(parts) == len(others) > 1:
        differing = [
            f"{one} and {other}" for one, other in zip(parts, others, strict=True) if one != other
        ]
        if len(differing) > 1:
            return ", ".join(differing[1:])
    return ""
