"""The database of a store: durable, migrated, whole, and shared by many at once."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables import database
from lpr_core.labels.tables.database import StoreError
from lpr_core.labels.tables.rows import Mark, Revision
from lpr_core.labels.tables.schema import SCHEMA_VERSION, metadata
from tests.kit.label_samples import add_plate

pytest_plugins = ["tests.kit.label_databases"]


def test_each_connection_is_durable(sqlite_store):
    with sqlite_store._database.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


def test_the_place_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "mine"))
    LabelStore().close()
    assert (tmp_path / "mine" / "labels.sqlite3").exists()
    monkeypatch.setenv("LPR_DATABASE_URL", f"sqlite:///{tmp_path / 'deep' / 'other.db'}")
    LabelStore().close()
    assert (tmp_path / "deep" / "other.db").exists()


def test_migrations_build_what_the_schema_says(store):
    with store._database.read() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": database.VERSION_TABLE}
        )
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == SCHEMA_VERSION


def test_an_old_store_is_brought_up_to_date_with_its_rows(tmp_path):
    engine = database._create_engine(f"sqlite:///{tmp_path / 'labels.sqlite3'}")
    with engine.begin() as connection:
        database.migrate(connection, "0001")
        connection.exec_driver_sql(
            "INSERT INTO pictures VALUES ('a1', 'a.png', 'a1.png', 60, 20, '2026-01-01 00:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO revisions VALUES"
            " (1, 'a1', 'corrected', '', 'A1', 'maria', '', '2026-01-02 03:04:05.000006')"
        )
    engine.dispose()
    store = LabelStore(data_dir=tmp_path)
    (revision,) = store.history("a1").revisions
    assert revision == Revision(
        revision_id=1,
        mark=Mark.CORRECTED,
        before="",
        after="A1",
        author="maria",
        reader_version="",
        saved_at=datetime(2026, 1, 2, 3, 4, 5, 6, UTC),
    )
    with pytest.raises(StoreError, match="append-only"), store._database.write() as connection:
        connection.exec_driver_sql("DELETE FROM revisions")
    store.close()


def test_a_store_of_a_newer_program_is_left_alone(tmp_path, sqlite_store):
    with sqlite_store._database.write() as connection:
        connection.exec_driver_sql(f"UPDATE {database.VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"newer version of this program \(schema 9999\)"):
        LabelStore(data_dir=tmp_path)


def test_a_write_is_whole_or_nothing(store):
    picture_id = add_plate(store)

    def insert_and_fail():
        with store._database.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO revisions VALUES"
                f" (1, '{picture_id}', 'correct', '', 'A1', '', '', '2026-01-01 00:00:00')"
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        insert_and_fail()
    assert store.history(picture_id).revisions == ()


def test_twenty_people_at_once(tmp_path):
    """Each opens the store, fresh at first, and labels; nothing is lost and nobody is refused."""

    def label(number):
        store = LabelStore(data_dir=tmp_path)
        picture_id = add_plate(store, seed=number % 5)
        for step in range(3):
            store.add_revision(picture_id, text=f"P{number}S{step}")
            store.search("P")
        store.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(label, range(20)))
    store = LabelStore(data_dir=tmp_path)
    texts = sorted(revision.after for record in store.records() for revision in record.revisions)
    assert texts == sorted(f"P{number}S{step}" for number in range(20) for step in range(3))
    assert store.search().total == 5
    store.close()


class RefusesAtFirst(sqlite3.Connection):
    """Says a few times, at once, that the file is locked when it is to use the write-ahead log."""

    refusals = 3
    complaint = "database is locked"

    def execute(self, sql, *rest):
        if "journal_mode" in sql and self.refusals:
            self.refusals -= 1
            raise sqlite3.OperationalError(self.complaint)
        return super().execute(sql, *rest)


@pytest.fixture
def reluctant(tmp_path):
    with closing(sqlite3.connect(tmp_path / "x.sqlite3", factory=RefusesAtFirst)) as connection:
        yield connection


def test_others_that_open_the_file_at_the_same_time_are_waited_for(reluctant):
    database._set_up_sqlite(reluctant, None)
    assert reluctant.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_stays_locked_is_given_up(reluctant, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    reluctant.refusals = 1000
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        database._set_up_sqlite(reluctant, None)


def test_other_complaints_are_not_waited_out(reluctant):
    reluctant.complaint = "disk I/O error"
    with pytest.raises(sqlite3.OperationalError, match="disk"):
        database._set_up_sqlite(reluctant, None)
    assert reluctant.refusals == 2
