"""Leases: who holds which plate, in a transaction of the caller.

Rows of `standings` are locked before rows of `assignments`, everywhere, so that no two
transactions wait for each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, insert, select, update

from lpr_core.labels.tables.blindness import hide_verdicts
from lpr_core.labels.tables.queries import load_record
from lpr_core.labels.tables.rows import PlateRecord
from lpr_core.labels.tables.schema import assignments
from lpr_core.labels.tables.standing import change_standing, lock_standing

LEASE = timedelta(minutes=10)
"""How long a plate is kept for the person who was handed it."""
LONGEST = 2 * LEASE
"""A lease that ends later than this was written by a clock that ran ahead, and holds nothing. More
than `LEASE`, for whoever asks has looked at the clock before her turn came."""


class LeaseError(ValueError):
    """A plate is not this person's to label now; nothing was saved. The message is one sentence."""


class Kind(StrEnum):
    """Why a plate was handed out: a first word, a second one, or a test with a known answer."""

    FIRST = "first"
    SECOND = "second"
    GOLD = "gold"


class Outcome(StrEnum):
    """What became of an assignment."""

    SUBMITTED = "submitted"
    SKIPPED = "skipped"
    RELEASED = "released"
    EXPIRED = "expired"
    UNDONE = "undone"


@dataclass(frozen=True)
class Assignment:
    """One plate in one person's hands.

    Attributes:
        assignment_id: For `Queue.submit` and its like.
        picture_id: The picture.
        project_id: Its project.
        kind: Why it was handed out; the person must not see it.
        expires_at: UTC; afterwards somebody else may get the plate.
        record: What the person may see: of a second reading or a gold plate never what others said.
    """

    assignment_id: int
    picture_id: str
    project_id: int
    kind: Kind
    expires_at: datetime
    record: PlateRecord


def take_lease(
    connection: Connection, standing: RowMapping, annotator: str, kind: Kind, now: datetime
) -> Assignment:
    """Hand one plate to a person; a lease on it that has expired ends.

    Args:
        connection: In a writing transaction.
        standing: The picture's row, locked.
        annotator: Who gets it.
        kind: Why.
        now: UTC.
    """
    picture_id = standing["picture_id"]
    if kind is not Kind.GOLD:
        change_standing(connection, picture_id, leased_to=annotator, leased_until=now + LEASE)
        stale = assignments.c.picture_id == picture_id, assignments.c.kind != Kind.GOLD.value
        close_assignments(connection, stale, Outcome.EXPIRED, now)
    row = {
        "picture_id": picture_id,
        "project_id": standing["project_id"],
        "annotator": annotator,
        "kind": kind.value,
        "seen_revision_id": standing["latest_revision_id"],
        "handed_at": now,
        "expires_at": now + LEASE,
    }
    added = insert(assignments).values(row).returning(assignments)
    return show_assignment(connection, connection.execute(added).mappings().one())


def show_assignment(connection: Connection, row: RowMapping) -> Assignment:
    """Return a row of `assignments` as the person may see it."""
    record = load_record(connection, row["picture_id"])
    return Assignment(
        assignment_id=row["assignment_id"],
        picture_id=row["picture_id"],
        project_id=row["project_id"],
        kind=Kind(row["kind"]),
        expires_at=row["expires_at"],
        record=record if row["kind"] == Kind.FIRST else hide_verdicts(record),
    )


def lock_assignment(
    connection: Connection, assignment_id: int, annotator: str
) -> tuple[RowMapping, RowMapping]:
    """Return a person's assignment and the row of its picture, both as they are now and locked.

    Raises:
        LeaseError: There is no such assignment, or it is somebody else's.
    """
    found = select(assignments).where(assignments.c.assignment_id == assignment_id)
    row = connection.execute(found).mappings().one_or_none()
    if row is None or row["annotator"] != annotator:
        raise LeaseError(f"This plate was not handed to {annotator!r}.")
    standing = lock_standing(connection, row["picture_id"])
    return connection.execute(found.with_for_update()).mappings().one(), standing


def check_free(assignment: RowMapping, standing: RowMapping, now: datetime) -> None:
    """Refuse where somebody else has the plate by now.

    Raises:
        LeaseError: A lease of somebody else runs.
    """
    if assignment["kind"] != Kind.GOLD and is_leased_to_another(
        standing, assignment["annotator"], now
    ):
        raise LeaseError("Your time for this plate has run out, and somebody else holds it now.")


def is_leased_to_another(standing: RowMapping, annotator: str, now: datetime) -> bool:
    """Tell whether a lease of somebody else runs on a picture."""
    until = standing["leased_until"]
    runs = until is not None and now < until <= now + LONGEST
    return runs and standing["leased_to"] != annotator


def renew_lease(connection: Connection, assignment: RowMapping, now: datetime) -> Assignment:
    """Let a lease run its full time again; the caller has locked the picture's row."""
    if assignment["kind"] != Kind.GOLD:
        change_standing(
            connection,
            assignment["picture_id"],
            leased_to=assignment["annotator"],
            leased_until=now + LEASE,
        )
    own = assignments.c.assignment_id == assignment["assignment_id"]
    renewed = update(assignments).where(own).values(expires_at=now + LEASE)
    row = connection.execute(renewed.returning(assignments)).mappings().one()
    return show_assignment(connection, row)


def end_lease(
    connection: Connection,
    assignment: RowMapping,
    standing: RowMapping,
    outcome: Outcome,
    now: datetime,
    seconds: float | None = None,
) -> None:
    """Close an assignment and free its picture, unless somebody else holds that by now."""
    if standing["leased_to"] == assignment["annotator"]:
        change_standing(connection, assignment["picture_id"], leased_to=None, leased_until=None)
    closed = assignments.c.assignment_id == assignment["assignment_id"]
    values = {"closed_at": now, "outcome": outcome.value, "seconds": seconds}
    connection.execute(update(assignments).where(closed).values(values))


def close_assignments(
    connection: Connection, rules: Sequence, outcome: Outcome, now: datetime
) -> None:
    """Close the open assignments that follow the rules."""
    still_open = update(assignments).where(assignments.c.closed_at.is_(None), *rules)
    connection.execute(still_open.values(closed_at=now, outcome=outcome.value))
