"""Write a person's word about a picture, in a transaction of the caller."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert

from lpr_core.labels.queries import load_record
from lpr_core.labels.rows import Mark, PlateRecord, clean_text
from lpr_core.labels.schema import revisions
from lpr_core.labels.standing import note_revision

MAX_AUTHOR_LENGTH = 80


def clean_author(author: str) -> str:
    """Return a name as it is stored."""
    return author.strip()[:MAX_AUTHOR_LENGTH]


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
    return Mark.CORRECT if record.reading and record.reading.text == text else Mark.CORRECTED


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


def _revision_row(record: PlateRecord, mark: Mark, after: str, author: str) -> dict[str, Any]:
    return {
        "picture_id": record.picture.picture_id,
        "mark": mark.value,
        "before": record.text,
        "after": after,
        "author": author,
        "reader_version": record.reading.reader_version if record.reading else "",
    }
