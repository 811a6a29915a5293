"""Keep, repeat and undo the answers that the queue takes, in a transaction of the caller."""

from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from lpr_core.labels.queue.leases import (
    Assignment,
    Kind,
    LeaseError,
    Outcome,
    is_leased_to_another,
    take_lease,
)
from lpr_core.labels.tables.blindness import hide_verdicts
from lpr_core.labels.tables.events import note_event
from lpr_core.labels.tables.queries import load_record
from lpr_core.labels.tables.rows import Mark, PlateRecord, Revision
from lpr_core.labels.tables.schema import assignments, second_readings
from lpr_core.labels.tables.standing import (
    Stage,
    change_standing,
    compare_verdicts,
    lock_standing,
    says_the_same,
)
from lpr_core.labels.tables.verdicts import judge, write_revision

CleanVerdict = tuple[Mark | None, str]
"""From `verdicts.clean_verdict`."""


def take_answer(
    connection: Connection,
    assignment: RowMapping,
    standing: RowMapping,
    verdict: CleanVerdict,
    now: datetime,
) -> PlateRecord:
    """Store an answer and return the plate as the person may see it.

    Args:
        connection: In a writing transaction.
        assignment: The person's, locked.
        standing: The picture's row, locked.
        verdict: What she says.
        now: UTC.

    Raises:
        LeaseError: Somebody else has answered meanwhile.
    """
    kind = Kind(assignment["kind"])
    if kind is Kind.FIRST:
        return _take_first(connection, assignment, standing, verdict, now)
    if kind is Kind.SECOND and standing["stage"] != Stage.SECOND:
        raise LeaseError("Somebody else has read this plate meanwhile.")
    record = load_record(connection, assignment["picture_id"])
    mark, text = judge(record, *verdict), verdict[1]
    _add_second_reading(connection, assignment, standing, (mark, text), now)
    if kind is Kind.SECOND:
        stage = compare_verdicts(mark, text, record)
        change_standing(connection, assignment["picture_id"], stage=stage.value)
    return _show_own(connection, assignment)


def repeat_answer(
    connection: Connection, assignment: RowMapping, verdict: CleanVerdict
) -> PlateRecord:
    """Return the plate when an answer came twice.

    Raises:
        LeaseError: It is another answer than the first time.
    """
    record = load_record(connection, assignment["picture_id"])
    if assignment["kind"] == Kind.FIRST:
        own = [row for row in record.revisions if row.author == assignment["annotator"]]
        said = (own or record.revisions)[-1]
        shown = record
    else:
        shown = _show_own(connection, assignment)
        said = shown.revisions[-1]
    if (said.mark, said.after) != (judge(record, *verdict), verdict[1]):
        raise LeaseError("You have answered this plate already; undo that to change it.")
    return shown


def undo_answer(
    connection: Connection, assignment: RowMapping, standing: RowMapping, now: datetime
) -> Assignment:
    """Take an answer back and hand the plate to the same person anew.

    Raises:
        LeaseError: Others have built on the answer.
    """
    kind, picture_id = Kind(assignment["kind"]), assignment["picture_id"]
    _check_undoable(assignment, standing, now)
    if kind is Kind.FIRST:
        withdrawn = (Mark.UNCHECKED, "")
        write_revision(connection, standing, withdrawn, assignment["annotator"], now)
    else:
        _add_second_reading(connection, assignment, standing, (Mark.UNCHECKED, ""), now)
    if kind is Kind.SECOND:
        change_standing(connection, picture_id, stage=Stage.SECOND.value)
    undone = assignments.c.assignment_id == assignment["assignment_id"]
    connection.execute(update(assignments).where(undone).values(outcome=Outcome.UNDONE.value))
    note_event(
        connection,
        now,
        assignment["annotator"],
        "undo",
        picture_id=picture_id,
        project_id=assignment["project_id"],
    )
    restored = lock_standing(connection, picture_id)
    return take_lease(connection, restored, assignment["annotator"], kind, now)


def _take_first(
    connection: Connection,
    assignment: RowMapping,
    standing: RowMapping,
    verdict: CleanVerdict,
    now: datetime,
) -> PlateRecord:
    annotator = assignment["annotator"]
    changed = standing["latest_revision_id"] != assignment["seen_revision_id"]
    if changed and standing["author"] not in ("", annotator):
        record = load_record(connection, assignment["picture_id"])
        if not says_the_same(judge(record, *verdict), verdict[1], record.mark, record.text):
            raise LeaseError("Somebody else has labelled this plate otherwise meanwhile.")
        return record
    return write_revision(connection, standing, verdict, annotator, now)


_UNDOABLE = {
    Kind.FIRST: (Stage.DONE, Stage.SECOND),
    Kind.SECOND: (Stage.CONFIRMED, Stage.DISPUTED),
    Kind.GOLD: (Stage.GOLD,),
}


def _check_undoable(assignment: RowMapping, standing: RowMapping, now: datetime) -> None:
    kind, annotator = Kind(assignment["kind"]), assignment["annotator"]
    built_on = standing["stage"] not in _UNDOABLE[kind] or (
        kind is Kind.FIRST and standing["author"] != annotator
    )
    if built_on or is_leased_to_another(standing, annotator, now):
        raise LeaseError(
            "Somebody else has worked on this plate since; correct it in the history instead."
        )


def _add_second_reading(
    connection: Connection,
    assignment: RowMapping,
    standing: RowMapping,
    said: tuple[Mark, str],
    now: datetime,
) -> None:
    """Store what a person said beside what was expected at this moment."""
    record = load_record(connection, assignment["picture_id"])
    is_gold = assignment["kind"] == Kind.GOLD
    row = {
        "picture_id": assignment["picture_id"],
        "project_id": assignment["project_id"],
        "kind": assignment["kind"],
        "mark": said[0].value,
        "text": said[1],
        "author": assignment["annotator"],
        "expected_mark": Mark.CORRECT.value if is_gold else record.mark,
        "expected_text": standing["gold_text"] if is_gold else record.text,
        "expected_author": standing["author"],
        "reader_version": record.reading.reader_version if record.reading else "",
        "saved_at": now,
    }
    connection.execute(insert(second_readings).values(row))


def _show_own(connection: Connection, assignment: RowMapping) -> PlateRecord:
    """Return the plate as if this person's answer were the only one."""
    record = load_record(connection, assignment["picture_id"])
    found = (
        select(second_readings)
        .where(second_readings.c.picture_id == assignment["picture_id"])
        .where(second_readings.c.author == assignment["annotator"])
        .order_by(second_readings.c.second_reading_id.desc())
    )
    said = connection.execute(found.limit(1)).mappings().one()
    own = Revision(
        revision_id=said["second_reading_id"],
        mark=Mark(said["mark"]),
        before=record.read_text,
        after=said["text"],
        author=said["author"],
        reader_version=said["reader_version"],
        saved_at=said["saved_at"],
    )
    return hide_verdicts(record, own)
