"""Questions to the label tables, as SQL and nothing else."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, FromClause, Select, Table, func, or_, select

from lpr_core.labels.rows import (
    UNCHECKED,
    Mark,
    PlateRecord,
    Revision,
    StoredPicture,
    StoredReading,
)
from lpr_core.labels.schema import pictures, readings, revisions


def find_pictures(query: str, mark: str | None) -> Select[str]:
    """Select the ids of pictures by text or name and by mark, newest reading first."""
    found = select(pictures.c.picture_id).select_from(_current())
    if query.strip():
        found = found.where(_mentions(query.strip()))
    if mark is not None:
        stands = None if mark == UNCHECKED else mark
        found = found.where(revisions.c.mark.is_not_distinct_from(stands))
    return found.order_by(func.coalesce(readings.c.reading_id, 0).desc(), pictures.c.picture_id)


def count_marks(connection: Connection) -> dict[str, int]:
    """Count the pictures of each mark that occurs."""
    mark = func.coalesce(revisions.c.mark, UNCHECKED)
    rows = connection.execute(select(mark, func.count()).select_from(_current()).group_by(mark))
    return {name: count for name, count in rows}


def load_records(connection: Connection, ids: Sequence[str]) -> Iterator[PlateRecord]:
    """Yield the records of known ids, in the order of `ids`."""
    rows = connection.execute(select(pictures).where(pictures.c.picture_id.in_(ids))).mappings()
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


def _current() -> FromClause:
    """Join each picture with its latest reading and its latest revision, if any."""
    return pictures.outerjoin(
        readings, readings.c.reading_id == _latest(readings, "reading_id")
    ).outerjoin(revisions, revisions.c.revision_id == _latest(revisions, "revision_id"))


def _latest(table: Table, key: str) -> Any:
    inner = table.alias()
    return (
        select(func.max(inner.c[key]))
        .where(inner.c.picture_id == pictures.c.picture_id)
        .correlate(pictures)
        .scalar_subquery()
    )


def _mentions(query: str) -> Any:
    """Match part of a text or of a name; a plate typed with spaces or dashes is found too."""
    text = "".join(symbol for symbol in query if symbol.isalnum()) or query
    return or_(
        pictures.c.name.icontains(query, autoescape=True),
        readings.c.text.icontains(text, autoescape=True),
        revisions.c.after.icontains(text, autoescape=True),
    )


def _rows_by_picture(
    connection: Connection, table: Table, ids: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    key = next(iter(table.primary_key))
    rows = connection.execute(select(table).where(table.c.picture_id.in_(ids)).order_by(key))
    grouped = defaultdict(list)
    for row in rows.mappings():
        fields = dict(row)
        grouped[fields.pop("picture_id")].append(fields)
    return grouped


def _reading(fields: dict[str, Any]) -> StoredReading:
    return StoredReading(**fields | {"slots": tuple(fields["slots"])})


def _revision(fields: dict[str, Any]) -> Revision:
    return Revision(**fields | {"mark": Mark(fields["mark"])})
