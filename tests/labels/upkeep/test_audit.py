from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lpr_core.labels import AuditFilter, AuditRow, Mark, Role
from lpr_core.labels.audit import SymbolChange, diff
from tests.kit.label_samples import picture_bytes, reading_dict

pytest_plugins = ["tests.kit.label_databases"]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("", "", []),
        ("AB1", "AB1", [("equal", "AB1", "AB1")]),
        ("AB8", "ABB", [("equal", "AB", "AB"), ("replace", "8", "B")]),
        ("AB", "XAB", [("insert", "", "X"), ("equal", "AB", "AB")]),
        ("AB1", "", [("delete", "AB1", "")]),
    ],
)
def test_diff(before, after, changes):
    assert diff(before, after) == tuple(SymbolChange(*change) for change in changes)


@pytest.fixture
def busy_store(store):
    """One plate read by two, skipped, undone; another project; a user; a refused sign-in."""
    store.projects.update(1, second_share=1.0, actor="root")
    picture_id = store.add_picture(picture_bytes(), "a.png")
    store.add_reading(picture_id, reading_dict("AAA1111"))
    (assignment,) = store.queue.hand_out("ana")
    store.queue.submit(assignment.assignment_id, "ana", None, "AAA1112", 1.0)
    again = store.queue.undo("ana")
    store.queue.submit(again.assignment_id, "ana", None, "AAA1113", 1.0)
    (second,) = store.queue.hand_out("bob")
    store.queue.skip(second.assignment_id, "bob", "too  dark")
    (second,) = store.queue.hand_out("cid")
    store.queue.submit(second.assignment_id, "cid", Mark.UNREADABLE, "", 1.0)
    store.people.add_user("eve", "long password", Role.ADMIN, actor="root")
    return store, picture_id


def show(row):
    return row.actor, row.kind, row.before, row.after, row.mark, row.detail


def test_everything_that_happened_in_its_order(busy_store):
    store, picture_id = busy_store
    rows = list(store.audit())
    rules = {"name": "default", "region": None, "second_share": 1.0, "gold_share": 0.0}
    expected = {"expected": "AAA1113", "expected_mark": "corrected"}
    assert [show(row) for row in rows] == [
        ("root", "change project", "", "", "", rules),
        ("ana", "revision", "AAA1111", "AAA1112", "corrected", {}),
        ("ana", "revision", "AAA1112", "", "unchecked", {}),
        ("ana", "undo", "", "", "", {}),
        ("ana", "revision", "AAA1111", "AAA1113", "corrected", {}),
        ("bob", "skip", "", "", "", {"reason": "too dark"}),
        ("cid", "second reading", "", "", "unreadable", expected),
        ("root", "add user", "", "", "", {"user": "eve", "role": "admin"}),
    ]
    assert replace(rows[1], happened_at=None) == AuditRow(
        happened_at=None,
        actor="ana",
        kind="revision",
        picture_id=picture_id,
        project_id=1,
        before="AAA1111",
        after="AAA1112",
        mark="corrected",
        reader_version="fake-00000000",
    )
    assert all(row.happened_at.tzinfo == UTC for row in rows)


@pytest.mark.parametrize(
    ("wanted", "kinds"),
    [
        ({"person": "bob"}, ["skip"]),
        ({"person": "cid"}, ["second reading"]),
        ({"project_id": 2}, []),
        ({"person": "root", "project_id": 1}, ["change project"]),
        ({"until": datetime(2020, 1, 1, tzinfo=UTC)}, []),
        ({"since": datetime.now(UTC) + timedelta(days=1)}, []),
    ],
)
def test_filters(busy_store, wanted, kinds):
    store, _ = busy_store
    assert [row.kind for row in store.audit(AuditFilter(**wanted))] == kinds


def test_one_plate(busy_store):
    store, picture_id = busy_store
    rows = store.audit(AuditFilter(picture_id=picture_id))
    assert [row.kind for row in rows] == [
        "revision",
        "revision",
        "undo",
        "revision",
        "skip",
        "second reading",
    ]


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="needs a UTC offset"):
        AuditFilter(since=datetime(2026, 1, 1))
