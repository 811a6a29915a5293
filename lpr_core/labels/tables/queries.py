"""Questions to the label tables, as SQL and nothing else."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, FromClause, Select, Table, and_, func, or_, select

from lpr_core.labels.tables.blindness import Viewer, is_hidden
from lpr_core.labels.tables.rows import (
    MARKS,
    Mark,
    Page,
    PlateRecord,
    Revision,
    StoredPicture,
    StoredReading,
)
from lpr_core.labels.tables.schema import pictures, readings, revisions, standings
from lpr_core.plates.patterns import patterns_for
from lpr_core.plates.readable import is_readable

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 200
_PICTURE_COLUMNS = (
    *(pictures.c[field.name] for field in fields(StoredPicture) if field.name in pictures.c),
    standings.c.project_id,
)


def find_pictures(
    query: str,
    mark: str | None,
    project_id: int | None = None,
    *,
    person: str | None = None,
    region: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    viewer: Viewer | None = None,
) -> Select[str]:
    """Select the ids of pictures, newest reading first; see `LabelStore.search`.

    Args:
        query: As there, like all that follow.
        mark: As there.
        project_id: As there.
        person: As there.
        region: As there.
        since: As there.
        until: As there.
        viewer: Leave out what this person must not know.

    Raises:
        ValueError: Unknown mark or region.
    """
    if mark is not None and mark not in MARKS:
        raise ValueError(f"`mark` must be one of {', '.join(MARKS)}. Received: {mark!r}")
    found = select(standings.c.picture_id)
    wanted = query.replace("\0", "").strip()  # PostgreSQL takes no NUL
    if wanted or since or until:
        found = found.select_from(_current())
    if wanted:
        found = found.where(_mentions(wanted))
    if mark is not None:
        found = found.where(standings.c.mark == mark)
    if project_id is not None:
        found = found.where(standings.c.project_id == project_id)
    if person is not None:
        found = found.where(standings.c.author == person)
    if region is not None:
        codes = {pattern.region for pattern in patterns_for(region)}
        found = found.where(standings.c.region.in_(sorted(codes)))
    if viewer is not None:
        found = found.where(~is_hidden(viewer))
    moment = func.coalesce(revisions.c.saved_at, pictures.c.added_at)
    if since is not None:
        found = found.where(moment >= since)
    if until is not None:
        found = found.where(moment < until)
    return found.order_by(standings.c.latest_reading_id.desc(), standings.c.picture_id.desc())


def list_authors(connection: Connection) -> Sequence[str]:
    """Return everybody whose word stands on some plate, by name."""
    names = select(standings.c.author).where(standings.c.author != "").distinct()
    return connection.scalars(names.order_by(standings.c.author)).all()


def count_marks(connection: Connection, project_id: int | None = None) -> dict[str, int]:
    """Count the pictures of each mark that occurs."""
    counted = select(standings.c.mark, func.count()).group_by(standings.c.mark)
    if project_id is not None:
        counted = counted.where(standings.c.project_id == project_id)
    return {name: count for name, count in connection.execute(counted)}


def load_records(connection: Connection, ids: Sequence[str]) -> Iterator[PlateRecord]:
    """Yield the records of known ids, in the order of `ids`."""
    known = select(*_PICTURE_COLUMNS).join_from(pictures, standings)
    rows = connection.execute(known.where(pictures.c.picture_id.in_(ids))).mappings()
    found = {row["picture_id"]: StoredPicture(**row) for row in rows}
    read = _rows_by_picture(connection, readings, ids)
    revised = _rows_by_picture(connection, revisions, ids)
    for picture_id in ids:
        if picture_id in found:
            yield PlateRecord(
                found[picture_id],
                tuple(_reading(row) for row in read[picture_id]),
                tuple(_revision(row) for row in revised[picture_id]),
            )


def load_page(connection: Connection, found: Select[str], page: int, page_size: int) -> Page:
    """Return one page of the pictures that were found; a page beyond the last is the last.

    Args:
        connection: For reading.
        found: From `find_pictures`.
        page: From 1.
        page_size: Records on a full page, 1 to `MAX_PAGE_SIZE`.

    Raises:
        ValueError: Another page size.
    """
    if not 1 <= page_size <= MAX_PAGE_SIZE:
        raise ValueError(f"`page_size` must be 1 to {MAX_PAGE_SIZE}. Received: {page_size}")
    matches = found.order_by(None).subquery()
    total = connection.scalar(select(func.count()).select_from(matches)) or 0
    last = max(1, -(-total // page_size))
    number = min(max(1, page), last)
    ids = connection.scalars(found.limit(page_size).offset((number - 1) * page_size)).all()
    return Page(tuple(load_records(connection, ids)), total, number, page_size)


def load_record(connection: Connection, picture_id: str) -> PlateRecord:
    """Return one record.

    Raises:
        ValueError: The picture is unknown.
    """
    for record in load_records(connection, [picture_id]):
        return record
    raise ValueError(f"`picture_id` must be a stored picture. Received: {picture_id[:80]!r}")


def _current() -> FromClause:
    """Join each picture with its latest reading and its latest revision, if any."""
    return (
        standings.join(pictures)
        .outerjoin(readings, readings.c.reading_id == standings.c.latest_reading_id)
        .outerjoin(revisions, revisions.c.revision_id == standings.c.latest_revision_id)
    )


def _mentions(query: str) -> Any:
    """Match part of a text or of a name; a plate typed with spaces or dashes is found too.

    A text below its reader's floor is not shown, so it is not found either.
    """
    text = "".join(symbol for symbol in query if symbol.isalnum()) or query
    return or_(
        pictures.c.name.icontains(query, autoescape=True),
        and_(
            is_readable(readings.c.confidence, readings.c.readable_from),
            readings.c.text.icontains(text, autoescape=True),
        ),
        revisions.c.after.icontains(text, autoescape=True),
    )


def _rows_by_picture(
    connection: Connection, table: Table, ids: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    key = next(iter(table.primary_key))
    rows = connection.execute(select(table).where(table.c.picture_id.in_(ids)).order_by(key))
    grouped = defaultdict(list)
    for row in rows.mappings():
        values = dict(row)
        grouped[values.pop("picture_id")].append(values)
    return grouped


def _reading(values: dict[str, Any]) -> StoredReading:
    return StoredReading(**values | {"slots": tuple(values["slots"])})


def _revision(values: dict[str, Any]) -> Revision:
    return Revision(**values | {"mark": Mark(values["mark"])})
