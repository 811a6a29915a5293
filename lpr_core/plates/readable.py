"""When a reading counts as read: one rule, which every page, answer, command and export asks.

A reader always names its most probable text, of a landscape too. Below a floor, the confidence
under which fewer than half of a reader's validation readings are right, the text is kept but never
shown: `NOT_READ` stands in its place, and a person who can read the plate has to type it.
"""

from collections.abc import Mapping
from typing import Any, Protocol, overload

DEFAULT_READABLE_FROM = 0.5
"""The floor of readers and readings that name none: what an honest confidence means by half."""

NOT_READ = "no plate that can be read"
"""Stands in place of a text below the floor."""


class JudgedReading(Protocol):
    """A reading that knows whether it counts: `PlateReading`, `StoredReading`."""

    @property
    def text(self) -> str:
        """The most probable text, whatever it is worth."""
        ...

    @property
    def is_readable(self) -> bool:
        """Whether the text may be shown."""
        ...


@overload
def is_readable(confidence: float, readable_from: float) -> bool: ...
@overload
def is_readable(confidence: Any, readable_from: Any) -> Any: ...
def is_readable(confidence: Any, readable_from: Any) -> Any:
    """Tell whether a reading of this confidence counts as read.

    Args:
        confidence: Calibrated chance that the whole text is right, 0 to 1; or a column of them.
        readable_from: The reader's floor, 0 to 1; or a column, for a condition in SQL.
    """
    return confidence >= readable_from


def say_reading(reading: JudgedReading) -> str:
    """Return what may be shown: the text, or `NOT_READ`."""
    return reading.text if reading.is_readable else NOT_READ


def hide_unreadable(reading: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reading's JSON as pages and programs may see it.

    `is_readable` and `note` come along. Below the floor `note` is `NOT_READ`, and text, pattern and
    symbols are empty: nobody can take them for a reading.

    Args:
        reading: With `confidence` and `readable_from`.
    """
    readable = is_readable(reading["confidence"], reading["readable_from"])
    shown = {**reading, "is_readable": readable, "note": "" if readable else NOT_READ}
    return shown if readable else shown | {name: _EMPTY[name] for name in reading if name in _EMPTY}


_EMPTY: Mapping[str, Any] = {"text": "", "doubtful_text": "", "pattern": None, "slots": ()}
