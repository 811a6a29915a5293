"""Which plates come next, as SQL and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, exists, or_, select

from lpr_core.labels.queue.leases import LONGEST, Kind, Outcome
from lpr_core.labels.tables.schema import assignments, second_readings, standings
from lpr_core.labels.tables.standing import Stage
from lpr_core.plates.patterns import patterns_for

SKIP_REST = timedelta(minutes=10)
"""How long a skipped plate stays away from the person who skipped it."""


class Order(StrEnum):
    """In which order plates come.

    `worst`: least calibrated confidence first; `disagreement`: least alike between readers first,
    then worst first; `newest` and `oldest` by the time they were added; `random`: the order of the
    pictures' hashes, the same for everybody.
    """

    WORST = "worst"
    DISAGREEMENT = "disagreement"
    NEWEST = "newest"
    OLDEST = "oldest"
    RANDOM = "random"

    @classmethod
    def _missing_(cls, value: object) -> None:
        known = ", ".join(cls)
        raise ValueError(f"`order` must be one of {known}. Received: {value!r:.80}")


# Each follows an index of `standings` to its end, so the first rows are found without sorting.
_ORDER_COLUMNS = {
    Order.WORST: (standings.c.confidence, standings.c.picture_id),
    Order.DISAGREEMENT: (standings.c.agreement, standings.c.confidence, standings.c.picture_id),
    Order.NEWEST: (standings.c.added_at.desc(), standings.c.picture_id.desc()),
    Order.OLDEST: (standings.c.added_at, standings.c.picture_id),
    Order.RANDOM: (standings.c.picture_id,),
}


@dataclass(frozen=True)
class Request:
    """What a person asks the queue for.

    Attributes:
        annotator: Who.
        project_id: Of which project.
        order: Which first.
        region: Code such as `br`, or a family such as `us`; None for all.
        now: UTC.
    """

    annotator: str
    project_id: int
    order: Order
    region: str | None
    now: datetime


def find_waiting(
    connection: Connection, request: Request, stage: Stage, count: int
) -> Sequence[RowMapping]:
    """Return and lock the next plates of one stage; plates in other hands are passed by."""
    found = (
        select(standings)
        .where(standings.c.project_id == request.project_id, standings.c.stage == stage.value)
        .where(_is_free(request))
        .order_by(*_ORDER_COLUMNS[request.order])
        .limit(count)
    )
    if request.region:
        found = found.where(standings.c.region.in_(_codes(request.region)))
    if stage is Stage.SECOND:
        found = found.where(standings.c.author != request.annotator)
    if stage is not Stage.WAITING:
        found = found.where(~_skipped_lately(request))
    return _lock(connection, found)


def find_gold(connection: Connection, request: Request) -> Sequence[RowMapping]:
    """Return a gold plate that this person has neither answered nor in hand, at most one."""
    found = (
        select(standings)
        .where(standings.c.project_id == request.project_id)
        .where(standings.c.stage == Stage.GOLD.value)
        .where(standings.c.author != request.annotator)
        .where(~_answered(request), ~_in_hand(request), ~_skipped_lately(request))
        .order_by(standings.c.picture_id)
        .limit(1)
    )
    return connection.execute(found).mappings().all()


def find_own_leases(
    connection: Connection, annotator: str, project_id: int, now: datetime
) -> Sequence[RowMapping]:
    """Return a person's open assignments in a project that have not expired, oldest first."""
    found = (
        select(assignments)
        .where(assignments.c.annotator == annotator, assignments.c.closed_at.is_(None))
        .where(assignments.c.project_id == project_id, assignments.c.expires_at > now)
        .order_by(assignments.c.assignment_id)
    )
    return connection.execute(found).mappings().all()


def _lock(connection: Connection, found: Select) -> Sequence[RowMapping]:
    """Let others who ask at the same moment pass these rows by."""
    return connection.execute(found.with_for_update(skip_locked=True)).mappings().all()


def _is_free(request: Request) -> ColumnElement[bool]:
    until = standings.c.leased_until
    return or_(until.is_(None), until <= request.now, until > request.now + LONGEST)


def _codes(region: str) -> list[str]:
    return sorted({pattern.region for pattern in patterns_for(region)})


def _skipped_lately(request: Request) -> ColumnElement[bool]:
    return exists().where(
        *_own_assignments(request),
        assignments.c.outcome == Outcome.SKIPPED.value,
        assignments.c.closed_at > request.now - SKIP_REST,
        assignments.c.closed_at <= request.now + SKIP_REST,
    )


def _in_hand(request: Request) -> ColumnElement[bool]:
    return exists().where(
        *_own_assignments(request),
        assignments.c.closed_at.is_(None),
        assignments.c.expires_at > request.now,
    )


def _own_assignments(request: Request) -> tuple[ColumnElement[bool], ...]:
    return (
        assignments.c.picture_id == standings.c.picture_id,
        assignments.c.annotator == request.annotator,
    )


def _answered(request: Request) -> ColumnElement[bool]:
    return exists().where(
        second_readings.c.picture_id == standings.c.picture_id,
        second_readings.c.author == request.annotator,
        second_readings.c.kind == Kind.GOLD.value,
    )
