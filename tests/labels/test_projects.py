import pytest

from lpr_core.labels import Project
from tests.kit.label_samples import picture_bytes

pytest_plugins = ["tests.kit.label_databases"]


def test_there_is_always_a_default_project(store):
    (project,) = store.projects.list()
    assert project == Project(1, "default", None, 0.0, 0.0, project.created_at)
    assert store.projects.get(1) == store.projects.get("default") == project


def test_projects_are_made_found_and_changed(store):
    made = store.projects.create("  north   side ", region="br", second_share=0.1, gold_share=0.05)
    assert (made.project_id, made.name, made.region) == (2, "north side", "br")
    assert (made.second_share, made.gold_share) == (0.1, 0.05)
    assert store.projects.get("north side") == made
    changed = store.projects.update(2, name="south", region="", gold_share=0.0)
    assert (changed.name, changed.region, changed.second_share) == ("south", None, 0.1)
    assert store.projects.update(2) == changed
    assert [project.name for project in store.projects.list()] == ["default", "south"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": ""}, "1 to 80 printable characters. Received: ''"),
        ({"name": "x" * 81}, "1 to 80 printable characters"),
        ({"name": "a\x00b"}, "1 to 80 printable characters"),
        ({"name": "default"}, "already a project with this name. Received: 'default'"),
        ({"region": "xx"}, "Received: 'xx'"),
        ({"second_share": 1.1}, "`second_share` must be 0 to 1. Received: 1.1"),
        ({"gold_share": -0.1}, "`gold_share` must be 0 to 1. Received: -0.1"),
    ],
)
def test_values_that_are_refused(store, values, message):
    with pytest.raises(ValueError, match=message):
        store.projects.create(**{"name": "north"} | values)
    second = store.projects.create("second")
    with pytest.raises(ValueError, match=message):
        store.projects.update(second.project_id, **values)
    assert [project.name for project in store.projects.list()] == ["default", "second"]


def test_unknown_projects_list_the_known_ones(store):
    for call in (
        lambda: store.projects.get("north"),
        lambda: store.projects.get(7),
        lambda: store.projects.update(7, name="x"),
        lambda: store.add_picture(picture_bytes(), "a.png", 7),
    ):
        with pytest.raises(ValueError, match=r"`project` must be one of default\. Received"):
            call()
    assert store.search().total == 0


def test_a_picture_belongs_to_one_project_and_stays_there(store):
    store.projects.create("north")
    picture_id = store.add_picture(picture_bytes(), "a.png", 2)
    assert store.add_picture(picture_bytes(), "a.png") == picture_id
    assert store.history(picture_id).picture.project_id == 2
    assert (store.counts(1)["unchecked"], store.counts(2)["unchecked"]) == (0, 1)
    assert (store.search(project_id=1).total, store.search(project_id=2).total) == (0, 1)
    assert [len(list(store.records(number))) for number in (1, 2)] == [0, 1]
