"""Which plates a person is to read without knowing what others said, as SQL and nothing else."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, FromClause, and_, exists, func, or_, select

from lpr_core.labels.tables.rows import PlateRecord, Revision
from lpr_core.labels.tables.schema import assignments, second_readings, standings
from lpr_core.labels.tables.standing import Stage

FIRST, GOLD = "first", "gold"
"""Of `queue.leases.Kind`."""


@dataclass(frozen=True)
class Viewer:
    """Who looks.

    Attributes:
        name: As answers are signed with.
        sees_all: She judges others' work, so she sees it; not, though, what she holds herself for
            a second reading or as a gold plate.
        now: UTC.
    """

    name: str
    sees_all: bool
    now: datetime


class BlindError(ValueError):
    """A person shall answer this plate in the queue, knowing nothing; nothing was saved."""


def is_hidden(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition over `standings` under which a viewer must not know what is said.

    Whoever may still be asked for a second reading, or tested with a gold plate, knows nothing of
    it before; nor after, while she could undo her answer and give the one that she has seen.
    """
    held = exists().where(
        _is_same(assignments),
        assignments.c.annotator == viewer.name,
        assignments.c.closed_at.is_(None),
        assignments.c.kind != FIRST,
    )
    if viewer.sees_all:
        return held.where(assignments.c.expires_at > viewer.now)
    by_others = standings.c.author != viewer.name
    answered = exists().where(_is_same(second_readings), second_readings.c.author == viewer.name)
    return or_(
        held,
        and_(standings.c.stage == Stage.SECOND.value, by_others),
        and_(standings.c.stage == Stage.DISPUTED.value, answered),
        and_(standings.c.stage == Stage.GOLD.value, by_others, ~_knew_gold(viewer)),
    )


def is_hidden_now(connection: Connection, picture_id: str, viewer: Viewer) -> bool:
    """Tell whether a viewer must not know what is said of one picture."""
    asked = select(standings.c.picture_id).where(standings.c.picture_id == picture_id)
    return connection.scalar(asked.where(is_hidden(viewer))) is not None


def hide_verdicts(record: PlateRecord, *own: Revision) -> PlateRecord:
    """Return a record as a second reader sees it: without what others said."""
    return replace(record, revisions=own)


def _knew_gold(viewer: Viewer) -> ColumnElement[bool]:
    """Her latest answer about the gold plate is the right one: there is nothing to look up."""
    own = (
        second_readings.c.author == viewer.name,
        second_readings.c.kind == GOLD,
        _is_same(second_readings),
    )
    latest = select(func.max(second_readings.c.second_reading_id)).where(*own)
    return exists().where(
        *own,
        second_readings.c.second_reading_id == latest.correlate(standings).scalar_subquery(),
        _fold(second_readings.c.text) == _fold(standings.c.gold_text),
    )


def _is_same(table: FromClause) -> ColumnElement[bool]:
    return table.c.picture_id == standings.c.picture_id


def _fold(text: ColumnElement[str]) -> ColumnElement[str]:
    """As `standing.fold_text`."""
    return func.replace(text, "O", "0")
