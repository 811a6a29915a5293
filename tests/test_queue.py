from datetime import UTC, datetime, timedelta

import pytest

from lpr_core.labels import LabelStore, LeaseError, Mark, Order
from lpr_core.labels.queue import Queue
from tests.label_samples import picture_bytes, reading_dict

pytest_plugins = ["tests.label_databases"]

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class FakeClock:
    """A clock that moves when told."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def pass_minutes(self, minutes):
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def store(label_url, tmp_path, clock):
    opened = LabelStore(label_url, tmp_path)
    opened.queue = Queue(opened._database, clock)
    yield opened
    opened.close()


def add_plates(store, *confidences, project_id=1, region="br"):
    """One plate for each confidence; returns their ids in that order."""
    first = store.search(page_size=1).total
    ids = []
    for number, confidence in enumerate(confidences, start=first):
        picture_id = store.add_picture(picture_bytes(number), f"{number}.png", project_id)
        reading = reading_dict(f"AAA{number:04}", confidence=confidence, region=region)
        store.add_reading(picture_id, reading)
        ids.append(picture_id)
    return ids


def take(store, annotator, **options):
    """The next assignment, which there must be."""
    (assignment,) = store.queue.hand_out(annotator, **options)
    return assignment


def accept(store, assignment, annotator, text=None, seconds=3.0):
    text = text or assignment.record.text
    return store.queue.submit(assignment.assignment_id, annotator, None, text, seconds)


def test_worst_comes_first_and_nobody_gets_anothers_plate(store):
    ids = add_plates(store, 0.9, 0.2, 0.5)
    first, second = take(store, "ana"), take(store, "bob")
    assert (first.picture_id, second.picture_id) == (ids[1], ids[2])
    assert (first.kind, first.project_id, first.expires_at) == (
        "first",
        1,
        START + timedelta(minutes=10),
    )
    assert take(store, "ana").assignment_id == first.assignment_id
    assert take(store, "cid").picture_id == ids[0]
    assert store.queue.hand_out("dan") == ()


def test_an_answer_is_a_revision_and_the_next_plate_follows(store):
    ids = add_plates(store, 0.1, 0.2)
    record = accept(store, take(store, "ana"), "ana", "bbb-1234")
    assert (record.text, record.mark, record.revision.author) == ("BBB1234", "corrected", "ana")
    assert store.history(ids[0]) == record
    assert take(store, "ana").picture_id == ids[1]


def test_the_same_answer_twice_is_one_revision(store):
    add_plates(store, 0.1)
    assignment = take(store, "ana")
    first = accept(store, assignment, "ana", "BBB1234")
    assert accept(store, assignment, "ana", "bbb 1234") == first
    with pytest.raises(LeaseError, match="answered this plate already"):
        accept(store, assignment, "ana", "CCC1234")


def test_an_expired_lease_goes_to_somebody_else(store, clock):
    add_plates(store, 0.1)
    late = take(store, "ana")
    clock.pass_minutes(11)
    early = take(store, "bob")
    assert early.picture_id == late.picture_id
    with pytest.raises(LeaseError, match="somebody else holds it now"):
        accept(store, late, "ana")
    accept(store, early, "bob", "BBB1234")
    with pytest.raises(LeaseError, match="labelled this plate otherwise"):
        accept(store, late, "ana", "CCC1234")


def test_an_expired_lease_that_nobody_took_still_counts(store, clock):
    add_plates(store, 0.1)
    late = take(store, "ana")
    clock.pass_minutes(60)
    assert accept(store, late, "ana").mark == "correct"


def test_a_skipped_plate_comes_last_and_not_to_the_same_person(store, clock):
    ids = add_plates(store, 0.1, 0.2)
    store.queue.skip(take(store, "ana").assignment_id, "ana", "too dark")
    assert take(store, "ana").picture_id == ids[1]
    assert take(store, "bob").picture_id == ids[0]
    store.queue.release("bob")
    accept(store, take(store, "ana"), "ana")
    assert store.queue.hand_out("ana") == ()
    clock.pass_minutes(11)
    assert take(store, "ana").picture_id == ids[0]


def test_undo_hands_the_plate_back_and_keeps_the_past(store):
    ids = add_plates(store, 0.1, 0.2)
    accept(store, take(store, "ana"), "ana", "BBB1234")
    again = store.queue.undo("ana")
    assert again.picture_id == ids[0]
    record = store.history(ids[0])
    assert [revision.mark for revision in record.revisions] == ["corrected", "unchecked"]
    assert (record.text, record.mark, record.revision) == ("AAA0000", "unchecked", None)
    assert accept(store, again, "ana", "CCC1234").text == "CCC1234"


def test_progress(store):
    add_plates(store, 0.1, 0.2, 0.3)
    assert store.queue.progress(1, "ana").median_seconds is None
    accept(store, take(store, "ana"), "ana", seconds=2.0)
    accept(store, take(store, "ana"), "ana", seconds=5.0)
    take(store, "ana")
    progress = store.queue.progress(1, "ana")
    assert (progress.left, progress.done_today, progress.median_seconds, progress.leased) == (
        1,
        2,
        3.5,
        1,
    )


@pytest.mark.parametrize("order", list(Order))
def test_every_order_hands_out_each_plate_once(store, order):
    ids = add_plates(store, 0.3, 0.1, 0.2)
    handed = store.queue.hand_out("ana", order=order, count=5)
    assert sorted(item.picture_id for item in handed) == sorted(ids)


def test_a_second_reading_is_blind_and_never_by_the_first_reader(store):
    store.projects.update(1, second_share=1.0)
    (picture_id,) = add_plates(store, 0.1)
    accept(store, take(store, "ana"), "ana", "BBB1234")
    assert store.queue.hand_out("ana") == ()
    second = take(store, "bob")
    assert (second.kind, second.record.text, second.record.revisions) == ("second", "AAA0000", ())
    record = accept(store, second, "bob", "BBB1235")
    assert (record.text, record.revision.author) == ("BBB1235", "bob")
    assert store.history(picture_id).text == "BBB1234"


def test_marks_without_a_text(store):
    add_plates(store, 0.1)
    assignment = take(store, "ana")
    record = store.queue.submit(assignment.assignment_id, "ana", Mark.UNREADABLE, "", 1.0)
    assert (record.mark, record.text) == ("unreadable", "")
