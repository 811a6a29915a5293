from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event

from lpr_core.labels import LabelStore, LeaseError, Mark, Order
from lpr_core.labels.queue import Queue
from tests.kit.fake_clock import START, FakeClock
from tests.kit.label_samples import picture_bytes, reading_dict

pytest_plugins = ["tests.kit.label_databases"]


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
    """One plate for each confidence, unread for None; returns their ids in that order."""
    first = store.search(page_size=1).total
    ids = []
    for number, confidence in enumerate(confidences, start=first):
        picture_id = store.add_picture(picture_bytes(number), f"{number}.png", project_id)
        if confidence is not None:
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


# --- orders and regions


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("worst", [1, 2, 0, 3]),
        ("disagreement", [3, 1, 2, 0]),
        ("oldest", [0, 1, 2, 3]),
        ("newest", [3, 2, 1, 0]),
    ],
)
def test_orders(store, order, expected):
    ids = add_plates(store, 0.9, 0.2, 0.5, None)
    other = reading_dict("AAA0009", confidence=0.95, reader_version="other-11111111")
    store.add_reading(ids[3], reading_dict("AAA0003", confidence=0.9))
    store.add_reading(ids[3], other)
    handed = store.queue.hand_out("ana", order=order, count=4)
    assert [ids.index(item.picture_id) for item in handed] == expected


def test_random_is_the_order_of_hashes(store):
    ids = add_plates(store, 0.1, 0.2, 0.3, 0.4)
    handed = store.queue.hand_out("ana", order="random", count=4)
    assert [item.picture_id for item in handed] == sorted(ids)


@pytest.mark.parametrize("order", list(Order))
def test_no_order_sorts_the_plates_that_wait(sqlite_store, order):
    """Each follows an index, so that the queue is as quick with 100,000 plates as with ten."""
    asked = []
    engine = sqlite_store._database.engine
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    sqlite_store.queue.hand_out("ana", order=order, region="br")
    searches = [call for call in asked if "FROM standings" in call[0] and "LIMIT" in call[0]]
    assert len(searches) == 3  # second readings, fresh plates, skipped ones
    for statement, parameters in searches:
        with sqlite_store._database.read() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plan = [
                row.detail for row in rows if "standings" in row.detail or "B-TREE" in row.detail
            ]
        assert len(plan) == 1
        assert "USING INDEX" in plan[0] or "USING COVERING INDEX" in plan[0]


def test_unread_plates_come_last_among_the_worst(store):
    ids = add_plates(store, None, 0.99)
    handed = store.queue.hand_out("ana", count=2)
    assert [item.picture_id for item in handed] == [ids[1], ids[0]]


def test_a_region_or_a_family_of_regions(store):
    br = add_plates(store, 0.1)
    us = add_plates(store, 0.2, 0.3, region="us-ca")
    assert [item.picture_id for item in store.queue.hand_out("ana", region="us", count=5)] == us
    assert take(store, "bob", region="br").picture_id == br[0]
    assert store.queue.hand_out("cid", region="de") == ()
    with pytest.raises(ValueError, match="Received: 'xx'"):
        store.queue.hand_out("cid", region="xx")


def test_projects_do_not_mix(store):
    north = store.projects.create("north")
    (picture_id,) = add_plates(store, 0.1, project_id=north.project_id)
    assert store.queue.hand_out("ana") == ()
    assert take(store, "ana", project_id=north.project_id).picture_id == picture_id
    assert store.queue.progress(1, "ana").left == 0
    assert store.queue.progress(north.project_id, "ana").left == 1


# --- leases, further


def test_several_plates_may_be_held_and_come_back_first(store, clock):
    add_plates(store, 0.1, 0.2, 0.3)
    held = store.queue.hand_out("ana", count=2)
    clock.pass_minutes(9)
    again = store.queue.hand_out("ana", count=3)
    assert [item.assignment_id for item in again[:2]] == [item.assignment_id for item in held]
    assert {item.expires_at for item in again} == {clock.now + timedelta(minutes=10)}


def test_a_lease_can_be_renewed_until_somebody_else_comes(store, clock):
    add_plates(store, 0.1)
    held = take(store, "ana")
    clock.pass_minutes(15)
    renewed = store.queue.renew(held.assignment_id, "ana")
    assert renewed.expires_at == clock.now + timedelta(minutes=10)
    assert store.queue.hand_out("bob") == ()
    clock.pass_minutes(15)
    take(store, "bob")
    with pytest.raises(LeaseError, match="somebody else holds it"):
        store.queue.renew(held.assignment_id, "ana")


def test_released_plates_go_to_others_at_once(store):
    ids = add_plates(store, 0.1, 0.2)
    held = store.queue.hand_out("ana", count=2)
    store.queue.release("ana")
    store.queue.release("ana")
    assert [item.picture_id for item in store.queue.hand_out("bob", count=2)] == ids
    with pytest.raises(LeaseError, match=r"no longer in your hands|somebody else holds it"):
        store.queue.renew(held[0].assignment_id, "ana")


@pytest.mark.parametrize("method", ["submit", "skip", "renew"])
def test_a_plate_is_for_whom_it_was_handed_to(store, method):
    add_plates(store, 0.1)
    held = take(store, "ana")
    arguments = {"submit": (None, "A1", 1.0)}.get(method, ())
    for assignment_id, name in ((held.assignment_id, "bob"), (999, "ana")):
        with pytest.raises(LeaseError, match="was not handed to"):
            getattr(store.queue, method)(assignment_id, name, *arguments)


def test_skipping_what_is_answered_changes_nothing(store):
    add_plates(store, 0.1)
    held = take(store, "ana")
    accept(store, held, "ana")
    store.queue.skip(held.assignment_id, "ana")
    assert store.counts()["correct"] == 1


def test_a_correction_outside_the_queue_is_respected(store):
    (picture_id,) = add_plates(store, 0.1)
    held = take(store, "ana")
    store.add_revision(picture_id, text="BBB1234", author="bob")
    with pytest.raises(LeaseError, match="labelled this plate otherwise meanwhile"):
        accept(store, held, "ana", "CCC1234")
    assert accept(store, held, "ana", "BBB1234").revision.author == "bob"
    assert store.queue.hand_out("cid") == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"annotator": " "}, "`annotator` must be a name"),
        ({"count": 0}, "`count` must be 1 to 20. Received: 0"),
        ({"count": 21}, "`count` must be 1 to 20. Received: 21"),
        ({"order": "best"}, "`order` must be one of worst, .* Received: 'best'"),
        ({"project_id": 7}, "`project` must be one of default. Received: 7"),
    ],
)
def test_the_queue_refuses_what_it_does_not_know(store, arguments, message):
    with pytest.raises(ValueError, match=message):
        store.queue.hand_out(**{"annotator": "ana"} | arguments)


@pytest.mark.parametrize(
    ("mark", "text", "seconds", "message"),
    [
        (None, "", 1.0, "1 to 16 letters"),
        (None, "A1", -1.0, "`seconds` must be 0 or more"),
        (None, "A1", float("nan"), "`seconds` must be 0 or more"),
        (Mark.UNCHECKED, "", 1.0, "to say nothing, skip"),
    ],
)
def test_an_answer_without_sense_is_refused_and_the_plate_kept(store, mark, text, seconds, message):
    add_plates(store, 0.1)
    held = take(store, "ana")
    with pytest.raises(ValueError, match=message):
        store.queue.submit(held.assignment_id, "ana", mark, text, seconds)
    assert take(store, "ana").assignment_id == held.assignment_id


# --- undo, further


def test_undo_walks_back_answer_by_answer(store, clock):
    ids = add_plates(store, 0.1, 0.2)
    for _ in ids:
        accept(store, take(store, "ana"), "ana")
        clock.pass_minutes(1)
    assert [store.queue.undo("ana").picture_id for _ in ids] == [ids[1], ids[0]]
    with pytest.raises(LeaseError, match="nothing to undo"):
        store.queue.undo("ana")


def test_an_undone_answer_that_comes_again_is_refused(store):
    add_plates(store, 0.1)
    held = take(store, "ana")
    accept(store, held, "ana")
    store.queue.undo("ana")
    with pytest.raises(LeaseError, match="have undone this answer"):
        accept(store, held, "ana")


def test_nobody_undoes_what_others_have_built_on(store):
    (picture_id,) = add_plates(store, 0.1)
    accept(store, take(store, "ana"), "ana")
    store.add_revision(picture_id, text="BBB1234", author="bob")
    with pytest.raises(LeaseError, match="correct it in the history"):
        store.queue.undo("ana")
    assert store.history(picture_id).text == "BBB1234"


# --- many at once


def label_until_empty(url, folder, name):
    """Take and answer plates until none is left; returns the ids of the plates taken."""
    store = LabelStore(url, folder)
    taken = []
    while handed := store.queue.hand_out(name):
        taken.append(handed[0].picture_id)
        store.queue.progress(1, name)
        store.search(name, page_size=5)
        accept(store, handed[0], name, f"P{len(taken)}")
    store.close()
    return taken


def test_twenty_people_never_get_the_same_plate(store, label_url, tmp_path):
    ids = add_plates(store, *([0.5] * 60))
    names = [f"person {number}" for number in range(20)]
    with ThreadPoolExecutor(20) as pool:
        work = [pool.submit(label_until_empty, label_url, tmp_path, name) for name in names]
        taken = Counter(picture_id for person in work for picture_id in person.result())
    assert taken == Counter(ids)
    assert [len(record.revisions) for record in store.records()] == [1] * 60
    assert store.verify().faults == ()


def test_one_answer_sent_from_many_windows_is_one_revision(store):
    (picture_id,) = add_plates(store, 0.5)
    held = take(store, "ana")
    with ThreadPoolExecutor(8) as pool:
        records = list(pool.map(lambda _: accept(store, held, "ana", "BBB1234"), range(8)))
    assert len(store.history(picture_id).revisions) == 1
    assert {record.text for record in records} == {"BBB1234"}
