"""The database itself refuses what would change the past or make no sense."""

import sqlite3

import pytest
from sqlalchemy import text as sql

from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables.database import StoreError
from tests.kit.label_samples import add_plate

pytest_plugins = ["tests.kit.label_databases"]


@pytest.mark.parametrize("table", ["readings", "revisions"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET reader_version = 'x'",
        "DELETE FROM {table}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "REPLACE INTO {table} SELECT * FROM {table}",
    ],
)
def test_the_database_itself_refuses_to_change_the_past(sqlite_store, tmp_path, table, statement):
    picture_id = add_plate(sqlite_store)
    before = sqlite_store.add_revision(picture_id, text="ABC1D24")
    raw = sqlite3.connect(tmp_path / "labels.sqlite3")
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} are append-only"):
        raw.execute(statement.format(table=table))
    raw.close()
    assert sqlite_store.history(picture_id) == before


@pytest.mark.parametrize("table", ["readings", "revisions", "second_readings", "events"])
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET picture_id = ''", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_postgresql_itself_refuses_to_change_the_past(postgres_copy, tmp_path, table, change):
    store = LabelStore(postgres_copy, tmp_path)
    with (
        pytest.raises(StoreError, match=f"{table} are append-only"),
        store._database.write() as connection,
    ):
        connection.exec_driver_sql(change.format(table))
    store.close()


@pytest.mark.parametrize(
    ("mark", "after"),
    [("correct", ""), ("unreadable", "A1"), ("unchecked", "A1"), ("nice", "A1")],
)
def test_the_database_itself_refuses_a_verdict_without_sense(store, mark, after):
    values = {"picture": add_plate(store), "mark": mark, "after": after}
    insert = sql(
        "INSERT INTO revisions (picture_id, mark, before, after, author, reader_version, saved_at)"
        " VALUES (:picture, :mark, '', :after, '', '', '2026-01-01')"
    )
    with pytest.raises(StoreError, match="mark_fits_text"), store._database.write() as connection:
        connection.execute(insert, values)


def test_the_database_itself_refuses_a_second_holder(store):
    add_plate(store)
    store.queue.hand_out("ana")
    again = sql(
        "INSERT INTO assignments (picture_id, project_id, annotator, kind, seen_revision_id,"
        " handed_at, expires_at) SELECT picture_id, project_id, 'bob', kind, seen_revision_id,"
        " handed_at, expires_at FROM assignments"
    )
    with pytest.raises(StoreError, match=r"(?i)unique"), store._database.write() as connection:
        connection.execute(again)
