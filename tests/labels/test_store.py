import hashlib
import io
import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import text as sql

from lpr_core import labels
from lpr_core.labels import pictures
from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables import database
from lpr_core.labels.tables.database import Database, StoreError
from lpr_core.labels.tables.rows import MARKS, Mark, Revision, StoredPicture, clean_text
from lpr_core.labels.tables.schema import SCHEMA_VERSION, metadata
from lpr_core.pictures.decoding import PictureError, read_picture
from lpr_core.pictures.likeness import hash_picture, write_hash
from tests.kit.label_samples import picture_bytes, reading_dict

pytest_plugins = ["tests.kit.label_databases"]


def add_plate(store, seed=0, name="car.png", **reading):
    picture_id = store.add_picture(picture_bytes(seed), name)
    store.add_reading(picture_id, reading_dict(**reading))
    return picture_id


# --- pictures


def test_a_picture_is_known_by_the_hash_of_its_bytes(store):
    content = picture_bytes(1)
    picture_id = store.add_picture(content, "C:\\cars\\front.png")
    picture = store.history(picture_id).picture
    assert picture_id == hashlib.sha256(content).hexdigest()
    assert picture == StoredPicture(
        picture_id=picture_id,
        name="front.png",
        file_name=f"{picture_id[:2]}/{picture_id}.png",
        width=60,
        height=20,
        added_at=picture.added_at,
        phash=write_hash(hash_picture(read_picture(content))),
    )
    assert picture.added_at.tzinfo == UTC
    assert abs((datetime.now(UTC) - picture.added_at).total_seconds()) < 60


def test_pixels_are_stored_exactly(store):
    content = picture_bytes(2)
    stored_path = (
        store.pictures_dir / store.history(store.add_picture(content, "a")).picture.file_name
    )
    assert np.array_equal(read_picture(stored_path), read_picture(content))


def test_the_same_picture_is_stored_once(store):
    first = add_plate(store, seed=3, name="first.png")
    assert store.add_picture(picture_bytes(3), "second.png") == first
    assert store.history(first).picture.name == "first.png"
    assert len(list(store.pictures_dir.rglob("*.png"))) == 1


def test_a_lost_file_comes_back_with_the_next_upload(store):
    picture_id = add_plate(store, seed=3)
    path = store.pictures_dir / store.history(picture_id).picture.file_name
    path.unlink()
    assert store.add_picture(picture_bytes(3), "again.png") == picture_id
    assert path.exists()


def test_what_a_camera_wrote_beside_the_pixels_is_not_stored(store):
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    stream = io.BytesIO()
    Image.new("RGB", (60, 20), "navy").save(stream, "JPEG", exif=exif, comment=b"SECRET-NOTE")
    hidden = stream.getvalue() + b"<script>SECRET-TAIL</script>"
    assert hidden.count(b"SECRET") == 3
    picture_id = store.add_picture(hidden, "phone.jpg")
    stored = (store.pictures_dir / store.history(picture_id).picture.file_name).read_bytes()
    assert b"SECRET" not in stored


def test_a_picture_too_large_as_png_becomes_a_jpeg(store, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_BYTES", 20_000)
    picture_id = store.add_picture(picture_bytes(4, width=90, height=90), "noise.png")
    picture = store.history(picture_id).picture
    assert picture.file_name == f"{picture_id[:2]}/{picture_id}.jpg"
    assert read_picture(store.pictures_dir / picture.file_name).shape == (90, 90, 3)


def test_a_picture_too_large_in_any_form_is_refused(store, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_BYTES", 2_000)
    with pytest.raises(PictureError, match="too much detail"):
        store.add_picture(picture_bytes(4, width=90, height=90), "noise.png")


@pytest.mark.parametrize("content", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG"])
def test_a_bad_picture_leaves_nothing_behind(store, content):
    with pytest.raises(PictureError):
        store.add_picture(content, "bad.png")
    assert store.search().total == 0
    assert not store.pictures_dir.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("a/b\\c.png", "c.png"), ("", "picture"), ("/", "picture")],
)
def test_a_name_never_brings_its_folders(store, name, kept):
    assert store.history(store.add_picture(picture_bytes(), name)).picture.name == kept


def test_old_drafts_are_swept_and_young_ones_kept(tmp_path):
    folder = tmp_path / "pictures" / "ab"
    folder.mkdir(parents=True)
    old, young, picture = folder / ".old.png.1", folder / ".new.png.2", folder / "abc.png"
    for path in (old, young, picture):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    os.utime(picture, (0, 0))
    LabelStore(data_dir=tmp_path).close()
    assert [path.exists() for path in (old, young, picture)] == [False, True, True]


# --- readings and revisions


def test_a_reading_comes_back_as_it_was(store):
    picture_id = add_plate(store, text="BRA2E19")
    (reading,) = store.history(picture_id).readings
    given = reading_dict(text="BRA2E19")
    kept = {name: getattr(reading, name) for name in given if name != "doubtful_text"}
    assert kept | {"slots": list(reading.slots)} == {
        name: value for name, value in given.items() if name != "doubtful_text"
    }


def test_reading_the_same_again_adds_nothing_but_a_new_reader_does(store):
    picture_id = add_plate(store)
    store.add_reading(picture_id, reading_dict())
    record = store.add_reading(picture_id, reading_dict(reader_version="better-11111111"))
    versions = [reading.reader_version for reading in record.readings]
    assert versions == ["fake-00000000", "better-11111111"]


@pytest.mark.parametrize(
    ("mark", "typed", "stored_mark", "after"),
    [
        (None, "ABC1D23", Mark.CORRECT, "ABC1D23"),
        (None, "abc-1d 23", Mark.CORRECT, "ABC1D23"),
        (None, "ABC1D28", Mark.CORRECTED, "ABC1D28"),
        # The text decides, whatever the caller believes.
        (Mark.CORRECT, "ABC1D28", Mark.CORRECTED, "ABC1D28"),
        (Mark.CORRECTED, "ABC1D23", Mark.CORRECT, "ABC1D23"),
        (Mark.UNREADABLE, "ABC1D23", Mark.UNREADABLE, ""),
        (Mark.NOT_A_PLATE, "", Mark.NOT_A_PLATE, ""),
    ],
)
def test_a_verdict(store, mark, typed, stored_mark, after):
    record = store.add_revision(add_plate(store), mark, typed, " maria ")
    (revision,) = record.revisions
    assert replace(revision, saved_at=None) == Revision(
        revision_id=1,
        mark=stored_mark,
        before="ABC1D23",
        after=after,
        author="maria",
        reader_version="fake-00000000",
        saved_at=None,
    )
    assert (record.text, record.mark) == (after, stored_mark)


def test_revisions_chain_from_text_to_text(store):
    picture_id = add_plate(store, text="AAA1111")
    for mark, text in [(None, "BBB2222"), (Mark.UNREADABLE, ""), (None, "AAA1111")]:
        record = store.add_revision(picture_id, mark, text)
    steps = [(revision.before, revision.after, revision.mark) for revision in record.revisions]
    assert steps == [
        ("AAA1111", "BBB2222", "corrected"),
        ("BBB2222", "", "unreadable"),
        ("", "AAA1111", "correct"),
    ]
    assert store.history(picture_id) == record


def test_a_verdict_can_be_taken_back_by_anybody(store):
    picture_id = add_plate(store, text="AAA1111")
    untouched = store.history(picture_id)
    assert store.add_revision(picture_id, Mark.UNCHECKED) == untouched
    store.add_revision(picture_id, text="BBB2222", author="ana")
    record = store.add_revision(picture_id, Mark.UNCHECKED, author="bob")
    steps = [(revision.before, revision.after, revision.mark) for revision in record.revisions]
    assert steps == [("AAA1111", "BBB2222", "corrected"), ("BBB2222", "", "unchecked")]
    assert (record.text, record.mark, record.revision) == ("AAA1111", "unchecked", None)
    assert store.counts()["unchecked"] == store.search(mark="unchecked").total == 1
    assert store.add_revision(picture_id, text="CCC3333").revisions[-1].before == "AAA1111"


def test_a_history_from_elsewhere_is_taken_over_with_its_times(store):
    picture_id = add_plate(store, text="AAA1111")
    old = store.add_revision(picture_id, text="BBB2222", author="ana")
    other_id = store.add_picture(picture_bytes(9), "other.png")
    record = store.add_history(other_id, old.readings, old.revisions)
    assert [replace(row, reading_id=0) for row in record.readings] == [
        replace(row, reading_id=0) for row in old.readings
    ]
    assert [replace(row, revision_id=0) for row in record.revisions] == [
        replace(row, revision_id=0) for row in old.revisions
    ]
    assert store.counts()["corrected"] == 2
    with pytest.raises(ValueError, match="has a history already"):
        store.add_history(other_id, old.readings, ())


def test_a_history_without_sense_is_refused_as_a_whole(store):
    record = store.add_revision(add_plate(store), text="AAA1111")
    other_id = store.add_picture(picture_bytes(9), "other.png")
    bad = replace(record.revisions[0], after="")
    with pytest.raises(ValueError, match="mark must fit its text"):
        store.add_history(other_id, record.readings, [bad])
    assert store.history(other_id).readings == ()


def test_a_label_from_elsewhere_keeps_its_time(store):
    moment = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)
    record = store.add_revision(add_plate(store), text="A1", saved_at=moment)
    assert record.revision.saved_at == moment


def test_saying_the_same_again_changes_nothing(store):
    picture_id = add_plate(store)
    first = store.add_revision(picture_id, text="ABC1D24")
    assert store.add_revision(picture_id, text="abc 1d24", author="other") == first


def test_a_picture_without_a_reading_can_be_labelled(store):
    record = store.add_revision(store.add_picture(picture_bytes(), "a.png"), text="XY12")
    assert (record.mark, record.text, record.reading) == ("corrected", "XY12", None)
    assert record.revisions[0].reader_version == ""


def test_unknown_pictures_are_named(store):
    for call in (
        lambda: store.history("nowhere"),
        lambda: store.add_revision("nowhere", text="A1"),
        lambda: store.add_reading("nowhere", reading_dict()),
    ):
        with pytest.raises(ValueError, match=r"stored picture\. Received: 'nowhere'"):
            call()


def test_rows_are_frozen(store):
    record = store.add_revision(add_plate(store), text="A1")
    for row in (record, record.picture, record.readings[0], record.revisions[0]):
        with pytest.raises(FrozenInstanceError):
            row.text = "changed"


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


# --- texts


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("abc1d23", "ABC1D23"),
        ("  ABC - 1234 ", "ABC1234"),
        ("tö·l 12", "TÖL12"),
        ("\uff21\uff22\uff11", "AB1"),  # typed full-width
        ("A" * 16, "A" * 16),
    ],
)
def test_a_typed_text_is_cleaned(typed, stored):
    assert clean_text(typed) == stored


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "1 to 16 letters and digits. Received 0: ''"),
        (" - ", "1 to 16 letters and digits. Received 0: ' - '"),
        ("A" * 17, "Received 17"),
        ("AB?1", r"only letters and digits. Received: 'AB\?1' \(not allowed: '\?'\)"),
        ("=1+1", r"not allowed: '\+', '='"),
        ("A\x00B", "not allowed: '.x00'"),
    ],
)
def test_other_texts_are_refused_with_the_rule(typed, message):
    with pytest.raises(ValueError, match=message):
        clean_text(typed)


@given(st.text(max_size=20))
def test_cleaning_is_done_once_or_refused(typed):
    try:
        cleaned = clean_text(typed)
    except ValueError:
        return
    assert clean_text(cleaned) == cleaned
    assert cleaned.isalnum()


# --- search


@pytest.fixture
def shelf(store):
    """Five plates: two unchecked, one of each other mark but `not_a_plate`."""
    names = ["north 1.png", "north_2.png", "south%.png", "east.png", "west.png"]
    texts = ["AAA1111", "AAA2222", "BBB3333", "CCC4444", "DDD5555"]
    ids = [
        add_plate(store, seed=number, name=name, text=text)
        for number, (name, text) in enumerate(zip(names, texts, strict=True))
    ]
    store.add_revision(ids[2], text="BBB3333")
    store.add_revision(ids[3], text="CCC4449")
    store.add_revision(ids[4], Mark.UNREADABLE)
    return store, ids


@pytest.mark.parametrize(
    ("query", "mark", "found"),
    [
        ("", None, [4, 3, 2, 1, 0]),
        ("aaa", None, [1, 0]),
        (" AAA-11 ", None, [0]),
        ("NORTH", None, [1, 0]),
        ("h_2", None, [1]),  # the underscore is no wildcard
        ("%", None, [2]),
        ("4449", None, [3]),  # what stands
        ("4444", None, [3]),  # what was read
        ("nothing", None, []),
        ("", "unchecked", [1, 0]),
        ("", "correct", [2]),
        ("", "corrected", [3]),
        ("", "unreadable", [4]),
        ("", "not_a_plate", []),
        ("aaa1", "unchecked", [0]),
        ("aaa1", "correct", []),
    ],
)
def test_search(shelf, query, mark, found):
    store, ids = shelf
    page = store.search(query, mark)
    assert [record.picture.picture_id for record in page.records] == [ids[i] for i in found]
    assert page.total == len(found)


@pytest.mark.parametrize(
    ("number", "shown", "found"),
    [(1, 1, [4, 3]), (2, 2, [2, 1]), (3, 3, [0]), (9, 3, [0]), (-1, 1, [4, 3])],
)
def test_pages(shelf, number, shown, found):
    store, ids = shelf
    page = store.search(page=number, page_size=2)
    assert [record.picture.picture_id for record in page.records] == [ids[i] for i in found]
    assert (page.total, page.number, page.num_pages) == (5, shown, 3)


def test_an_empty_store_has_one_empty_page(store):
    page = store.search()
    assert (page.records, page.total, page.number, page.num_pages) == ((), 0, 1, 1)
    assert store.counts() == dict.fromkeys(MARKS, 0)


@pytest.mark.parametrize("arguments", [{"mark": "nice"}, {"page_size": 0}, {"page_size": 201}])
def test_search_refuses_what_it_does_not_know(store, arguments):
    (name, value), *_ = arguments.items()
    with pytest.raises(ValueError, match=f"`{name}` must be .*{value}"):
        store.search(**arguments)


def test_counts_and_records(shelf):
    store, ids = shelf
    assert store.counts() == {
        "unchecked": 2,
        "correct": 1,
        "corrected": 1,
        "unreadable": 1,
        "not_a_plate": 0,
    }
    assert [record.picture.picture_id for record in store.records()] == ids


# --- the database


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


# --- faults, one sentence each


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


@given(st.lists(st.sampled_from(["A1", "B2", "C3"]), max_size=6))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_before_is_always_the_after_that_came_before(store, texts):
    picture_id = store.add_picture(picture_bytes(len(store.search().records)), "a.png")
    for text in texts:
        store.add_revision(picture_id, text=text)
    record = store.history(picture_id)
    befores = [revision.before for revision in record.revisions]
    afters = [revision.after for revision in record.revisions]
    assert befores[1:] == afters[:-1]
    assert all(before != after for before, after in zip(befores, afters, strict=True))


def test_public_names():
    for name in labels.__all__:
        assert getattr(labels, name) is not None
