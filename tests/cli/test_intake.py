import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.labels import LabelStore
from tests.kit.label_samples import picture_bytes
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle

runner = CliRunner()


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty working folder with `brought`: two pictures, a manifest and a text."""
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "user"))
    monkeypatch.delenv("LPR_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "brought"
    folder.mkdir()
    for seed in range(2):
        (folder / f"{seed}.png").write_bytes(picture_bytes(seed))
    (folder / "m.csv").write_text("image_path,plate_text,plate_region\n0.png,ABC1D23,br\n")
    return tmp_path


def call(*arguments):
    result = runner.invoke(app, ["labels", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_take_in_export_and_import(place):
    code, out, _ = call("take-in", "brought", "--author", "maria")
    sums = "2 added, 0 of them near duplicates; 0 here already; 0 refused.\nLabels: 1 taken.\n"
    assert (code, out) == (0, sums)
    assert call("export", "all.zip", "--person", "maria")[:2] == (0, "Wrote all.zip.\n")
    assert len(zipfile.ZipFile("all.zip").namelist()) == 2
    code, out, _ = call("import", "all.zip")
    assert code == 0
    assert out.splitlines()[1:] == [
        "0 added, 0 of them near duplicates; 1 here already; 0 refused.",
        "Labels: 1 known.",
    ]
    store = LabelStore()
    assert [record.text for record in store.records()] == ["ABC1D23", ""]
    store.close()


def test_what_is_refused_is_named(place):
    (place / "brought" / "notes.md").write_text("hello")
    code, out, _ = call("take-in", "brought")
    assert code == 1
    assert out.splitlines() == [
        "notes.md: refused. This is text; only JPEG, PNG, WebP, BMP and TIFF pictures are read.",
        "2 added, 0 of them near duplicates; 0 here already; 1 refused.",
        "Labels: 1 taken.",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["take-in", "nothing"], "There is no file or folder 'nothing'."),
        (["take-in", "brought", "--project", "Moon"], "`project` must be one of default."),
        (["take-in", "brought", "--layout", "mine"], "`layout` must be one of ccpd"),
        (["import", "brought/0.png"], "brought/0.png: It has no labels of pictures that are here."),
        (["export", "x", "--kind", "plates.zip"], "`--kind` must be one of manifest.csv, rec_gt"),
        (["export", "x", "--mark", "good"], "`mark` must be one of unchecked"),
    ],
)
def test_bad_input_is_one_sentence(arguments, sentence):
    code, _, err = call(*arguments)
    assert code == 2
    assert f"lpr: {sentence}" in err


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 2),
        (["--mark", "unchecked"], 1),
        (["--region", "br"], 1),
        (["--since", "2020-01-01"], 2),
        (["--until", "2020-01-01"], 0),
        (["--project", "default"], 2),
    ],
)
def test_exports_are_filtered(options, count):
    call("take-in", "brought")
    assert call("export", "h.jsonl", "--kind", "history.jsonl", *options)[0] == 0
    with Path("h.jsonl").open() as stream:
        assert len([json.loads(line) for line in stream]) == count


def test_unread_pictures_are_read(place, monkeypatch):
    monkeypatch.setenv("LPR_READER", str(write_tiny_bundle(place / "tiny")))
    Image.fromarray(draw_tiny_plate("ABC1234")).save(place / "a.png")
    call("take-in", "a.png")
    code, out, _ = call("read")
    assert code == 0
    assert out.endswith("read 1 pictures.\n")
    store = LabelStore()
    assert [record.text for record in store.records()] == ["ABC1234"]
    (picture,) = [record.picture for record in store.records()]
    store.close()
    assert call("read")[1].endswith("read 0 pictures.\n")
    call("take-in", "brought/0.png")
    for path in (place / "user" / "pictures").rglob("*.png"):
        if path.stem != picture.picture_id:
            path.unlink()
    code, _, err = call("read")
    assert code == 1
    assert "There is no file" in err


def test_who_took_labels_away_is_told(place):
    call("take-in", "brought")
    call("export", "labels.csv")
    call("backup", "all.zip")
    lines = call("accesses", "--person", "command line", "--newest", "2")[1].splitlines()
    taken = [(row["kind"], row["detail"]) for row in map(json.loads, lines)]
    assert taken == [
        ("export", {"format": "backup", "file": "all.zip"}),
        ("export", {"format": "manifest.csv", "file": "labels.csv"}),
    ]
    assert call("accesses", "--person", "nobody") == (0, "", "")
