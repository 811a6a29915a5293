"""How each picture stands now: rows that follow from the append-only tables, kept beside them.

Whoever writes a reading or a revision calls `note_reading` or `note_revision` in the same
transaction; `verify.py` checks that nobody forgot.
"""

from collections.abc import Mapping
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from lpr_core.labels.tables.rows import Mark, PlateRecord
from lpr_core.labels.tables.schema import projects, second_readings, standings

UNREAD_CONFIDENCE = 1.0
"""Stands where no model has read: such plates come last among the worst."""


class Stage(StrEnum):
    """What a picture waits for.

    `waiting` for a first word, `skipped` the same but behind the others; `second` for a second
    reader; `disputed` for a reviewer. Nothing more is asked of the others: `done`, `confirmed` by
    a second reader, `settled` by a reviewer, and `gold`, whose text is known.
    """

    WAITING = "waiting"
    SKIPPED = "skipped"
    SECOND = "second"
    DISPUTED = "disputed"
    DONE = "done"
    CONFIRMED = "confirmed"
    SETTLED = "settled"
    GOLD = "gold"


def add_standing(
    connection: Connection,
    picture_id: str,
    project_id: int,
    region: str | None,
    added_at: datetime,
) -> None:
    """Begin the row of a new picture."""
    row = {
        "picture_id": picture_id,
        "project_id": project_id,
        "mark": Mark.UNCHECKED.value,
        "author": "",
        "stage": Stage.WAITING.value,
        "latest_reading_id": 0,
        "latest_revision_id": 0,
        "confidence": UNREAD_CONFIDENCE,
        "agreement": 1.0,
        "region": region,
        "added_at": added_at,
    }
    connection.execute(insert(standings).values(row))


def lock_standing(connection: Connection, picture_id: str) -> RowMapping:
    """Return a picture's row; until this transaction ends, nobody else changes the picture.

    Raises:
        ValueError: The picture is unknown.
    """
    found = select(standings).where(standings.c.picture_id == picture_id).with_for_update()
    row = connection.execute(found).mappings().one_or_none()
    if row is None:
        raise ValueError(f"`picture_id` must be a stored picture. Received: {picture_id[:80]!r}")
    return row


def change_standing(connection: Connection, picture_id: str, **values: Any) -> None:
    """Set some columns of a picture's row."""
    changed = update(standings).where(standings.c.picture_id == picture_id).values(values)
    connection.execute(changed)


def note_reading(connection: Connection, record: PlateRecord) -> None:
    """Bring the row up to date with the latest reading; a person's region comes before its."""
    latest = record.readings[-1]
    change_standing(
        connection,
        record.picture.picture_id,
        latest_reading_id=latest.reading_id,
        confidence=latest.confidence,
        region=record.picture.region or latest.region,
        agreement=measure_agreement({read.reader_version: read.text for read in record.readings}),
    )


def note_revision(connection: Connection, standing: RowMapping, record: PlateRecord) -> None:
    """Bring the row up to date with the latest revision, and say what the picture waits for now.

    Args:
        connection: In a writing transaction.
        standing: The row before, locked.
        record: With the new revision.
    """
    revision = record.revisions[-1]
    change_standing(
        connection,
        record.picture.picture_id,
        mark=revision.mark.value,
        author="" if revision.mark is Mark.UNCHECKED else revision.author,
        latest_revision_id=revision.revision_id,
        stage=_next_stage(connection, standing, record).value,
    )


def measure_agreement(texts: Mapping[str, str]) -> float:
    """Return how alike the latest texts of several readers are: the mean over pairs, 0 to 1.

    One pair is as alike as `difflib.SequenceMatcher.ratio` says; 1 where fewer than two have read.

    Args:
        texts: By reader version.
    """
    pairs = list(combinations(texts.values(), 2))
    if not pairs:
        return 1.0
    return sum(SequenceMatcher(None, *pair).ratio() for pair in pairs) / len(pairs)


def fold_text(text: str) -> str:
    """Return a text as two persons' words are compared: most plates draw O and 0 alike."""
    return text.replace("O", "0")


def says_the_same(mark: str, text: str, other_mark: str, other_text: str) -> bool:
    """Tell whether two verdicts mean the same; a text counts, not whether it was corrected."""
    if Mark(mark).is_readable and Mark(other_mark).is_readable:
        return fold_text(text) == fold_text(other_text)
    return mark == other_mark


def _next_stage(connection: Connection, standing: RowMapping, record: PlateRecord) -> Stage:
    stage = Stage(standing["stage"])
    if stage is Stage.GOLD:
        return stage
    if record.revision is None:
        return Stage.WAITING
    if stage in (Stage.WAITING, Stage.SKIPPED):
        wanted = _wants_second(connection, standing["project_id"], standing["picture_id"])
        return Stage.SECOND if wanted else Stage.DONE
    if stage in (Stage.CONFIRMED, Stage.DISPUTED):
        return _compare_with_second(connection, record)
    return stage


def _wants_second(connection: Connection, project_id: int, picture_id: str) -> bool:
    """Choose the project's share by the picture's hash: nobody can tell beforehand which."""
    share = connection.scalar(
        select(projects.c.second_share).where(projects.c.project_id == project_id)
    )
    return int(picture_id[-8:], 16) / 16**8 < (share or 0.0)


def _compare_with_second(connection: Connection, record: PlateRecord) -> Stage:
    said = (
        select(second_readings.c.mark, second_readings.c.text)
        .where(second_readings.c.picture_id == record.picture.picture_id)
        .where(second_readings.c.kind == "second")
        .order_by(second_readings.c.second_reading_id.desc())
    )
    mark, text = connection.execute(said.limit(1)).one()
    return compare_verdicts(mark, text, record)


def compare_verdicts(mark: str, text: str, record: PlateRecord) -> Stage:
    """Return `confirmed` where a second reader says what stands, else `disputed`."""
    agrees = says_the_same(mark, text, record.mark, record.text)
    return Stage.CONFIRMED if agrees else Stage.DISPUTED
