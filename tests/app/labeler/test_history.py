import re

import pytest

from app.labeler.pages.history.functions import make_history_functions
from app.labeler.pages.view import past_readings, show_diff
from lpr_core.labels import LabelStore, Mark, Role
from tests.kit.label_samples import picture_bytes, reading_dict
from tests.kit.page_kit import caller, person

EVERYTHING = {
    "query": "", "mark": "", "person": "", "region": "", "project": "", "since": "", "until": "",
    "page": 1,
}  # fmt: skip


@pytest.fixture
def store(tmp_path):
    opened = LabelStore(data_dir=tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def ask(store):
    return caller(make_history_functions(store))


def add_plate(store, seed=0, name="car.png", project_id=1, **reading):
    picture_id = store.add_picture(picture_bytes(seed), name, project_id)
    store.add_reading(picture_id, reading_dict(**{"region": "br", **reading}))
    return picture_id


def names_in(html):
    return re.findall(r'alt="Picture ([^"]+)"', html)


def text_of(html):
    return re.sub("<.*?>", "", html)


def find(ask, **search):
    return ask("find_plates", **EVERYTHING | search)


def test_finding_plates(store, ask):
    project = store.projects.create("tolls")
    north = add_plate(store, 0, "north.png")
    add_plate(store, 1, "south.png", region="de")
    add_plate(store, 2, "toll.png", project.project_id)
    store.add_revision(north, Mark.CORRECT, "A1", "ann")
    assert names_in(find(ask)["html"]) == ["toll.png", "south.png", "north.png"]
    for search, names in [
        ({"query": "nor"}, ["north.png"]),
        ({"mark": "corrected"}, ["north.png"]),
        ({"mark": "no mark"}, ["toll.png", "south.png", "north.png"]),
        ({"person": "ann"}, ["north.png"]),
        ({"region": "de"}, ["south.png"]),
        ({"region": "eu"}, ["south.png"]),
        ({"project": "2"}, ["toll.png"]),
        ({"since": "2020-01-01", "until": "2999-12-31"}, ["toll.png", "south.png", "north.png"]),
        ({"since": "2999-01-01"}, []),
        ({"until": "2020-01-01"}, []),
    ]:
        assert names_in(find(ask, **search)["html"]) == names, search
    assert "No plate fits" in find(ask, until="2020-01-01")["html"]
    assert "day" in find(ask, since="yesterday")["error"]


def test_place_and_counts(store, ask):
    for seed in range(3):
        add_plate(store, seed)
    found = find(ask, mark="unchecked")
    assert (found["place"], found["page"], found["num_pages"]) == ("1 to 3 of 3", 1, 1)
    assert found["marks"][:2] == [("All (3)", ""), ("Not checked (3)", "unchecked")]


def test_choices_follow_the_store_and_the_role(store, ask):
    store.add_revision(add_plate(store), Mark.CORRECT, "A1", "ann")
    choices = ask("open_history")
    assert (choices["people"], choices["projects"]) == (["ann"], [("default", 1)])
    assert choices["may_download"] is True
    functions = make_history_functions(store)
    assert caller(functions, person("ann"))("open_history")["may_download"] is False


def test_anybody_undoes_by_one_more_revision(store, ask):
    plate = add_plate(store)
    store.add_revision(plate, None, "A1", "ann")
    latest = store.add_revision(plate, None, "A2", "bob").revision.revision_id
    eve = caller(make_history_functions(store), person("eve"))
    assert eve("take_back", picture_id=plate, revision_id=latest) == {"done": True}
    record = store.history(plate)
    assert [(step.after, step.author) for step in record.revisions] == [
        ("A1", "ann"),
        ("A2", "bob"),
        ("A1", "eve"),
    ]
    stale = eve("take_back", picture_id=plate, revision_id=latest)
    assert "meanwhile" in stale["error"]
    assert store.history(plate) == record


def test_the_only_verdict_is_taken_back_too(store, ask):
    plate = add_plate(store)
    only = store.add_revision(plate, Mark.UNREADABLE, author="ann").revision.revision_id
    ask("take_back", picture_id=plate, revision_id=only)
    record = store.history(plate)
    assert (record.mark, record.text, len(record.revisions)) == ("unchecked", "ABC1D23", 2)
    assert "took the verdict back" in text_of(find(ask)["html"])


def test_only_reviewers_make_gold_plates(store, ask):
    plate = add_plate(store)
    store.add_revision(plate, None, "A1", "ann")
    assert "make_gold" in find(ask)["html"]
    ann = caller(make_history_functions(store), person("ann"))
    assert "make_gold" not in find(ann)["html"]
    assert "error" in ann("make_gold", picture_id=plate, text="A1")
    rita = caller(make_history_functions(store), person("rita", Role.REVIEWER))
    assert rita("make_gold", picture_id=plate, text="A1") == {"done": True}
    # Nobody sees which plates are gold.
    assert "gold" not in find(ann)["html"].lower()


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("ABC", "ABC", "ABC"),
        ("ABC", "A8C", "A<del>B</del><ins>8</ins>C"),
        ("ABC", "AC", "A<del>B</del>C"),
        ("AC", "ABC", "A<ins>B</ins>C"),
        ("", "A", "<ins>A</ins>"),
        ("<b>", "<i>", "&lt;<del>b</del><ins>i</ins>&gt;"),
    ],
)
def test_a_change_is_shown_symbol_by_symbol(before, after, shown):
    assert show_diff(before, after) == f"<code>{shown}</code>"


def test_the_history_tells_every_step(store):
    plate = add_plate(store)
    store.add_revision(plate, None, "ABC1D28", "maria")
    store.add_revision(plate, Mark.UNREADABLE)
    store.add_revision(plate, None, "ABC1D23", "joe")
    html = past_readings(store.search(), filtered=False)
    steps = re.findall(r"<li><time datetime=\"[^\"]+\">[^<]+ UTC</time> (.*?)</li>", html)
    assert [text_of(step) for step in steps] == [
        "Picture added",
        "fake-00000000 read ABC1D23 (90% sure)",
        "maria wrote ABC1D28 instead of ABC1D238 (saw fake-00000000)",
        "Somebody marked it: unreadable (saw fake-00000000)",
        "joe wrote ABC1D23 (saw fake-00000000)",
    ]
    assert "ABC1D2<del>3</del><ins>8</ins>" in html
