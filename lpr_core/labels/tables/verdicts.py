"""Write a person's word about a picture, in a transaction of the caller."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert

from lpr_core.labels.tables.queries import load_record
from lpr_core.labels.tables.rows import Mark, PlateRecord, Revision, StoredReading, clean_text
from lpr_core.labels.tables.schema import readings, revisions
from lpr_core.labels.tables.standing import note_reading, note_revision

MAX_AUTHOR_LENGTH = 80


def clean_author(author: str) -> str:
    """Return a name as it is stored: PostgreSQL takes no NUL, and nobody needs control codes."""
    printable = "".join(symbol for symbol in author if symbol.isprintable())
    return printable.strip()[:MAX_AUTHOR_LENGTH].rstrip()


def clean_verdict(mark: Mark | None, text: str) -> tuple[Mark | None, str]:
    """Return what was meant: a mark without a text, or no mark and a clean text.

    Args:
        mark: `unchecked`, `unreadable` or `not_a_plate`; else the text decides.
        text: What a readable plate says.

    Raises:
        ValueError: The text is not a plate text (`clean_text`).
    """
    if mark is not None and not mark.is_readable:
        return mark, ""
    return None, clean_text(text)


def judge(record: PlateRecord, mark: Mark | None, text: str) -> Mark:
    """Return the mark of a clean verdict; a confirmation is told from a correction."""
    if mark is not None:
        return mark
    return Mark.CORRECT if record.read_text == text else Mark.CORRECTED


def write_revision(
    connection: Connection,
    standing: RowMapping,
    verdict: tuple[Mark | None, str],
    author: str,
    now: datetime,
) -> PlateRecord:
    """Store a verdict; saying the same again changes nothing.

    Args:
        connection: In a writing transaction.
        standing: The picture's row, locked.
        verdict: From `clean_verdict`.
        author: From `clean_author`.
        now: UTC.
    """
    picture_id = standing["picture_id"]
    record = load_record(connection, picture_id)
    mark, text = judge(record, *verdict), verdict[1]
    if record.mark == mark and (mark is Mark.UNCHECKED or record.text == text):
        return record
    row = _revision_row(record, mark, text, author) | {"saved_at": now}
    connection.execute(insert(revisions).values(row))
    revised = load_record(connection, picture_id)
    note_revision(connection, standing, revised)
    return revised


def write_history(
    connection: Connection,
    standing: RowMapping,
    old_readings: Sequence[StoredReading],
    old_revisions: Sequence[Revision],
) -> PlateRecord:
    """Take over readings and revisions, oldest first, for a picture that has none.

    Args:
        connection: In a writing transaction.
        standing: The picture's row, locked.
        old_readings: From another store.
        old_revisions: From another store.

    Raises:
        ValueError: The picture has a history, or a revision's mark does not fit its text.
    """
    picture_id = standing["picture_id"]
    if standing["latest_reading_id"] or standing["latest_revision_id"]:
        raise ValueError(f"This picture has a history already. Received: {picture_id!r}")
    rows = [_copy_row(reading, "reading_id", picture_id) for reading in old_readings]
    if rows:
        connection.execute(insert(readings), rows)
        note_reading(connection, load_record(connection, picture_id))
    for revision in old_revisions:
        if bool(revision.after) != revision.mark.is_readable:
            raise ValueError(
                f"A revision's mark must fit its text. Received: {revision.mark} {revision.after!r}"
            )
    rows = [_copy_row(revision, "revision_id", picture_id) for revision in old_revisions]
    if rows:
        connection.execute(insert(revisions), rows)
        note_revision(connection, standing, load_record(connection, picture_id))
    return load_record(connection, picture_id)


def _copy_row(row: StoredReading | Revision, key: str, picture_id: str) -> dict[str, Any]:
    values = vars(row) | {"picture_id": picture_id}
    del values[key]
    return values


def _revision_row(record: PlateRecord, mark: Mark, after: str, author: str) -> dict[str, Any]:
    return {
        "picture_id": record.picture.picture_id,
        "mark": mark.value,
        "before": record.text,
        "after": after,
        "author": author,
        "reader_version": record.reading.reader_version if record.reading else "",
    }
