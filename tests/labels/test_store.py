"""Readings and revisions: what a store takes, keeps in a chain and hands out."""

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lpr_core import labels
from lpr_core.labels.tables.rows import Mark, Revision
from tests.kit.label_samples import add_plate, picture_bytes, reading_dict

pytest_plugins = ["tests.kit.label_databases"]


def test_a_reading_comes_back_as_it_was(store):
    picture_id = add_plate(store, text="BRA2E19")
    (reading,) = store.history(picture_id).readings
    given = reading_dict(text="BRA2E19")
    kept = {name: getattr(reading, name) for name in given if name != "doubtful_text"}
    assert kept | {"slots": list(reading.slots)} == {
        name: value for name, value in given.items() if name != "doubtful_text"
    }


def test_reading_the_same_again_adds_nothing_but_a_new_reader_does(store):
    picture_id = add_plate(store)
    store.add_reading(picture_id, reading_dict())
    record = store.add_reading(picture_id, reading_dict(reader_version="better-11111111"))
    versions = [reading.reader_version for reading in record.readings]
    assert versions == ["fake-00000000", "better-11111111"]


@pytest.mark.parametrize(
    ("mark", "typed", "stored_mark", "after"),
    [
        (None, "ABC1D23", Mark.CORRECT, "ABC1D23"),
        (None, "abc-1d 23", Mark.CORRECT, "ABC1D23"),
        (None, "ABC1D28", Mark.CORRECTED, "ABC1D28"),
        # The text decides, whatever the caller believes.
        (Mark.CORRECT, "ABC1D28", Mark.CORRECTED, "ABC1D28"),
        (Mark.CORRECTED, "ABC1D23", Mark.CORRECT, "ABC1D23"),
        (Mark.UNREADABLE, "ABC1D23", Mark.UNREADABLE, ""),
        (Mark.NOT_A_PLATE, "", Mark.NOT_A_PLATE, ""),
    ],
)
def test_a_verdict(store, mark, typed, stored_mark, after):
    record = store.add_revision(add_plate(store), mark, typed, " maria ")
    (revision,) = record.revisions
    assert replace(revision, saved_at=None) == Revision(
        revision_id=1,
        mark=stored_mark,
        before="ABC1D23",
        after=after,
        author="maria",
        reader_version="fake-00000000",
        saved_at=None,
    )
    assert (record.text, record.mark) == (after, stored_mark)


def test_revisions_chain_from_text_to_text(store):
    picture_id = add_plate(store, text="AAA1111")
    for mark, text in [(None, "BBB2222"), (Mark.UNREADABLE, ""), (None, "AAA1111")]:
        record = store.add_revision(picture_id, mark, text)
    steps = [(revision.before, revision.after, revision.mark) for revision in record.revisions]
    assert steps == [
        ("AAA1111", "BBB2222", "corrected"),
        ("BBB2222", "", "unreadable"),
        ("", "AAA1111", "correct"),
    ]
    assert store.history(picture_id) == record


def test_a_verdict_can_be_taken_back_by_anybody(store):
    picture_id = add_plate(store, text="AAA1111")
    untouched = store.history(picture_id)
    assert store.add_revision(picture_id, Mark.UNCHECKED) == untouched
    store.add_revision(picture_id, text="BBB2222", author="ana")
    record = store.add_revision(picture_id, Mark.UNCHECKED, author="bob")
    steps = [(revision.before, revision.after, revision.mark) for revision in record.revisions]
    assert steps == [("AAA1111", "BBB2222", "corrected"), ("BBB2222", "", "unchecked")]
    assert (record.text, record.mark, record.revision) == ("AAA1111", "unchecked", None)
    assert store.counts()["unchecked"] == store.search(mark="unchecked").total == 1
    assert store.add_revision(picture_id, text="CCC3333").revisions[-1].before == "AAA1111"


def test_a_history_from_elsewhere_is_taken_over_with_its_times(store):
    picture_id = add_plate(store, text="AAA1111")
    old = store.add_revision(picture_id, text="BBB2222", author="ana")
    other_id = store.add_picture(picture_bytes(9), "other.png")
    record = store.add_history(other_id, old.readings, old.revisions)
    assert [replace(row, reading_id=0) for row in record.readings] == [
        replace(row, reading_id=0) for row in old.readings
    ]
    assert [replace(row, revision_id=0) for row in record.revisions] == [
        replace(row, revision_id=0) for row in old.revisions
    ]
    assert store.counts()["corrected"] == 2
    with pytest.raises(ValueError, match="has a history already"):
        store.add_history(other_id, old.readings, ())


def test_a_history_without_sense_is_refused_as_a_whole(store):
    record = store.add_revision(add_plate(store), text="AAA1111")
    other_id = store.add_picture(picture_bytes(9), "other.png")
    bad = replace(record.revisions[0], after="")
    with pytest.raises(ValueError, match="mark must fit its text"):
        store.add_history(other_id, record.readings, [bad])
    assert store.history(other_id).readings == ()


def test_a_label_from_elsewhere_keeps_its_time(store):
    moment = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    record = store.add_revision(add_plate(store), text="A1", saved_at=moment)
    assert record.revision.saved_at == moment


def test_saying_the_same_again_changes_nothing(store):
    picture_id = add_plate(store)
    first = store.add_revision(picture_id, text="ABC1D24")
    assert store.add_revision(picture_id, text="abc 1d24", author="other") == first


def test_a_picture_without_a_reading_can_be_labelled(store):
    record = store.add_revision(store.add_picture(picture_bytes(), "a.png"), text="XY12")
    assert (record.mark, record.text, record.reading) == ("corrected", "XY12", None)
    assert record.revisions[0].reader_version == ""


def test_unknown_pictures_are_named(store):
    for call in (
        lambda: store.history("nowhere"),
        lambda: store.add_revision("nowhere", text="A1"),
        lambda: store.add_reading("nowhere", reading_dict()),
    ):
        with pytest.raises(ValueError, match=r"stored picture\. Received: 'nowhere'"):
            call()


def test_rows_are_frozen(store):
    record = store.add_revision(add_plate(store), text="A1")
    for row in (record, record.picture, record.readings[0], record.revisions[0]):
        with pytest.raises(FrozenInstanceError):
            row.text = "changed"


@given(st.lists(st.sampled_from(["A1", "B2", "C3"]), max_size=6))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_before_is_always_the_after_that_came_before(store, texts):
    picture_id = store.add_picture(picture_bytes(len(store.search().records)), "a.png")
    for text in texts:
        store.add_revision(picture_id, text=text)
    record = store.history(picture_id)
    befores = [revision.before for revision in record.revisions]
    afters = [revision.after for revision in record.revisions]
    assert befores[1:] == afters[:-1]
    assert all(before != after for before, after in zip(befores, afters, strict=True))


def test_public_names():
    for name in labels.__all__:
        assert getattr(labels, name) is not None
