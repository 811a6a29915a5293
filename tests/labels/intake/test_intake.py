"""Pictures that are brought: each gets its verdict, and a cut intake can be repeated."""

import numpy as np
import pytest

from lpr_core.labels.intake import intake, take_in
from lpr_core.labels.intake.report import IntakeRow, IntakeVerdict
from lpr_core.labels.pictures import identify_picture
from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables.database import StoreError
from tests.kit.brought_folders import encode, put, verdicts, zip_folder
from tests.kit.drawn_plates import draw
from tests.kit.label_samples import picture_bytes

pytest_plugins = ["tests.kit.label_databases"]


@pytest.fixture
def store(sqlite_store):
    return sqlite_store


@pytest.mark.parametrize("bring", [lambda folder: folder, zip_folder], ids=["folder", "zip"])
def test_every_file_gets_its_verdict(any_store, folder, bring):
    plate = draw("ABC1D23")
    put(folder, "a/first.png", encode(plate))
    put(folder, "a/second.png", picture_bytes(1))
    put(folder, "b/again.png", picture_bytes(1))
    put(folder, "b/darker.jpg", encode((plate * 0.8).astype(np.uint8), "JPEG", quality=60))
    put(folder, "c/notes.txt", "hello")
    put(folder, "c/page.png", "<html>")
    put(folder, ".DS_Store", "x")
    put(folder, "__MACOSX/a.png", "x")
    steps = []
    report = take_in(any_store, bring(folder), on_progress=lambda *step: steps.append(step))
    first, second = identify_picture(encode(plate)), identify_picture(picture_bytes(1))
    darker = identify_picture((folder / "b/darker.jpg").read_bytes())
    only = "only JPEG, PNG, WebP, BMP and TIFF pictures are read."
    assert report.rows == (
        IntakeRow("a/first.png", IntakeVerdict.ADDED, "", first),
        IntakeRow("a/second.png", IntakeVerdict.ADDED, "", second),
        IntakeRow(
            "b/again.png",
            IntakeVerdict.SAME,
            "It is here already, as 'second.png'.",
            second,
            second,
        ),
        IntakeRow("b/darker.jpg", IntakeVerdict.NEAR, "It looks like 'first.png'.", darker, first),
        IntakeRow("c/page.png", IntakeVerdict.REFUSED, f"This is an HTML page; {only}"),
        IntakeRow(
            "c/notes.txt",
            IntakeVerdict.REFUSED,
            "Its labels were not taken: name the layout to have this text read, or write "
            "`picture<TAB>TEXT` lines.",
        ),
    )
    assert report.counts() == {
        IntakeVerdict.ADDED: 2,
        IntakeVerdict.NEAR: 1,
        IntakeVerdict.SAME: 1,
        IntakeVerdict.REFUSED: 2,
    }
    assert steps == [(5, 5)]
    names = [record.picture.name for record in any_store.records()]
    assert names == ["first.png", "second.png", "darker.jpg"]


def test_pictures_are_stored_as_one_by_one(store, tmp_path, folder):
    put(folder, "a.png", picture_bytes(1))
    take_in(store, folder)
    other = LabelStore(f"sqlite:///{tmp_path / 'other.sqlite3'}", tmp_path / "other")
    picture_id = other.add_picture(picture_bytes(1), "a.png")
    ours, theirs = (one.history(picture_id).picture for one in (store, other))
    assert {**vars(ours), "added_at": 0} == {**vars(theirs), "added_at": 0}
    ours_path, theirs_path = (one.pictures_dir / ours.file_name for one in (store, other))
    assert ours_path.read_bytes() == theirs_path.read_bytes()
    other.close()


def test_near_duplicates_are_found_among_what_is_here(any_store, folder):
    old = any_store.add_picture(encode(draw("ABC1D23")), "old.png")
    put(folder, "new.jpg", encode(draw("ABC1D23"), "JPEG", quality=70))
    put(folder, "other.png", encode(draw("XYZ9876")))
    rows = {row.name: row for row in take_in(any_store, folder, author="maria").rows}
    assert (rows["new.jpg"].verdict, rows["new.jpg"].like) == (IntakeVerdict.NEAR, old)
    assert rows["other.png"].verdict is IntakeVerdict.ADDED
    noted = [(row.kind, row.actor, row.picture_id) for row in any_store.audit()]
    assert ("near duplicate", "maria", rows["new.jpg"].picture_id) in noted


def test_pictures_of_an_older_program_are_compared_too(store, folder):
    old = store.add_picture(encode(draw("ABC1D23")), "old.png")
    lost = store.add_picture(picture_bytes(1), "lost.png")
    with store._database.write() as connection:
        connection.exec_driver_sql("UPDATE pictures SET phash = NULL")
    (store.pictures_dir / store.history(lost).picture.file_name).unlink()
    put(folder, "new.jpg", encode(draw("ABC1D23"), "JPEG"))
    assert take_in(store, folder).rows[0].like == old


def test_a_picture_whose_file_is_gone_can_be_brought_again(store, folder):
    picture_id = store.add_picture(picture_bytes(1), "a.png")
    path = store.pictures_dir / store.history(picture_id).picture.file_name
    content = path.read_bytes()
    path.unlink()
    put(folder, "a.png", picture_bytes(1))
    take_in(store, folder)
    assert path.read_bytes() == content
    assert store.search().total == 1


def test_a_project_gets_its_pictures(store, folder):
    project = store.projects.create("Harbour")
    put(folder, "a.png", picture_bytes(1))
    take_in(store, folder, project.project_id)
    (record,) = store.records()
    assert record.picture.project_id == project.project_id
    with pytest.raises(ValueError, match="`project` must be one of"):
        take_in(store, folder, 99)


@pytest.mark.parametrize("count", [1, 7])
def test_batches_are_cut_by_number_and_bytes(store, folder, monkeypatch, count):
    monkeypatch.setattr(intake, "BATCH_FILES", 3)
    steps = []
    for seed in range(count):
        put(folder, f"{seed}.png", picture_bytes(seed))
    take_in(store, folder, on_progress=lambda *step: steps.append(step))
    assert steps == ([(1, 1)] if count == 1 else [(3, 7), (6, 7), (7, 7)])
    monkeypatch.setattr(intake, "BATCH_BYTES", len(picture_bytes(0)) + 1)
    steps.clear()
    take_in(store, folder, on_progress=lambda *step: steps.append(step))
    assert len(steps) == count


def test_an_intake_that_was_cut_is_repeated_without_doubling(any_store, folder, monkeypatch):
    monkeypatch.setattr(intake, "BATCH_FILES", 2)
    put(folder, "manifest.csv", "image_path,plate_text\n0.png,ABC1D23\n4.png,ABC1D24\n")
    for seed in range(5):
        put(folder, f"{seed}.png", picture_bytes(seed))

    def cut(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(any_store, folder, on_progress=cut)
    assert any_store.search().total == 2
    report = take_in(any_store, folder)
    assert list(verdicts(report).values()) == ["same file"] * 2 + ["added"] * 3
    assert any_store.search().total == 5
    assert sum(len(record.revisions) for record in any_store.records()) == 2


def test_a_batch_that_cannot_be_stored_is_not_there_at_all(store, folder, monkeypatch):
    for seed in range(3):
        put(folder, f"{seed}.png", picture_bytes(seed))
    with store._database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON standings WHEN (SELECT count(*) FROM standings)"
            " = 2 BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
    with pytest.raises(StoreError, match="its disk is full"):
        take_in(store, folder)
    assert store.search().total == 0


def test_several_things_at_once(store, folder, tmp_path):
    put(folder, "1.png", picture_bytes(1))
    put(folder, "m.csv", "image_path,plate_text\n1.png,A1\nsingle.png,B2\n")
    single = put(tmp_path, "single.png", picture_bytes(2))
    report = take_in(store, [zip_folder(folder), single])
    assert verdicts(report) == {"brought.zip/1.png": "added", "single.png": "added"}
    assert {record.text for record in store.records()} == {"A1", "B2"}


def test_nothing_brought_is_nothing_taken(store, folder):
    assert take_in(store, folder).rows == ()
    assert take_in(store, []).rows == ()
