"""Who looked at what, and who took it away."""

from datetime import UTC, datetime, timedelta

import pytest

from lpr_core.labels import AccessKind, StoreError
from lpr_core.labels.upkeep.restore import restore_backup
from tests.kit.label_samples import add_plate

pytest_plugins = ["tests.kit.label_databases"]


def told(store, **wanted):
    return [
        (row.actor, row.kind, row.picture_id, row.detail) for row in store.accesses.rows(**wanted)
    ]


def test_each_look_and_export_is_kept_newest_first(store):
    picture_id = add_plate(store)
    ann = store.seen_by("ann", sees_all=False)
    ann.history(picture_id)
    ann.search("AB\0C", page_size=5, region="br")
    store.accesses.note("rita", AccessKind.EXPORT, format="manifest.csv", mark="")
    found = {"query": "ABC", "page": 1, "shown": 0, "found": 0, "region": "br"}
    rows = told(store)
    rows[1][3].pop("found"), rows[1][3].pop("shown"), found.pop("found"), found.pop("shown")
    assert rows == [
        ("rita", "export", None, {"format": "manifest.csv"}),
        ("ann", "search", None, found),
        ("ann", "look", picture_id, {}),
    ]
    assert told(store, person="rita") == rows[:1]
    assert told(store, picture_id=picture_id) == rows[2:]
    assert told(store, newest=1) == rows[:1]
    soon = datetime.now(UTC) + timedelta(minutes=1)
    assert (told(store, since=soon), len(told(store, until=soon))) == ([], 3)


def test_what_is_noted_is_never_changed(store):
    store.accesses.note("ann", AccessKind.LOOK)
    for change in ("UPDATE accesses SET actor = 'bob'", "DELETE FROM accesses"):
        with (
            pytest.raises(StoreError, match="accesses are append-only"),
            store._database.write() as connection,
        ):
            connection.exec_driver_sql(change)


def test_words_of_any_kind_are_bounded(store):
    store.accesses.note("\0" + "é" * 500, AccessKind.SEARCH, query="\ud800" + "x" * 5000, page=2)
    ((actor, _, _, detail),) = told(store)
    assert (len(actor), len(detail["query"]), detail["page"]) == (80, 200, 2)


def test_a_look_is_shown_though_it_cannot_be_noted_but_no_export_leaves(store, monkeypatch):
    picture_id = add_plate(store)

    def fail():
        raise StoreError("The disk is full.")

    view = store.seen_by("ann", sees_all=True)
    monkeypatch.setattr(store.accesses._database, "write", fail)
    assert view.history(picture_id).text == "ABC1D23"
    with pytest.raises(StoreError, match="full"):
        store.accesses.note("ann", AccessKind.EXPORT)


def test_a_backup_brings_the_log_along(sqlite_store, tmp_path):
    sqlite_store.accesses.note("ann", AccessKind.EXPORT, format="plates.zip")
    before = told(sqlite_store)
    sqlite_store.backup(tmp_path / "backup.zip")
    sqlite_store.close()
    folder = tmp_path / "new"
    folder.mkdir()
    url = f"sqlite:///{folder / 'labels.sqlite3'}"
    restore_backup(tmp_path / "backup.zip", url, folder / "pictures")
    from lpr_core.labels import LabelStore

    restored = LabelStore(data_dir=folder)
    assert told(restored) == before
    restored.close()
