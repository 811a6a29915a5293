import json

import pytest

from app.labeler.desk import LabelDesk
from app.labeler.pages.queue import functions as queue
from app.labeler.pages.queue.functions import make_queue_functions, order_choices, region_templates
from lpr_core.labels import LabelStore, Mark, Order, StoreError
from lpr_core.plates.patterns import regions
from tests.kit.fake_reader import FakeReader
from tests.kit.label_samples import picture_bytes, reading_dict
from tests.kit.page_kit import caller, person

WANTED = {"project_id": 1, "order": "worst", "region": "", "count": 3}


@pytest.fixture
def store(tmp_path):
    opened = LabelStore(data_dir=tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def page(store):
    """A function that gives a person's caller: `page("ann")("next_plates", **WANTED)`."""
    functions = make_queue_functions(LabelDesk(FakeReader(), store), store, list)

    def open_for(name: str = ""):
        return caller(functions, person(name)) if name else caller(functions)

    return open_for


def add_plates(store, number, project_id=1):
    """Plates `CAR0001` and on; the first is the least sure."""
    ids = []
    for seed in range(number):
        picture_id = store.add_picture(picture_bytes(seed), f"{seed}.png", project_id)
        reading = reading_dict(f"CAR{seed:04}", confidence=0.1 + seed / 100)
        store.add_reading(picture_id, reading)
        ids.append(picture_id)
    return ids


def ids_of(answer):
    return [task["id"] for task in answer["tasks"]]


def test_plates_come_worst_first_each_to_one_person(store, page):
    ids = add_plates(store, 5)
    ann, bob = page("ann"), page("bob")
    mine = ann("next_plates", **WANTED)
    assert ids_of(mine) == ids[:3]
    assert mine["progress"] == {"left": 5, "done_today": 0, "median_seconds": None}
    assert ids_of(bob("next_plates", **WANTED)) == ids[3:]
    assert ids_of(ann("next_plates", **WANTED)) == ids[:3]  # her own first, after a reload too
    json.dumps(mine)


def test_a_task_says_nothing_that_people_said(store, page):
    (picture_id,) = add_plates(store, 1)
    project = store.projects.update(1, second_share=1.0)
    (task,) = page("ann")("next_plates", **WANTED)["tasks"]
    answer = {"assignment_id": task["assignment_id"], "text": "ZZZ9Z99", "seconds": 2.5}
    assert "error" not in page("ann")("answer", mark="correct", **answer, **WANTED)
    (second,) = page("bob")("next_plates", **WANTED)["tasks"]
    assert project.second_share == 1.0
    assert second["id"] == picture_id
    shown = {"id", "name", "width", "height", "read", "assignment_id", "seconds_left"}
    assert set(task) == set(second) == shown
    assert second["read"]["text"] == "CAR0000"
    assert "ZZZ9Z99" not in json.dumps(second)
    assert 590 < second["seconds_left"] <= 600


def test_an_answer_is_kept_and_brings_the_next_plates(store, page):
    ids = add_plates(store, 4)
    ann = page("ann")
    first = ann("next_plates", **WANTED)["tasks"][0]["assignment_id"]
    answer = {"assignment_id": first, "mark": "correct", "text": "car 0000", "seconds": 2.5}
    reply = ann("answer", **answer, **WANTED)
    assert ids_of(reply) == ids[1:]
    assert reply["progress"] == {"left": 3, "done_today": 1, "median_seconds": 2.5}
    record = store.history(ids[0])
    assert (record.text, record.mark, record.revision.author) == ("CAR0000", "correct", "ann")
    # The answer to it was lost on the way: it is sent again.
    assert ids_of(ann("answer", **answer, **WANTED)) == ids[1:]
    assert len(store.history(ids[0]).revisions) == 1


@pytest.mark.parametrize("mark", ["unreadable", "not_a_plate"])
def test_an_answer_without_a_text(store, page, mark):
    (picture_id,) = add_plates(store, 1)
    (task,) = page()("next_plates", **WANTED)["tasks"]
    answer = {"assignment_id": task["assignment_id"], "mark": mark, "text": "", "seconds": 1}
    page()("answer", **answer, **WANTED)
    assert store.history(picture_id).mark == mark
    assert store.history(picture_id).revision.author == "me"


def test_a_person_without_an_account_goes_by_the_name_she_types(store, page):
    (picture_id,) = add_plates(store, 1)
    ask = page()
    (task,) = ask("next_plates", author=" Maria ", **WANTED)["tasks"]
    answer = {"assignment_id": task["assignment_id"], "mark": "correct", "text": "A1"}
    ask("answer", author="Maria", seconds=1, **answer, **WANTED)
    assert store.history(picture_id).revision.author == "Maria"
    # Nobody with an account can type another name.
    ask = page("ann")
    assert ask("open_queue", author="Maria") == {
        "alone": False,
        "name": "ann",
        "projects": [("default", 1)],
    }
    assert page()("open_queue")["alone"] is True


def test_a_plate_of_somebody_else_is_lost_and_said_so(store, page):
    add_plates(store, 1)
    (task,) = page("ann")("next_plates", **WANTED)["tasks"]
    answer = {"assignment_id": task["assignment_id"], "mark": "correct", "text": "A1"}
    reply = page("bob")("answer", seconds=1, **answer, **WANTED)
    assert reply["lost"] is True
    assert reply["error"].endswith(".")
    asked = {"assignment_ids": [task["assignment_id"]]}
    assert page("bob")("renew", **asked) == {"kept": {}, "lost": asked["assignment_ids"]}
    kept = page("ann")("renew", **asked)["kept"]
    assert 590 < kept[task["assignment_id"]] <= 600


def test_a_store_that_fails_asks_to_try_again(store, page, monkeypatch):
    add_plates(store, 1)

    def fail(*_, **__):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(store.queue, "hand_out", fail)
    assert page()("next_plates", **WANTED) == {"error": "The disk is full.", "again": True}


def test_a_text_that_is_none_is_refused_and_the_plate_stays(store, page):
    add_plates(store, 1)
    (task,) = page("ann")("next_plates", **WANTED)["tasks"]
    answer = {"assignment_id": task["assignment_id"], "mark": "correct", "text": "?"}
    reply = page("ann")("answer", seconds=1, **answer, **WANTED)
    assert set(reply) == {"error"}
    assert ids_of(page("ann")("next_plates", **WANTED)) == [task["id"]]


def test_skip_brings_the_plate_to_others(store, page):
    ids = add_plates(store, 2)
    ann = page("ann")
    first = ann("next_plates", **WANTED)["tasks"][0]["assignment_id"]
    assert ids_of(ann("skip", assignment_id=first, **WANTED)) == ids[1:]
    assert ids_of(page("bob")("next_plates", **WANTED)) == ids[:1]


def test_undo_reopens_the_last_answer(store, page):
    ids = add_plates(store, 2)
    ann = page("ann")
    first = ann("next_plates", **WANTED)["tasks"][0]["assignment_id"]
    answer = {"assignment_id": first, "mark": "correct", "text": "A1", "seconds": 1}
    ann("answer", **answer, **WANTED)
    reply = ann("undo", **WANTED)
    assert reply["reopened"]["id"] == ids[0]
    assert reply["progress"]["done_today"] == 0
    assert store.history(ids[0]).mark == "unchecked"
    assert len(store.history(ids[0]).revisions) == 2  # nothing was deleted
    assert ann("undo", **WANTED)["lost"] is True


def test_release_gives_the_plates_back(store, page):
    ids = add_plates(store, 2)
    page("ann")("next_plates", **WANTED)
    assert page("ann")("release") == {"released": True}
    assert ids_of(page("bob")("next_plates", **WANTED)) == ids


def test_what_nobody_has_read_is_read_when_it_comes(store, page):
    project = store.projects.create("tolls", region="br")
    picture_id = store.add_picture(picture_bytes(), "new.png", project.project_id)
    (task,) = page()("next_plates", **WANTED | {"project_id": project.project_id})["tasks"]
    assert task["read"]["pattern"] == "Brazil, Mercosul"
    assert store.history(picture_id).reading.region == "br"


def test_a_region_applies_its_pattern(store, page):
    (picture_id,) = add_plates(store, 1)
    read = page()("read_as", picture_id=picture_id, region="br")["read"]
    assert (read["pattern"], read["region"]) == ("Brazil, Mercosul", "br")
    assert len(store.history(picture_id).readings) == 2
    store.add_revision(picture_id, Mark.CORRECT, "A1", "ann")
    assert page()("read_as", picture_id=picture_id, region="")["read"]["pattern"] is None
    assert len(store.history(picture_id).readings) == 2  # what a person saw stays
    assert "stored picture" in page()("read_as", picture_id="nowhere", region="")["error"]


def test_choices():
    assert [order for _, order in order_choices()] == [order.value for order in Order]
    assert order_choices()[0] == ("Least sure first", "worst")
    templates = region_templates()
    assert list(templates) == list(regions())
    assert templates["br"] == ["LLLNNNN", "LLLNLNN"]
    assert len(set(templates["eu"])) == len(templates["eu"])


def test_nobody_gets_more_than_a_handful(store, page):
    add_plates(store, 8)
    assert len(page()("next_plates", **WANTED | {"count": 500})["tasks"]) == queue.MAX_COUNT


@pytest.mark.parametrize("fault", [StoreError("The disk is full."), ValueError("No such order.")])
def test_an_answer_is_kept_and_said_so_when_no_next_plate_comes(store, page, monkeypatch, fault):
    (first, _) = add_plates(store, 2)
    ann = page("ann")
    (task, _) = ann("next_plates", **WANTED)["tasks"]

    def fail(*_, **__):
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(store.queue, "hand_out", fail)
        said = {"assignment_id": task["assignment_id"], "text": "CAR1", "seconds": 1}
        reply = ann("answer", mark="correct", **said, **WANTED)
    assert reply == {
        "tasks": [],
        "note": f"Your answer is kept, but no further plate came: {fault}",
    }
    assert store.history(first).text == "CAR1"
