"""What can go wrong with a database is said in one sentence, and saves nothing."""

import os
import sqlite3
import stat

import pytest

from lpr_core.labels import pictures
from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables import database
from lpr_core.labels.tables.database import Database, StoreError
from tests.kit.label_samples import add_plate, picture_bytes

pytest_plugins = ["tests.kit.label_databases"]


def test_a_locked_database(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    store = LabelStore(data_dir=tmp_path)
    picture_id = add_plate(store)
    other = sqlite3.connect(tmp_path / "labels.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match=r"^The label store .*another program keeps it busy"):
        store.add_revision(picture_id, text="A1")
    assert store.history(picture_id).revisions == ()  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    assert store.add_revision(picture_id, text="A1").text == "A1"
    store.close()


def test_ping_tells_whether_the_database_answers(sqlite_store, tmp_path):
    sqlite_store.ping()
    sqlite_store.close()
    (tmp_path / "labels.sqlite3").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="not a database"):
        sqlite_store.ping()


def test_a_full_disk(store, monkeypatch):
    def refuse(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pictures, "write_bytes_atomic", refuse)
    with pytest.raises(StoreError, match=r"its disk is full\.$"):
        store.add_picture(picture_bytes(), "a.png")
    assert store.search().total == 0


def test_a_full_database(sqlite_store):
    picture_id = add_plate(sqlite_store)
    with sqlite_store._database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def fill():
        for number in range(200):
            sqlite_store.add_revision(picture_id, text=f"N{number}")

    with pytest.raises(StoreError, match=r"its disk is full\.$"):
        fill()


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "labels.sqlite3").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match=r"the file is not a database\.$"):
        LabelStore(data_dir=tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(StoreError, match="cannot be opened"):
        LabelStore(data_dir=tmp_path)
    tmp_path.chmod(stat.S_IRWXU)


def test_a_data_folder_that_is_a_file(tmp_path):
    (tmp_path / "data").write_bytes(b"")
    with pytest.raises(StoreError):
        LabelStore(data_dir=tmp_path / "data")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://server/labels", "runs on sqlite or postgresql. Received: 'mysql'"),
        ("no url", "URL cannot be used"),
    ],
)
def test_urls_that_cannot_be_used(url, message):
    with pytest.raises(StoreError, match=message):
        Database(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_that_does_not_answer(scheme, tmp_path):
    with pytest.raises(StoreError, match=r"anything: the database server does not answer\.$"):
        Database(f"{scheme}://lpr@/labels?host={tmp_path}")


def test_a_server_that_may_only_be_read(postgres_copy, tmp_path):
    read_only = f"{postgres_copy}&options=-c%20default_transaction_read_only%3Don"
    store = LabelStore(read_only, tmp_path)
    with pytest.raises(StoreError, match=r"anything: it may only be read, not written\.$"):
        store.add_picture(picture_bytes(), "a.png")
    assert store.search().total == 0
    store.close()
