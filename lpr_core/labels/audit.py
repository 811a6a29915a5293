"""Everything that happened, in one line of time, for an audit."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, Table, select

from lpr_core.labels.tables.schema import events, revisions, second_readings, standings

_CHUNK = 1000


@dataclass(frozen=True)
class AuditFilter:
    """Which rows an audit shows; a row must fit everything that is given.

    Attributes:
        since: From then on. With a UTC offset.
        until: Before then.
        person: Who did it.
        project_id: Of one project; what belongs to none, such as a sign-in, is left out then.
        picture_id: About one picture.

    Raises:
        ValueError: A time has no offset.
    """

    since: datetime | None = None
    until: datetime | None = None
    person: str | None = None
    project_id: int | None = None
    picture_id: str | None = None

    def __post_init__(self) -> None:
        for moment in (self.since, self.until):
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"A time needs a UTC offset. Received: {moment.isoformat()}")


@dataclass(frozen=True)
class AuditRow:
    """One thing that happened.

    Attributes:
        happened_at: UTC.
        actor: Who; empty where nobody is known.
        kind: `revision`, `second reading`, `gold reading`, or of an event, such as `skip`.
        picture_id: The plate it is about; None for others.
        project_id: The project it is about; None for others.
        before: Of a revision, the text that stood.
        after: What was said, if it was a text.
        mark: The verdict; empty for events.
        reader_version: The reader whose text the person saw.
        detail: More about an event.
    """

    happened_at: datetime
    actor: str
    kind: str
    picture_id: str | None = None
    project_id: int | None = None
    before: str = ""
    after: str = ""
    mark: str = ""
    reader_version: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SymbolChange:
    """One step from a text to another; `before` or `after` is empty where symbols came or went."""

    kind: Literal["equal", "replace", "delete", "insert"]
    before: str
    after: str


def diff(before: str, after: str) -> tuple[SymbolChange, ...]:
    """Return what was done to one text to get the other, from left to right."""
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return tuple(
        SymbolChange(kind, before[start:end], after[new_start:new_end])
        for kind, start, end, new_start, new_end in steps
    )


def audit_rows(connection: Connection, wanted: AuditFilter) -> Iterator[AuditRow]:
    """Yield what happened, oldest first, without holding all of it in memory."""
    sources = (
        map(_from_revision, _stream(connection, _select_revisions(wanted))),
        map(_from_second_reading, _stream(connection, _select_second_readings(wanted))),
        map(_from_event, _stream(connection, _select_events(wanted))),
    )
    yield from heapq.merge(*sources, key=lambda row: row.happened_at)


def _stream(connection: Connection, found: Select) -> Iterator[Any]:
    return iter(connection.execute(found.execution_options(yield_per=_CHUNK)).mappings())


def _select_revisions(wanted: AuditFilter) -> Select:
    columns = revisions.c
    found = select(revisions, standings.c.project_id).join(
        standings, standings.c.picture_id == columns.picture_id
    )
    rules = _rules(wanted, revisions, columns.saved_at, columns.author)
    if wanted.project_id is not None:
        rules.append(standings.c.project_id == wanted.project_id)
    return found.where(*rules).order_by(columns.saved_at, columns.revision_id)


def _select_second_readings(wanted: AuditFilter) -> Select:
    columns = second_readings.c
    rules = _rules(wanted, second_readings, columns.saved_at, columns.author)
    if wanted.project_id is not None:
        rules.append(columns.project_id == wanted.project_id)
    found = select(second_readings).where(*rules)
    return found.order_by(columns.saved_at, columns.second_reading_id)


def _select_events(wanted: AuditFilter) -> Select:
    columns = events.c
    rules = _rules(wanted, events, columns.happened_at, columns.actor)
    if wanted.project_id is not None:
        rules.append(columns.project_id == wanted.project_id)
    return select(events).where(*rules).order_by(columns.happened_at, columns.event_id)


def _rules(
    wanted: AuditFilter,
    source: Table,
    time: ColumnElement[datetime],
    person: ColumnElement[str],
) -> list[ColumnElement[bool]]:
    rules: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        rules.append(time >= wanted.since)
    if wanted.until is not None:
        rules.append(time < wanted.until)
    if wanted.person is not None:
        rules.append(person == wanted.person)
    if wanted.picture_id is not None:
        rules.append(source.c.picture_id == wanted.picture_id)
    return rules


def _from_revision(row: Any) -> AuditRow:
    return AuditRow(
        happened_at=row["saved_at"],
        actor=row["author"],
        kind="revision",
        picture_id=row["picture_id"],
        project_id=row["project_id"],
        before=row["before"],
        after=row["after"],
        mark=row["mark"],
        reader_version=row["reader_version"],
    )


def _from_second_reading(row: Any) -> AuditRow:
    return AuditRow(
        happened_at=row["saved_at"],
        actor=row["author"],
        kind=f"{row['kind']} reading",
        picture_id=row["picture_id"],
        project_id=row["project_id"],
        after=row["text"],
        mark=row["mark"],
        reader_version=row["reader_version"],
        detail={"expected": row["expected_text"], "expected_mark": row["expected_mark"]},
    )


def _from_event(row: Any) -> AuditRow:
    return AuditRow(
        happened_at=row["happened_at"],
        actor=row["actor"],
        kind=row["kind"],
        picture_id=row["picture_id"],
        project_id=row["project_id"],
        detail=row["detail"],
    )
