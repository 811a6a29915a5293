import csv
import io
import json
import zipfile

import pytest

from lpr_core.labels.database import StoreError
from lpr_core.labels.exchange import ExportKind, export_labels
from lpr_core.labels.rows import Mark
from lpr_core.labels.store import LabelStore
from tests.label_samples import picture_bytes, reading_dict


@pytest.fixture
def store(tmp_path):
    opened = LabelStore(data_dir=tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def export(store, tmp_path):
    """A function that exports and returns the file's bytes."""

    def export_(kind):
        path = tmp_path / "out"
        export_labels(store, kind, path)
        return path.read_bytes()

    return export_


def add_plate(store, seed, text="ABC1D23", **reading):
    picture_id = store.add_picture(picture_bytes(seed), f"plate {seed}.png")
    store.add_reading(picture_id, reading_dict(text, **reading))
    return picture_id


def image_path(picture_id):
    return f"pictures/{picture_id[:2]}/{picture_id}.png"


def read_rows(content):
    return list(csv.reader(io.StringIO(content.decode())))


@pytest.fixture
def five_plates(store):
    """Two that count, and one each of unreadable, not a plate and unchecked."""
    ids = [add_plate(store, seed) for seed in range(5)]
    store.add_revision(ids[0], text="ABC1D23")
    store.add_revision(ids[1], text="WRONG1")
    store.add_revision(ids[1], text="ABC1D28", author="maria")
    store.add_revision(ids[2], Mark.UNREADABLE)
    store.add_revision(ids[3], Mark.NOT_A_PLATE)
    return ids


def test_the_manifest_has_what_people_could_read(export, five_plates):
    assert read_rows(export(ExportKind.MANIFEST)) == [
        ["image_path", "plate_text", "plate_region"],
        [image_path(five_plates[0]), "ABC1D23", "br"],
        [image_path(five_plates[1]), "ABC1D28", "br"],
    ]


def test_a_plate_that_became_unreadable_leaves_the_manifest(store, export, five_plates):
    store.add_revision(five_plates[0], Mark.UNREADABLE)
    assert [row[1] for row in read_rows(export(ExportKind.MANIFEST))] == ["plate_text", "ABC1D28"]


def test_an_empty_store_exports_empty_files(export):
    assert export(ExportKind.MANIFEST) == b"image_path,plate_text,plate_region\n"
    assert json.loads(export(ExportKind.HISTORY))["plates"] == []
    archive = zipfile.ZipFile(io.BytesIO(export(ExportKind.PLATES)))
    assert archive.namelist() == ["manifest.csv"]


def test_manifest_paths_lead_to_pictures_from_the_data_folder(store, export, five_plates):
    _, *rows = read_rows(export(ExportKind.MANIFEST))
    assert all((store.pictures_dir.parent / row[0]).is_file() for row in rows)


def test_the_zip_has_the_manifest_and_its_pictures(store, export, five_plates):
    archive = zipfile.ZipFile(io.BytesIO(export(ExportKind.PLATES)))
    paths = [image_path(picture_id) for picture_id in five_plates[:2]]
    assert archive.namelist() == ["manifest.csv", *paths]
    assert archive.read("manifest.csv") == export(ExportKind.MANIFEST)
    assert archive.read(paths[0]) == (store.pictures_dir.parent / paths[0]).read_bytes()
    assert archive.testzip() is None


@pytest.mark.parametrize(
    ("read", "typed", "region", "exported"),
    [
        ("ABC1D23", "ABC1D23", "br", "br"),
        ("ABC1D23", "XYZ9K87", "br", "br"),  # another plate of the same shape
        ("ABC1D23", "ABC1223", "br", ""),  # no longer the pattern that was recognised
        ("ABC1D23", "ABC1D2", "br", ""),
        ("ABC1D23", "ABC1D23", None, ""),
    ],
)
def test_the_region_is_kept_while_the_pattern_holds(store, export, read, typed, region, exported):
    store.add_revision(add_plate(store, 0, read, region=region), text=typed)
    assert read_rows(export(ExportKind.MANIFEST))[1][1:] == [typed, exported]


@pytest.mark.parametrize(
    ("region", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'=1"),
        ("\r\n=1", "'=1"),
        ('a,"b"', 'a,"b"'),
    ],
)
def test_no_cell_is_a_formula(store, export, region, cell):
    store.add_revision(add_plate(store, 0, region=region), text="ABC1D23")
    assert read_rows(export(ExportKind.MANIFEST))[1][2] == cell


def test_the_history_has_everything(store, export, five_plates):
    content = json.loads(export(ExportKind.HISTORY))
    assert content["format"] == "lpr-labels-1"
    assert [plate["picture"]["picture_id"] for plate in content["plates"]] == five_plates
    assert content["plates"] == [record.to_dict() for record in store.records()]
    corrected = content["plates"][1]
    assert (corrected["text"], corrected["mark"]) == ("ABC1D28", "corrected")
    assert [
        (step["before"], step["after"], step["mark"], step["author"])
        for step in corrected["revisions"]
    ] == [("ABC1D23", "WRONG1", "corrected", ""), ("WRONG1", "ABC1D28", "corrected", "maria")]
    assert corrected["readings"][0]["slots"] == reading_dict()["slots"]
    assert corrected["revisions"][0]["saved_at"].endswith("+00:00")


def test_a_folder_that_cannot_take_the_file(store, tmp_path):
    with pytest.raises(StoreError, match=r"^The label store did not save or load anything: .*\.$"):
        export_labels(store, ExportKind.HISTORY, tmp_path / "missing" / "history.json")


def test_a_lost_picture_is_said_in_one_sentence(store, tmp_path, five_plates):
    (store.pictures_dir.parent / image_path(five_plates[0])).unlink()
    with pytest.raises(StoreError, match="did not save or load anything"):
        export_labels(store, ExportKind.PLATES, tmp_path / "out.zip")
