"""What each exported file has, and what is taken into it."""

import io
import json
import zipfile
from datetime import datetime, timedelta

import pytest

from lpr_core.data.formats import import_folder
from lpr_core.data.manifest import read_manifest
from lpr_core.labels.exchange import ExportKind, Selection, export_labels
from lpr_core.labels.tables.database import StoreError
from lpr_core.labels.tables.rows import Mark
from tests.kit.exported_labels import FILES, LONG_AGO, add_plate, image_path, read_rows

pytest_plugins = ["tests.kit.label_databases"]


def test_the_manifest_has_what_people_could_read(export, five_plates, store):
    saved_at = store.history(five_plates[0]).revision.saved_at.isoformat()
    assert read_rows(export(ExportKind.MANIFEST)) == [
        ["image_path", "plate_text", "plate_region", "mark", "author", "saved_at", "original_name"],
        [image_path(five_plates[0]), "ABC1D23", "br", "correct", "", saved_at, "plate 0.png"],
        [
            *(image_path(five_plates[1]), "ABC1D28", "br", "corrected", "maria"),
            *(LONG_AGO.isoformat(), "plate 1.png"),
        ],
    ]


def test_a_training_reads_the_manifest(export, five_plates, store):
    path = store.pictures_dir.parent / "manifest.csv"
    path.write_bytes(export(ExportKind.MANIFEST))
    frame = read_manifest(path, None)
    assert list(frame["plate_text"]) == ["ABC1D23", "ABC1D28"]


def test_a_plate_that_became_unreadable_leaves_the_manifest(store, export, five_plates):
    store.add_revision(five_plates[0], Mark.UNREADABLE)
    assert [row[1] for row in read_rows(export(ExportKind.MANIFEST))] == ["plate_text", "ABC1D28"]


def test_an_empty_store_exports_empty_files(export):
    header = b"image_path,plate_text,plate_region,mark,author,saved_at,original_name\n"
    assert export(ExportKind.MANIFEST) == header
    assert export(ExportKind.HISTORY) == b""
    assert export(ExportKind.PADDLE) == b""
    assert json.loads(export(ExportKind.LABEL_STUDIO)) == []
    archive = zipfile.ZipFile(io.BytesIO(export(ExportKind.PLATES)))
    assert archive.namelist() == ["manifest.csv"]


def test_paddle_has_paths_and_texts(export, five_plates):
    assert export(ExportKind.PADDLE).decode().splitlines() == [
        f"{image_path(five_plates[0])}\tABC1D23",
        f"{image_path(five_plates[1])}\tABC1D28",
    ]


def test_label_studio_has_predictions_and_annotations(export, five_plates):
    tasks = json.loads(export(ExportKind.LABEL_STUDIO))
    assert [task["data"]["mark"] for task in tasks] == [
        "correct",
        "corrected",
        "unreadable",
        "not_a_plate",
        "unchecked",
    ]
    place = {"x": 0, "y": 0, "width": 100, "height": 100, "rotation": 0}
    common = {
        "id": "plate",
        "to_name": "image",
        "original_width": 60,
        "original_height": 20,
        "image_rotation": 0,
    }
    assert tasks[1]["data"] == {
        "ocr": f"/data/local-files/?d={image_path(five_plates[1])}",
        "name": "plate 1.png",
        "plate_text": "ABC1D28",
        "plate_region": "br",
        "mark": "corrected",
        "author": "maria",
        "saved_at": LONG_AGO.isoformat(),
    }
    (prediction,) = tasks[1]["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("fake-00000000", 0.9)
    (annotation,) = tasks[1]["annotations"]
    assert not annotation["was_cancelled"]
    assert annotation["result"] == [
        {**common, "from_name": "bbox", "type": "rectangle", "value": place},
        {**common, "from_name": "label", "type": "labels", "value": {**place, "labels": ["Text"]}},
        {
            **common,
            "from_name": "transcription",
            "type": "textarea",
            "value": {**place, "text": ["ABC1D28"]},
        },
    ]
    assert tasks[2]["annotations"][0]["was_cancelled"]
    assert tasks[4]["annotations"] == []


def test_our_importer_of_label_studio_reads_it_too(export, five_plates, store):
    store.add_revision(five_plates[4], text="AB1")
    folder = store.pictures_dir.parent
    (folder / "tasks.json").write_bytes(export(ExportKind.LABEL_STUDIO))
    frame = import_folder("label-studio", folder / "tasks.json")
    assert list(frame["plate_text"]) == ["ABC1D23", "ABC1D28", "AB1"]
    assert set(frame["width"]) == {60}


def test_the_history_has_everything(store, export, five_plates):
    lines = [json.loads(line) for line in export(ExportKind.HISTORY).splitlines()]
    assert [line["picture"]["picture_id"] for line in lines] == five_plates
    for line, record in zip(lines, store.records(), strict=True):
        ours = {"format": "lpr-history-1", "project": "default"}
        ours["image_path"] = image_path(record.picture.picture_id)
        assert line == ours | record.to_dict()


@pytest.mark.parametrize("kind", FILES)
def test_pictures_go_along(store, export, five_plates, kind):
    archive = zipfile.ZipFile(io.BytesIO(export(kind, with_pictures=True)))
    named = 2 if kind in (ExportKind.MANIFEST, ExportKind.PADDLE) else 5
    paths = [image_path(picture_id) for picture_id in five_plates[:named]]
    assert archive.namelist() == [kind, *paths]
    assert archive.read(kind) == export(kind)
    assert archive.read(paths[0]) == (store.pictures_dir.parent / paths[0]).read_bytes()
    assert archive.testzip() is None


def test_plates_are_the_manifest_with_its_pictures(export, five_plates):
    plates = zipfile.ZipFile(io.BytesIO(export(ExportKind.PLATES)))
    assert plates.namelist()[0] == "manifest.csv"
    assert len(plates.namelist()) == 3


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
    assert read_rows(export(ExportKind.MANIFEST))[1][1:3] == [typed, exported]


def texts_of(content):
    return [row[1] for row in read_rows(content)[1:]]


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        ({}, "01234"),
        ({"person": "maria"}, "1"),
        ({"person": "nobody"}, ""),
        ({"person": ""}, "03"),
        ({"mark": "unreadable"}, "2"),
        ({"mark": "unchecked"}, "4"),
        ({"region": "br"}, "014"),
        ({"region": "b"}, ""),
        ({"until": LONG_AGO}, ""),
        ({"until": LONG_AGO + timedelta(seconds=1)}, "1"),
        ({"since": LONG_AGO + timedelta(seconds=1)}, "0234"),
        ({"project_id": 1, "mark": "correct"}, "0"),
        ({"project_id": 2}, ""),
    ],
)
def test_exports_take_what_was_asked_for(export, five_plates, selection, names):
    lines = export(ExportKind.HISTORY, Selection(**selection)).splitlines()
    found = [json.loads(line)["picture"]["picture_id"] for line in lines]
    assert found == [five_plates[int(name)] for name in names]


@pytest.mark.parametrize(
    ("selection", "problem"),
    [
        ({"mark": "good"}, r"`mark` must be one of unchecked, .*\. Received: 'good'"),
        ({"since": datetime(2026, 1, 1)}, r"A time needs a UTC offset\. Received: 2026-01-01"),
    ],
)
def test_bad_selections(selection, problem):
    with pytest.raises(ValueError, match=problem):
        Selection(**selection)


def test_a_family_of_regions_is_one_region(store, export):
    for seed, region in enumerate(["us-ca", "us", "uk"]):
        add_plate(store, seed, region=region)
    lines = export(ExportKind.HISTORY, Selection(region="us")).splitlines()
    assert len(lines) == 2


def test_a_folder_that_cannot_take_the_file(store, tmp_path):
    with pytest.raises(StoreError, match=r"^The label store did not save or load anything: .*\.$"):
        export_labels(store, ExportKind.HISTORY, tmp_path / "missing" / "history.jsonl")


def test_a_lost_picture_is_said_in_one_sentence(store, tmp_path, five_plates):
    (store.pictures_dir.parent / image_path(five_plates[0])).unlink()
    with pytest.raises(StoreError, match="did not save or load anything"):
        export_labels(store, ExportKind.PLATES, tmp_path / "out.zip")
