"""How far the work is, and how fast a person gets on."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import Connection, func, select

from lpr_core.labels.queue.leases import LONGEST, Outcome
from lpr_core.labels.tables.schema import assignments, standings
from lpr_core.labels.tables.standing import Stage

PACE_SAMPLE = 200
"""The median is taken over this many of a person's latest answers."""


@dataclass(frozen=True)
class Progress:
    """Where a person stands in a project.

    Attributes:
        left: Plates that wait for a first reading, or for a second one by this person.
        done_today: Answers of this person in this project since midnight, UTC.
        median_seconds: Of her latest `PACE_SAMPLE` answers in this project; None before the first.
        leased: Plates that are in anybody's hands now.
    """

    left: int
    done_today: int
    median_seconds: float | None
    leased: int


def measure_progress(
    connection: Connection, project_id: int, annotator: str, now: datetime
) -> Progress:
    """Count and time, for one project and person."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    answered = (
        (assignments.c.annotator == annotator)
        & assignments.c.closed_at.is_not(None)
        & (assignments.c.project_id == project_id)
        & (assignments.c.outcome == Outcome.SUBMITTED.value)
    )
    done = select(func.count()).where(answered, assignments.c.closed_at >= midnight)
    seconds = select(assignments.c.seconds).where(answered)
    latest = seconds.order_by(assignments.c.closed_at.desc()).limit(PACE_SAMPLE)
    times = connection.scalars(latest).all()
    return Progress(
        left=_count_left(connection, project_id, annotator),
        done_today=connection.scalar(done) or 0,
        median_seconds=median(times) if times else None,
        leased=_count_leased(connection, project_id, now),
    )


def _count_left(connection: Connection, project_id: int, annotator: str) -> int:
    fresh = (Stage.WAITING.value, Stage.SKIPPED.value)
    in_project = select(func.count()).where(standings.c.project_id == project_id)
    first = in_project.where(standings.c.stage.in_(fresh))
    second = in_project.where(
        standings.c.stage == Stage.SECOND.value, standings.c.author != annotator
    )
    return (connection.scalar(first) or 0) + (connection.scalar(second) or 0)


def _count_leased(connection: Connection, project_id: int, now: datetime) -> int:
    held = (
        select(func.count())
        .where(assignments.c.closed_at.is_(None))
        .where(assignments.c.expires_at > now, assignments.c.expires_at <= now + LONGEST)
        .where(assignments.c.project_id == project_id)
    )
    return connection.scalar(held) or 0
