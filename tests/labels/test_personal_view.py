"""What one person may see of the store: second readings and gold plates stay blind."""

from datetime import UTC, datetime, timedelta

import pytest

from lpr_core.labels import BlindError, LabelStore, Mark
from tests.kit.label_samples import add_plate, reading_dict


@pytest.fixture
def store(tmp_path):
    opened = LabelStore(data_dir=tmp_path)
    opened.projects.update(1, second_share=1.0)
    yield opened
    opened.close()


def answer(store, name, text):
    (assignment,) = store.queue.hand_out(name)
    store.queue.submit(assignment.assignment_id, name, None, text, 1.0)


def knows(store, name, picture_id, *, sees_all=False):
    """Whether a person sees what was said, by search and by id alike."""
    view = store.seen_by(name, sees_all=sees_all)
    by_id = bool(view.history(picture_id).revisions)
    assert view.search().total == view.search("AB1").total == by_id
    return by_id


def test_second_readers_know_nothing_until_nothing_can_be_undone(store):
    picture_id = add_plate(store)
    answer(store, "ana", "AB1")
    assert knows(store, "ana", picture_id)
    assert not knows(store, "bob", picture_id)  # before it is handed to him
    store.queue.hand_out("bob")
    assert not knows(store, "bob", picture_id)  # while he holds it
    answer(store, "bob", "AB2")
    assert not knows(store, "bob", picture_id)  # disputed: he could undo, and say what stands
    store.quality.resolve(picture_id, "rev", None, "AB1")
    assert knows(store, "bob", picture_id)


def test_gold_is_hidden_until_it_is_answered_right(store):
    picture_id = add_plate(store)
    store.quality.set_gold(picture_id, "AB10", "rev")
    store.projects.update(1, gold_share=1.0)
    assert not knows(store, "bob", picture_id)
    answer(store, "bob", "AB11")
    assert not knows(store, "bob", picture_id)
    store.queue.undo("bob")
    answer(store, "bob", "AB1O")  # O and 0 are one symbol
    assert knows(store, "bob", picture_id)
    assert knows(store, "rev", picture_id)


def test_who_judges_sees_all_but_what_is_in_her_own_hands(store):
    picture_id = add_plate(store)
    answer(store, "ana", "AB1")
    assert knows(store, "rev", picture_id, sees_all=True)
    store.queue.hand_out("rev")
    assert not knows(store, "rev", picture_id, sees_all=True)
    view = store.seen_by("rev", sees_all=True)
    view._now = lambda: datetime.now(UTC) + timedelta(hours=1)
    assert view.history(picture_id).revisions  # her time has run out


def test_no_word_about_a_blind_plate_comes_past_the_queue(store):
    picture_id = add_plate(store)
    answer(store, "ana", "AB1")
    before = store.history(picture_id)
    view = store.seen_by("bob", sees_all=False)
    for mark in (None, Mark.UNCHECKED, Mark.NOT_A_PLATE):
        with pytest.raises(BlindError, match="answer it in the queue"):
            view.add_revision(picture_id, mark, "AB2", "bob")
    shown = view.add_reading(picture_id, reading_dict("XY7"))
    assert (shown.text, shown.mark, shown.revisions) == ("XY7", "unchecked", ())
    assert store.history(picture_id) == before
    revised = store.seen_by("ana", sees_all=False).add_revision(picture_id, None, "AB2", "ana")
    assert revised == store.history(picture_id) != before
