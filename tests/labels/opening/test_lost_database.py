"""A database file that is gone, or a new one beside pictures: nothing is said to be saved there."""

import os
import shutil
import sqlite3

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.labeler.routes import add_routes
from lpr_core.cli import app
from lpr_core.labels import LabelStore, Role, StoreError
from tests.kit.label_samples import picture_bytes, reading_dict

pytest_plugins = ["tests.kit.label_databases"]

GONE = r"its file {} was deleted, moved or replaced while this program had it open; put it back,"


def delete(path):
    path.rename(path.with_name("kept"))  # under a name that SQLite does not know


def replace(path):
    path.rename(path.with_name("kept"))
    shutil.copyfile(path.with_name("kept"), path)


def put_back(path):
    path.with_name("kept").replace(path)


def list_writes(store, picture_id):
    (held,) = store.queue.hand_out("ana")
    return [
        lambda: store.queue.hand_out("bob"),
        lambda: store.queue.submit(held.assignment_id, "ana", None, "A1", 1.0),
        lambda: store.queue.skip(held.assignment_id, "ana"),
        lambda: store.add_reading(picture_id, reading_dict("NEW1")),
        lambda: store.add_revision(picture_id, text="A2"),
        lambda: store.add_picture(picture_bytes(9), "b.png"),
        lambda: store.projects.create("north"),
        lambda: store.people.add_user("ana", "long password", Role.ADMIN),
        store.ping,
    ]


@pytest.fixture
def picture_id(sqlite_store):
    return sqlite_store.add_picture(picture_bytes(), "a.png")


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
@pytest.mark.parametrize("change", [delete, replace])
def test_nothing_is_saved_while_the_file_is_gone(
    sqlite_store, picture_id, tmp_path, change, suffix
):
    writes = list_writes(sqlite_store, picture_id)
    before = list(sqlite_store.records())
    path = tmp_path / f"labels.sqlite3{suffix}"
    change(path)
    for write in writes:
        with pytest.raises(StoreError, match=GONE.format(path.name)):
            write()
    assert path.exists() == (change is replace)
    assert len(list(tmp_path.glob("pictures/*/*"))) == 1
    put_back(path)
    assert list(sqlite_store.records()) == before
    assert sqlite_store.add_revision(picture_id, text="A2").text == "A2"


@pytest.mark.parametrize("change", [delete, replace])
def test_no_new_connection_makes_or_takes_another_file(sqlite_store, tmp_path, change):
    sqlite_store._database.engine.dispose()
    path = tmp_path / "labels.sqlite3"
    change(path)
    left = sorted(tmp_path.iterdir())
    with pytest.raises(StoreError, match=GONE.format(path.name)):
        sqlite_store.projects.create("north")
    assert sorted(tmp_path.iterdir()) == left


def test_a_file_that_goes_during_a_write_is_noticed_before_the_answer(sqlite_store, tmp_path):
    def write():
        with sqlite_store._database.write():
            delete(tmp_path / "labels.sqlite3")

    with pytest.raises(StoreError, match=r"labels\.sqlite3 was deleted, moved or replaced"):
        write()


def test_health_tells_that_the_file_is_gone(sqlite_store, tmp_path):
    server = FastAPI()
    add_routes(server, sqlite_store)
    client = TestClient(server)
    assert client.get("/health").json() == {"status": "ok"}
    delete(tmp_path / "labels.sqlite3")
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    assert str(tmp_path) not in answer.text
    put_back(tmp_path / "labels.sqlite3")
    assert client.get("/health").status_code == 200


def test_log_files_that_sqlite_itself_makes_anew_are_no_loss(sqlite_store, picture_id, tmp_path):
    """The last connection removes them, the next one makes others."""
    sqlite_store._database.engine.dispose()
    assert not (tmp_path / "labels.sqlite3-wal").exists()
    sqlite_store.add_revision(picture_id, text="A1")
    other = LabelStore(data_dir=tmp_path)
    sqlite_store._database.engine.dispose()
    other.add_revision(picture_id, text="A2")
    other.close()
    sqlite_store.add_revision(picture_id, text="A3")
    with sqlite_store._database.write() as connection:
        connection.exec_driver_sql("DELETE FROM failed_sign_ins")
    raw = sqlite3.connect(tmp_path / "labels.sqlite3")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    assert sqlite_store.add_revision(picture_id, text="A4").text == "A4"


def test_a_store_in_memory_has_no_file(tmp_path):
    store = LabelStore("sqlite://", tmp_path)
    store.add_picture(picture_bytes(), "a.png")
    store.ping()
    store.close()


# --- a new database beside pictures


@pytest.fixture
def pictures_without_rows(sqlite_store, tmp_path):
    """A data folder that has lost its database; yesterday's pictures are still there."""
    sqlite_store.add_picture(picture_bytes(), "a.png")
    sqlite_store.close()
    for path in tmp_path.glob("labels.sqlite3*"):
        path.unlink()
    for path in tmp_path.glob("pictures/*/*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return tmp_path


KNOWS_NONE = r"knows no picture, but .*pictures holds pictures: put the database .* back, bring"


@pytest.mark.parametrize("content", [None, b""], ids=["no file", "an empty file"])
def test_a_new_store_is_not_begun_beside_pictures(pictures_without_rows, content):
    path = pictures_without_rows / "labels.sqlite3"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=KNOWS_NONE):
        LabelStore(data_dir=pictures_without_rows)
    assert (path.read_bytes() if path.exists() else None) == content


def test_a_database_with_nothing_in_it_is_not_begun_beside_pictures(pictures_without_rows):
    path = pictures_without_rows / "labels.sqlite3"
    raw = sqlite3.connect(path)
    raw.execute("VACUUM")
    raw.close()
    with pytest.raises(StoreError, match=KNOWS_NONE):
        LabelStore(data_dir=pictures_without_rows)


def test_an_empty_store_of_either_kind_is_not_opened_beside_older_pictures(
    label_url, tmp_path, pictures_without_rows, sqlite_template
):
    if label_url.startswith("sqlite"):
        shutil.copyfile(sqlite_template, tmp_path / "labels.sqlite3")
    with pytest.raises(StoreError, match=KNOWS_NONE):
        LabelStore(label_url, tmp_path)


def test_a_picture_that_a_killed_program_left_keeps_no_store_closed(sqlite_store, tmp_path):
    sqlite_store._pictures.save("ab" * 32, picture_bytes())
    again = LabelStore(data_dir=tmp_path)
    (fault,) = again.verify().faults
    assert "knows no picture" in fault
    again.add_picture(picture_bytes(1), "b.png")
    assert again.verify().faults == ()
    again.close()


def test_verify_says_it_in_one_sentence(pictures_without_rows, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(pictures_without_rows))
    monkeypatch.delenv("LPR_DATABASE_URL", raising=False)
    result = CliRunner().invoke(app, ["labels", "verify"])
    assert result.exit_code == 2
    assert "bring a backup in with `lpr labels restore`" in result.stderr
    assert len(result.stderr.splitlines()) == 1
