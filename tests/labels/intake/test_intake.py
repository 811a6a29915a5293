import io
import os
import zipfile

import numpy as np
import pytest
from PIL import Image

from lpr_core.archives import ArchiveError
from lpr_core.data.samples import ManifestError
from lpr_core.labels.intake import intake, sources, take_in
from lpr_core.labels.intake.report import IntakeRow, IntakeVerdict
from lpr_core.labels.intake.sources import SourceError
from lpr_core.labels.pictures import identify_picture
from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables.database import StoreError
from lpr_core.labels.tables.rows import Mark
from tests.kit.drawn_plates import draw
from tests.kit.label_samples import picture_bytes

pytest_plugins = ["tests.kit.label_databases"]

NO_PICTURE = "Its picture did not come along, and the store does not have it."


@pytest.fixture
def store(sqlite_store):
    return sqlite_store


@pytest.fixture
def any_store(label_url, tmp_path):
    """An empty store on one kind of database after the other."""
    opened = LabelStore(label_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path):
    """A folder to bring, empty."""
    found = tmp_path / "brought"
    found.mkdir()
    return found


def put(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zip_folder(folder):
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for found in sorted(folder.rglob("*")):
            archive.write(found, found.relative_to(folder).as_posix())
    return path


def encode(pixels, kind="PNG", **options):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


def verdicts(report):
    return {row.name: row.verdict.value for row in report.rows}


def said(store):
    """Text, mark, author and region by the picture's name."""
    return {
        record.picture.name: (
            record.text,
            record.mark,
            record.revision.author if record.revision else None,
            record.picture.region,
        )
        for record in store.records()
    }


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
        IntakeRow("c/notes.txt", IntakeVerdict.REFUSED, f"This is text; {only}"),
        IntakeRow("c/page.png", IntakeVerdict.REFUSED, f"This is an HTML page; {only}"),
    )
    assert report.counts() == {
        IntakeVerdict.ADDED: 2,
        IntakeVerdict.NEAR: 1,
        IntakeVerdict.SAME: 1,
        IntakeVerdict.REFUSED: 2,
    }
    assert steps == [(6, 6)]
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


# --- labels that come along


def test_a_manifest_brings_its_labels(any_store, folder):
    put(
        folder,
        "sub/manifest.csv",
        "image_path,plate_text,plate_region\n"
        "1.png,abc-1d23,br\n./2.png,AB?,\n../3.png,XYZ12,\n4.png,NO1,us\n/home/me/5.png,ÄB12,\n",
    )
    for name in ("sub/1", "sub/2", "3", "5"):
        put(folder, f"{name}.png", picture_bytes(int(name[-1])))
    report = take_in(any_store, folder, author="maria")
    assert verdicts(report) == {
        "3.png": "added",
        "5.png": "added",
        "sub/1.png": "added",
        "sub/2.png": "added",
        "sub/4.png": "refused",
    }
    rows = {row.name: row for row in report.rows}
    assert rows["sub/4.png"].sentence == NO_PICTURE
    assert rows["sub/2.png"].sentence.startswith("Its label was left out: A plate text has only")
    assert said(any_store) == {
        "1.png": ("ABC1D23", "corrected", "maria", "br"),
        "2.png": ("", "unchecked", None, None),
        "3.png": ("XYZ12", "corrected", "maria", None),
        "5.png": ("ÄB12", "corrected", "maria", None),
    }
    assert any_store.search(mark="corrected").total == 3
    assert {filed.value: count for filed, count in report.label_counts().items()} == {
        "taken": 3,
        "known": 0,
        "kept": 0,
        "refused": 1,
    }


def test_a_persons_word_is_never_undone(any_store, folder):
    ids = [any_store.add_picture(picture_bytes(seed), f"{seed}.png") for seed in range(3)]
    any_store.add_revision(ids[0], text="MINE1", author="maria")
    any_store.add_revision(ids[1], Mark.UNREADABLE)
    put(folder, "m.csv", "image_path,plate_text\n0.png,FILE1\n1.png,FILE2\n2.png,FILE3\n")
    for seed in range(3):
        put(folder, f"{seed}.png", picture_bytes(seed))
    rows = take_in(any_store, folder).rows
    assert [row.sentence.split(". ", 1)[1:] for row in rows] == [
        ["Its label 'FILE1' was left out: maria has said 'MINE1' here."],
        ["Its label 'FILE2' was left out: somebody has said 'unreadable' here."],
        [],
    ]
    assert [any_store.history(one).text for one in ids] == ["MINE1", "", "FILE3"]


def test_times_decide_between_words(any_store, folder):
    picture_id = any_store.add_picture(picture_bytes(0), "0.png")
    header = "image_path,plate_text,author,saved_at\n"
    texts = []
    for text, moment in [
        ("B2", "2024-02-01"),
        ("A1", "2024-01-01"),  # older: kept out
        ("C3", "2024-03-01"),
        ("C3", "2024-03-01"),  # the same again
        ("D4", ""),  # at no time: kept out
    ]:
        put(folder, "m.csv", f"{header}{picture_id}.png,{text},jo,{moment}\n")
        take_in(any_store, folder / "m.csv")
        texts.append(any_store.history(picture_id).text)
    assert texts == ["B2", "B2", "C3", "C3", "C3"]
    assert len(any_store.history(picture_id).revisions) == 2


def test_a_region_that_a_person_said_stays(any_store, folder):
    put(folder, "0.png", picture_bytes(0))
    for region in ("", "br", "us", "x" * 33):
        put(folder, "m.csv", f"image_path,plate_text,plate_region\n0.png,A1,{region}\n")
        take_in(any_store, folder)
    (record,) = any_store.records()
    assert record.picture.region == "br"


def test_boxes_are_cut_out(store, folder):
    pixels = np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8)
    put(folder, "car.png", encode(pixels))
    put(folder, "whole.png", picture_bytes(1))
    put(
        folder,
        "m.csv",
        "image_path,plate_text,x,y,width,height\n"
        "car.png,ONE1,10,5,40,20\ncar.png,TWO2,50,30,200,200\nwhole.png,ALL3,0,0,60,20\n",
    )
    names = [row.name for row in take_in(store, folder).rows]
    assert names == ["car.png", "car 2.png", "whole.png"]
    sizes = {
        record.text: (record.picture.width, record.picture.height) for record in store.records()
    }
    assert sizes == {"ONE1": (40, 20), "TWO2": (40, 30), "ALL3": (60, 20)}
    assert set(verdicts(take_in(store, folder)).values()) == {"same file"}


def test_a_box_beside_the_picture_is_refused(store, folder):
    put(folder, "car.png", picture_bytes(0))
    put(folder, "m.csv", "image_path,plate_text,x,y,width,height\ncar.png,ONE1,70,5,40,20\n")
    (row,) = take_in(store, folder).rows
    assert row.sentence == (
        "The plate's box (70, 5, 40, 20) lies outside the picture of 60 x 20 pixels."
    )


UFPR = "plate: AUZ-1234\nposition_plate: 10 2 30 15\n"
VOC = (
    "<annotation><filename>a.png</filename><object><name>AUZ1234</name><bndbox><xmin>10</xmin>"
    "<ymin>2</ymin><xmax>40</xmax><ymax>17</ymax></bndbox></object></annotation>"
)


@pytest.mark.parametrize("bring", [lambda folder: folder, zip_folder], ids=["folder", "zip"])
@pytest.mark.parametrize(
    ("layout", "label", "content", "picture"),
    [
        ("ufpr", "training/a.txt", UFPR, "training/a.png"),
        ("pascal-voc", "labels/a.xml", VOC, "pictures/a.png"),
        ("openalpr", "br/a.txt", "a.png\t10\t2\t30\t15\tAUZ1234\n", "br/a.png"),
        ("image-name", "", "", "AUZ-1234_2.png"),
    ],
)
def test_every_layout_brings_labels(store, folder, bring, layout, label, content, picture):
    put(folder, picture, picture_bytes(0))
    if label:
        put(folder, label, content)
    (row,) = take_in(store, bring(folder), layout=layout).rows
    assert row.verdict is IntakeVerdict.ADDED
    (record,) = store.records()
    assert record.text == "AUZ1234"
    if label:
        assert (record.picture.width, record.picture.height) == (30, 15)


def test_a_layout_must_be_known_and_there(store, folder):
    put(folder, "a.png", picture_bytes(0))
    with pytest.raises(ValueError, match="`layout` must be one of"):
        take_in(store, folder, layout="mine")
    with pytest.raises(ManifestError, match="must hold ufpr labels"):
        take_in(store, folder, layout="ufpr")
    assert store.search().total == 0


def test_bad_labels_are_all_listed_before_anything_is_stored(store, folder):
    put(folder, "a.png", picture_bytes(0))
    put(folder, "m.csv", "image_path,plate_text\na.png,\n,A1\n")
    with pytest.raises(ManifestError, match="has 2 bad rows"):
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


# --- what is refused as a whole


def refusal(store, source, error=(ArchiveError, SourceError, ManifestError)):
    with pytest.raises(error) as caught:
        take_in(store, source)
    assert store.search().total == 0
    return str(caught.value)


@pytest.fixture
def good(folder):
    """The folder with a picture in it that would be taken first."""
    put(folder, "0.png", picture_bytes(0))
    return folder


def test_links_in_folders_are_refused(store, good, tmp_path):
    secret = put(tmp_path, "secret.png", picture_bytes(1))
    (good / "z.png").symlink_to(secret)
    expected = "The folder has a link in it: 'z.png'; links are not followed."
    assert refusal(store, good) == expected
    (good / "z.png").unlink()
    (good / "more").symlink_to(tmp_path)
    assert refusal(store, good) == expected.replace("z.png", "more")


def test_pipes_in_folders_are_refused(store, good):
    os.mkfifo(good / "pipe.png")
    assert refusal(store, good) == "The folder has something in it that is no file: 'pipe.png'."


def test_too_many_files_are_refused(store, good, monkeypatch):
    put(good, "1.png", picture_bytes(1))
    monkeypatch.setattr(sources, "MAX_ENTRIES", 1)
    assert refusal(store, good) == "At most 1 files are taken in at once. Received: 2"


def test_bombs_are_refused(store, good):
    path = good.parent / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.png", picture_bytes(0))
        archive.writestr("1.bmp", bytes(3_000_000))
    assert refusal(store, path).startswith("The archive is a bomb")
    assert refusal(store, [good, path]).startswith("The archive is a bomb")


def test_what_only_claims_to_be_an_archive_is_refused(store, folder):
    path = put(folder.parent, "a.zip", "nothing of the kind")
    assert refusal(store, path) == "'a.zip' is not a whole ZIP archive."


@pytest.mark.parametrize("content", [b"Rar!\x1a\x07\x01\0" + bytes(50), b"\x1f\x8b" + bytes(50)])
def test_other_archives_are_no_pictures(store, folder, content):
    put(folder, "a.png", content)
    (row,) = take_in(store, folder).rows
    assert row.verdict is IntakeVerdict.REFUSED
    assert "only JPEG, PNG, WebP, BMP and TIFF pictures are read." in row.sentence


def test_an_archive_under_another_name_inside_an_archive_is_no_picture(store, folder):
    inner = zip_folder(folder).read_bytes()
    put(folder, "inner.png", inner)
    (row,) = take_in(store, zip_folder(folder)).rows
    assert row.sentence.startswith("This is a ZIP archive;")


def test_a_damaged_file_does_not_stop_the_others(store, folder):
    for seed in range(2):
        put(folder, f"{seed}.png", picture_bytes(seed))
    path = zip_folder(folder)
    content = bytearray(path.read_bytes())
    content[200] ^= 0xFF
    path.write_bytes(content)
    report = take_in(store, path)
    assert verdicts(report) == {"0.png": "refused", "1.png": "added"}
    assert report.rows[0].sentence == "The file is damaged inside its ZIP archive."


def test_a_manifest_cannot_reach_outside(store, good, tmp_path):
    put(tmp_path, "secret.png", picture_bytes(5))
    put(good, "m.csv", f"image_path,plate_text\n../secret.png,A1\n{tmp_path}/secret.png,B2\n")
    rows = take_in(store, good).rows
    assert [row.verdict.value for row in rows] == ["added", "refused", "refused"]
    assert store.search().total == 1


def test_a_name_for_a_file_and_a_folder_is_refused(store, folder):
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x")
        archive.writestr("a.csv/b.csv", "x")
    assert refusal(store, path) == "A file and a folder have the same name."


def test_a_missing_source_is_said(store, tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file or folder"):
        take_in(store, tmp_path / "nothing")
