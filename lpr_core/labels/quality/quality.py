"""How good the labels are: second readings compared, gold plates scored, disputes settled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from lpr_core.labels.quality.agreement import AgreementReport, DoubleReading, report_agreement
from lpr_core.labels.queue.leases import Kind
from lpr_core.labels.tables.clock import Clock, utc_now
from lpr_core.labels.tables.database import Database
from lpr_core.labels.tables.events import note_event
from lpr_core.labels.tables.queries import load_record, load_records
from lpr_core.labels.tables.rows import DEFAULT_PROJECT_ID, Mark, PlateRecord
from lpr_core.labels.tables.schema import second_readings, standings
from lpr_core.labels.tables.standing import Stage, change_standing, lock_standing, says_the_same
from lpr_core.labels.tables.verdicts import clean_author, clean_verdict, write_revision
from lpr_core.statistics import wilson_interval

MAX_DISAGREEMENTS = 200


@dataclass(frozen=True)
class SecondReading:
    """What a second reader said.

    Attributes:
        author: Who.
        mark: The verdict.
        text: Of a readable plate.
        saved_at: UTC.
    """

    author: str
    mark: Mark
    text: str
    saved_at: datetime


@dataclass(frozen=True)
class Disagreement:
    """A plate on which two persons disagree: what stands, and what the second reader said."""

    record: PlateRecord
    second: SecondReading


@dataclass(frozen=True)
class GoldScore:
    """How a person did on plates whose text is known.

    Attributes:
        annotator: Who.
        count: Gold plates answered.
        errors: Wrong among them; the letter O and the digit 0 count as one.
        rate: Share of errors.
        low: Of its 95 % Wilson interval.
        high: Of the same.
    """

    annotator: str
    count: int
    errors: int
    rate: float
    low: float
    high: float


class Quality:
    """The quality of a store's labels; see `LabelStore` for what it promises."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._now = clock

    def set_gold(self, picture_id: str, text: str, author: str = "") -> PlateRecord:
        """Say what a plate really reads, and use it from now on to test people.

        The text is stored as a revision too. The plate leaves the queue.

        Raises:
            ValueError: The picture is unknown, or the text is not a plate text.
        """
        verdict, now, name = clean_verdict(None, text), self._now(), clean_author(author)
        with self._database.write() as connection:
            standing = lock_standing(connection, picture_id)
            record = write_revision(connection, standing, verdict, name, now)
            change_standing(connection, picture_id, stage=Stage.GOLD.value, gold_text=verdict[1])
            _note(connection, now, name, "set gold", standing, verdict[1])
            return record

    def gold_scores(self, project_id: int = DEFAULT_PROJECT_ID) -> tuple[GoldScore, ...]:
        """Return each person's error rate on gold plates, by name."""
        answers: dict[str, list[bool]] = {}
        with self._database.read() as connection:
            for row in _standing_answers(connection, project_id, Kind.GOLD):
                right = says_the_same(
                    row["mark"], row["text"], row["expected_mark"], row["expected_text"]
                )
                answers.setdefault(row["author"], []).append(right)
        return tuple(_score(name, answers[name]) for name in sorted(answers))

    def agreement(self, project_id: int = DEFAULT_PROJECT_ID) -> AgreementReport:
        """Compare each second reading with the first reading as it stood then."""
        with self._database.read() as connection:
            rows = list(_standing_answers(connection, project_id, Kind.SECOND))
        return report_agreement([_compare(row) for row in rows])

    def disagreements(self, project_id: int = DEFAULT_PROJECT_ID) -> tuple[Disagreement, ...]:
        """Return plates that wait for a reviewer, oldest first, at most `MAX_DISAGREEMENTS`."""
        disputed = (
            select(standings.c.picture_id)
            .where(standings.c.project_id == project_id)
            .where(standings.c.stage == Stage.DISPUTED.value)
            .order_by(standings.c.added_at, standings.c.picture_id)
            .limit(MAX_DISAGREEMENTS)
        )
        with self._database.read() as connection:
            ids = connection.scalars(disputed).all()
            second = _latest_second_readings(connection, ids)
            return tuple(
                Disagreement(record, second[record.picture.picture_id])
                for record in load_records(connection, ids)
            )

    def resolve(
        self, picture_id: str, reviewer: str, mark: Mark | None, text: str = ""
    ) -> PlateRecord:
        """Settle a plate with a reviewer's word, which stands from now on.

        Args:
            picture_id: A plate on the list of disagreements, or any other.
            reviewer: Who decides.
            mark: As for `LabelStore.add_revision`.
            text: As for `LabelStore.add_revision`.

        Raises:
            ValueError: The picture is unknown, or the verdict says nothing.
        """
        verdict, now, name = clean_verdict(mark, text), self._now(), clean_author(reviewer)
        if verdict[0] is Mark.UNCHECKED:
            raise ValueError("A dispute is settled by a verdict. Received: 'unchecked'")
        with self._database.write() as connection:
            standing = lock_standing(connection, picture_id)
            write_revision(connection, standing, verdict, name, now)
            if standing["stage"] != Stage.GOLD:
                change_standing(connection, picture_id, stage=Stage.SETTLED.value)
            record = load_record(connection, picture_id)
            _note(connection, now, name, "resolve", standing, record.text)
            return record


def _note(
    connection: Connection, now: datetime, actor: str, kind: str, standing: RowMapping, text: str
) -> None:
    note_event(
        connection,
        now,
        actor,
        kind,
        picture_id=standing["picture_id"],
        project_id=standing["project_id"],
        detail={"text": text},
    )


def _standing_answers(connection: Connection, project_id: int, kind: Kind) -> Iterable[RowMapping]:
    """Return each person's latest answer about each plate, unless it was taken back."""
    found = (
        select(second_readings)
        .where(second_readings.c.project_id == project_id, second_readings.c.kind == kind.value)
        .order_by(second_readings.c.second_reading_id)
    )
    latest = {
        (row["picture_id"], row["author"]): row for row in connection.execute(found).mappings()
    }
    return (row for row in latest.values() if row["mark"] != Mark.UNCHECKED)


def _latest_second_readings(connection: Connection, ids: Iterable[str]) -> dict[str, SecondReading]:
    found = (
        select(second_readings)
        .where(second_readings.c.picture_id.in_(ids))
        .where(second_readings.c.kind == Kind.SECOND.value)
        .order_by(second_readings.c.second_reading_id)
    )
    return {
        row["picture_id"]: SecondReading(
            row["author"], Mark(row["mark"]), row["text"], row["saved_at"]
        )
        for row in connection.execute(found).mappings()
    }


def _compare(row: RowMapping) -> DoubleReading:
    return DoubleReading(
        first_author=row["expected_author"],
        first_mark=row["expected_mark"],
        first_text=row["expected_text"],
        second_author=row["author"],
        second_mark=row["mark"],
        second_text=row["text"],
    )


def _score(annotator: str, right: list[bool]) -> GoldScore:
    errors = right.count(False)
    low, high = wilson_interval(errors, len(right))
    return GoldScore(annotator, len(right), errors, errors / len(right), low, high)
