"""The queue: hands out plates, each to one person at a time, and takes the answers."""

import math
import random

from sqlalchemy import Connection, RowMapping, select

from lpr_core.labels.projects import check_project
from lpr_core.labels.queue.answers import repeat_answer, take_answer, undo_answer
from lpr_core.labels.queue.handout import (
    Order,
    Request,
    find_gold,
    find_own_leases,
    find_waiting,
)
from lpr_core.labels.queue.leases import (
    Assignment,
    Kind,
    LeaseError,
    Outcome,
    check_free,
    close_assignments,
    end_lease,
    lock_assignment,
    renew_lease,
    take_lease,
)
from lpr_core.labels.queue.progress import Progress, measure_progress
from lpr_core.labels.tables.clock import Clock, utc_now
from lpr_core.labels.tables.database import Database
from lpr_core.labels.tables.events import note_event
from lpr_core.labels.tables.rows import DEFAULT_PROJECT_ID, Mark, PlateRecord
from lpr_core.labels.tables.schema import assignments
from lpr_core.labels.tables.standing import Stage, change_standing, lock_standing
from lpr_core.labels.tables.verdicts import clean_author, clean_verdict

MAX_COUNT = 20
MAX_REASON_LENGTH = 200


class Queue:
    """Plates that wait for people; see `LabelStore` for what it promises.

    A plate is never in two persons' hands, and never comes back to its first reader for a second
    reading. Gold plates, whose text is known, are mixed in; several people may hold one.
    """

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._now = clock

    def hand_out(
        self,
        annotator: str,
        *,
        project_id: int = DEFAULT_PROJECT_ID,
        order: Order | str = Order.WORST,
        region: str | None = None,
        count: int = 1,
    ) -> tuple[Assignment, ...]:
        """Hand plates to a person for `LEASE`; those still in her hands come first, renewed.

        Args:
            annotator: Who.
            project_id: Of which project.
            order: Which first.
            region: Code such as `br`, or a family such as `us`; None for all.
            count: 1 to `MAX_COUNT`; fewer come when no more wait.

        Raises:
            ValueError: Nobody's name, an unknown project, order or region, or a count out of range.
        """
        if not 1 <= count <= MAX_COUNT:
            raise ValueError(f"`count` must be 1 to {MAX_COUNT}. Received: {count}")
        now = self._now()
        request = Request(_check_name(annotator), project_id, Order(order), region or None, now)
        with self._database.write() as connection:
            project = check_project(connection, project_id)
            held = _renew_own(connection, request)[:count]
            while len(held) < count:
                handed = _hand_out_next(connection, request, project.gold_share)
                if handed is None:
                    break
                held.append(handed)
            return tuple(held)

    def submit(
        self, assignment_id: int, annotator: str, mark: Mark | None, text: str, seconds: float
    ) -> PlateRecord:
        """Take a person's answer; sending the same answer again changes nothing.

        A lease that has expired does not matter as long as nobody else has, or had, the plate.

        Args:
            assignment_id: From `hand_out`.
            annotator: Who was handed the plate.
            mark: As for `LabelStore.add_revision`.
            text: As for `LabelStore.add_revision`.
            seconds: How long the person looked at it.

        Returns:
            The plate as this person may see it.

        Raises:
            LeaseError: It was not handed to this person, is somebody else's by now, or was
                answered or undone before.
            ValueError: The text is not a plate text, or the time is no time.
        """
        if not math.isfinite(seconds) or seconds < 0:
            raise ValueError(f"`seconds` must be 0 or more. Received: {seconds}")
        verdict = clean_verdict(mark, text)
        if verdict[0] is Mark.UNCHECKED:
            raise ValueError("An answer must say something; to say nothing, skip the plate.")
        now, name = self._now(), clean_author(annotator)
        with self._database.write() as connection:
            assignment, standing = lock_assignment(connection, assignment_id, name)
            if assignment["outcome"] == Outcome.SUBMITTED:
                return repeat_answer(connection, assignment, verdict)
            if assignment["outcome"] == Outcome.UNDONE:
                raise LeaseError("You have undone this answer; the plate was handed to you anew.")
            check_free(assignment, standing, now)
            end_lease(connection, assignment, standing, Outcome.SUBMITTED, now, seconds)
            return take_answer(connection, assignment, standing, verdict, now)

    def skip(self, assignment_id: int, annotator: str, reason: str = "") -> None:
        """Put a plate back, behind the others; it stays away from this person for `SKIP_REST`.

        Skipping what is no longer in her hands changes nothing.

        Raises:
            LeaseError: It was not handed to this person.
        """
        now, name = self._now(), clean_author(annotator)
        with self._database.write() as connection:
            assignment, standing = lock_assignment(connection, assignment_id, name)
            if assignment["closed_at"] is not None:
                return
            end_lease(connection, assignment, standing, Outcome.SKIPPED, now)
            if standing["stage"] == Stage.WAITING:
                change_standing(connection, standing["picture_id"], stage=Stage.SKIPPED.value)
            note_event(
                connection,
                now,
                name,
                "skip",
                picture_id=standing["picture_id"],
                project_id=standing["project_id"],
                detail={"reason": " ".join(reason.split())[:MAX_REASON_LENGTH]},
            )

    def release(self, annotator: str) -> None:
        """Give back every plate that a person holds, as when she leaves."""
        now, name = self._now(), clean_author(annotator)
        with self._database.write() as connection:
            held = select(assignments).where(
                assignments.c.annotator == name, assignments.c.closed_at.is_(None)
            )
            for row in connection.execute(held.order_by(assignments.c.picture_id)).mappings():
                standing = lock_standing(connection, row["picture_id"])
                end_lease(connection, row, standing, Outcome.RELEASED, now)

    def renew(self, assignment_id: int, annotator: str) -> Assignment:
        """Let a lease run its full time again, also one that ran out while nobody else came.

        Raises:
            LeaseError: It was not handed to this person, is in other hands, or is closed.
        """
        now = self._now()
        with self._database.write() as connection:
            assignment, standing = lock_assignment(
                connection, assignment_id, clean_author(annotator)
            )
            check_free(assignment, standing, now)
            if assignment["closed_at"] is not None:
                raise LeaseError("This plate is no longer in your hands.")
            return renew_lease(connection, assignment, now)

    def undo(self, annotator: str) -> Assignment:
        """Take a person's last answer back and hand her the plate again; repeated, the one before.

        Nothing is deleted: what takes the answer back is a row of its own.

        Raises:
            LeaseError: There is no answer of hers, or others have built on it.
        """
        now, name = self._now(), clean_author(annotator)
        with self._database.write() as connection:
            answered = (
                select(assignments)
                .where(assignments.c.annotator == name, assignments.c.closed_at.is_not(None))
                .where(assignments.c.outcome == Outcome.SUBMITTED.value)
                .order_by(assignments.c.closed_at.desc(), assignments.c.assignment_id.desc())
            )
            last = connection.execute(answered.limit(1)).mappings().one_or_none()
            if last is None:
                raise LeaseError("There is nothing to undo.")
            assignment, standing = lock_assignment(connection, last["assignment_id"], name)
            return undo_answer(connection, assignment, standing, now)

    def progress(self, project_id: int, annotator: str) -> Progress:
        """Return what is left for a person and how she gets on."""
        with self._database.read() as connection:
            return measure_progress(connection, project_id, clean_author(annotator), self._now())


def _check_name(annotator: str) -> str:
    name = clean_author(annotator)
    if not name:
        raise ValueError("`annotator` must be a name. Received: nothing")
    return name


def _renew_own(connection: Connection, request: Request) -> list[Assignment]:
    """Renew what a person holds, and close what she let expire."""
    name, now = request.annotator, request.now
    held = []
    for row in find_own_leases(connection, name, request.project_id, now):
        lock_standing(connection, row["picture_id"])
        held.append(renew_lease(connection, row, now))
    expired = assignments.c.annotator == name, assignments.c.expires_at <= now
    close_assignments(connection, expired, Outcome.EXPIRED, now)
    return held


def _hand_out_next(
    connection: Connection, request: Request, gold_share: float
) -> Assignment | None:
    """Hand out a gold plate by chance, else a second reading, a fresh plate, or a skipped one."""
    found: list[tuple[Kind, RowMapping]] = []
    if random.random() < gold_share:
        found = [(Kind.GOLD, row) for row in find_gold(connection, request)]
    for stage, kind in _STAGES:
        if not found:
            found = [(kind, row) for row in find_waiting(connection, request, stage, 1)]
    if not found:
        return None
    kind, standing = found[0]
    return take_lease(connection, standing, request.annotator, kind, request.now)


_STAGES = (
    (Stage.SECOND, Kind.SECOND),
    (Stage.WAITING, Kind.FIRST),
    (Stage.SKIPPED, Kind.FIRST),
)
