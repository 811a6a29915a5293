"""Check the rows of a backup, value by value, before they become rows of a store."""

import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import JSON, Boolean, Column, DateTime, Float, Integer, String, Table

from lpr_core.labels.exchange.history import SlotRow
from lpr_core.labels.opening.strays import PICTURE_NAME
from lpr_core.labels.people.users import Role
from lpr_core.labels.queue.leases import Kind, Outcome
from lpr_core.labels.tables.rows import MARKS
from lpr_core.labels.tables.standing import Stage
from lpr_core.pictures.decoding import MAX_PIXELS

_BIGGEST = 2**31 - 1
"""PostgreSQL's INTEGER."""
_SHARE = (0.0, 1.0 + 1e-6)
"""Sums of probabilities may be a rounding error above one."""

_WORDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("revisions.mark", "standings.mark", "second_readings.mark"), frozenset(MARKS)),
    "second_readings.expected_mark": frozenset(MARKS),
    "standings.stage": frozenset(Stage),
    "assignments.kind": frozenset(Kind),
    "assignments.outcome": frozenset(Outcome),
    "users.role": frozenset(Role),
}
_RANGES = {
    "pictures.width": (1, MAX_PIXELS),
    "pictures.height": (1, MAX_PIXELS),
    "readings.confidence": _SHARE,
    "standings.confidence": _SHARE,
    "standings.agreement": _SHARE,
    "projects.second_share": _SHARE,
    "projects.gold_share": _SHARE,
}
_SLOTS = TypeAdapter(list[SlotRow])

Check = Callable[[Any], Any]


class RowChecker:
    """Checks the rows of one table.

    Args:
        table: As reflected from a database of the backup's schema, which may be older than ours.
    """

    def __init__(self, table: Table) -> None:
        self._table = table.name
        self._columns = {column.name: column for column in table.columns}
        self._checks = {name: _choose_check(column) for name, column in self._columns.items()}

    def check(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row as the database takes it.

        Raises:
            ValueError: A value is missing, too many, of another type or out of its range.
        """
        if row.keys() != self._columns.keys():
            raise ValueError("does not have the columns of its table")
        checked = {name: self._check_value(name, value) for name, value in row.items()}
        if self._table == "pictures":
            _check_picture_row(checked)
        return checked

    def _check_value(self, name: str, value: Any) -> Any:
        if value is None:
            if self._columns[name].nullable and not self._columns[name].primary_key:
                return None
            raise ValueError(f"has no {name}")
        try:
            checked = self._checks[name](value)
            _check_meaning(f"{self._table}.{name}", checked)
        except (ValueError, TypeError, OverflowError) as error:
            raise ValueError(f"has a {name} that cannot be one") from error
        return checked


def check_rows(
    table: Table, rows: Iterable[Mapping[str, Any]], spoilt: Callable[[str], Exception]
) -> Iterable[dict[str, Any]]:
    """Yield the rows as the database takes them.

    Args:
        table: As for `RowChecker`.
        rows: From a backup.
        spoilt: Makes the error of a reason.

    Raises:
        Exception: What `spoilt` makes, at the first bad row.
    """
    checker = RowChecker(table)
    for number, row in enumerate(rows, start=1):
        try:
            checked = checker.check(row)
        except ValueError as error:
            raise spoilt(f"row {number} of {table.name} {error}") from error
        yield checked


def _choose_check(column: Column[Any]) -> Check:
    for kind, check in _CHECKS:
        if isinstance(column.type, kind):
            return check(column)
    raise TypeError(f"A column must be of a known type. Received: {column.type!r}")


def _check_meaning(place: str, value: Any) -> None:
    """Refuse what the column could hold but the program never wrote."""
    if place in _WORDS and value not in _WORDS[place]:
        raise ValueError(value)
    least, most = _RANGES.get(place, (value, value))
    if place in _RANGES and not least <= value <= most:
        raise ValueError(value)
    if place == "readings.slots":
        _check_slots(value)
    if place == "events.detail" and not isinstance(value, dict):
        raise ValueError(value)


def _check_slots(value: Any) -> None:
    try:
        _SLOTS.validate_python(value)
    except ValidationError as error:
        raise ValueError("slots") from error


def _check_picture_row(row: Mapping[str, Any]) -> None:
    """The file's name follows from the id, and from nothing else: it becomes part of a path."""
    found = PICTURE_NAME.fullmatch(row["file_name"])
    if found is None or found[2] != row["picture_id"]:
        raise ValueError("has a file_name that cannot be one")


def _text_check(column: Column[Any]) -> Check:
    longest = getattr(column.type, "length", None) or sys.maxsize

    def check(value: Any) -> str:
        # PostgreSQL takes no NUL; a lone surrogate is no text.
        if not isinstance(value, str) or len(value) > longest or "\0" in value:
            raise ValueError(value)
        value.encode()
        return value

    return check


def _integer_check(_column: Column[Any]) -> Check:
    def check(value: Any) -> int:
        if type(value) is not int or not 0 <= value <= _BIGGEST:
            raise ValueError(value)
        return value

    return check


def _float_check(_column: Column[Any]) -> Check:
    def check(value: Any) -> float:
        if type(value) not in (int, float):
            raise ValueError(value)
        return float(value)

    return check


def _boolean_check(_column: Column[Any]) -> Check:
    def check(value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(value)
        return value

    return check


def _time_check(_column: Column[Any]) -> Check:
    def check(value: Any) -> datetime:
        moment = datetime.fromisoformat(value)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None)

    return check


def _json_check(_column: Column[Any]) -> Check:
    return lambda value: value


_CHECKS: tuple[tuple[type, Callable[[Column[Any]], Check]], ...] = (
    (JSON, _json_check),
    (Boolean, _boolean_check),
    (DateTime, _time_check),
    (Integer, _integer_check),
    (Float, _float_check),
    (String, _text_check),
)
