import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.data.manifest import read_manifest, write_manifest
from lpr_core.data.photos import read_photos
from lpr_core.plates.format import SEVEN
from lpr_core.serving.bundle import read_card
from lpr_core.synthesis import PlateOrder
from lpr_core.tasks.reading import ReadingConfig
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle

runner = CliRunner()
PLATES = {"a.png": "ABC1234", "b.png": "XYZ9876", "c.png": "AB123CD"}


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "user"))
    monkeypatch.setenv("LPR_READER", str(write_tiny_bundle(tmp_path / "tiny")))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def manifest(pictures, tmp_path):
    rows = [
        f"{name},{text},br,{split}"
        for (name, text), split in zip(PLATES.items(), ("test", "test", "validation"), strict=True)
    ]
    lines = ["image_path,plate_text,plate_region,split", *rows]
    (tmp_path / "plates.csv").write_text("\n".join(lines) + "\n")
    return "plates.csv"


@pytest.fixture
def unlike_pictures(manifest):
    """The manifest's pictures replaced by noise: the tiny reader's plates are all stripes."""
    rng = np.random.default_rng(0)
    for name in PLATES:
        Image.fromarray(rng.integers(0, 256, (32, 96, 3), np.uint8)).save(name)


@pytest.fixture
def pictures(tmp_path):
    for name, text in PLATES.items():
        Image.fromarray(draw_tiny_plate(text)).save(tmp_path / name)
    return list(PLATES)


def call(*arguments):
    return runner.invoke(app, [str(argument) for argument in arguments])


def test_read_prints_one_line_for_each_picture(pictures):
    result = call("read", *pictures)
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[:2] for line in lines] == [[name, text] for name, text in PLATES.items()]
    assert lines[0][2].endswith("%")
    assert (result.exit_code, result.stderr) == (0, "")


def test_read_shows_doubt(tmp_path):
    Image.fromarray(draw_tiny_plate("ABC1234", doubtful={1})).save(tmp_path / "d.png")
    assert "A?C1234 (ABC1234)" in call("read", "d.png").stdout


def test_read_json_has_the_whole_reading(pictures):
    result = call("read", "--json", "--region", "br", *pictures)
    readings = json.loads(result.stdout)
    assert [reading["picture"] for reading in readings] == pictures
    assert readings[0]["text"] == "ABC1234"
    assert readings[0]["region"] == "br"
    assert set(readings[0]) == {
        "picture",
        "text",
        "doubtful_text",
        "confidence",
        "slots",
        "pattern",
        "region",
        "reader_version",
        "readable_from",
        "is_readable",
        "note",
        "box",
        "corners",
        "found",
        "num_views",
        "plates",
    }
    (plate,) = readings[0]["plates"]
    assert plate == {name: readings[0][name] for name in plate}
    assert (plate["box"], plate["corners"], plate["num_views"]) == (None, None, 1)


def test_read_takes_folders_and_keeps_crops(pictures, tmp_path):
    folder = tmp_path / "photos" / "inner"
    folder.mkdir(parents=True)
    for name in pictures:
        (tmp_path / name).rename(folder / name)
    result = call("read", "photos", "--crops", "crops", "--json")
    readings = json.loads(result.stdout)
    assert [reading["picture"] for reading in readings] == [
        f"photos/inner/{name}" for name in pictures
    ]
    for reading in readings:
        crop = np.asarray(Image.open(reading["plates"][0]["crop"]))
        np.testing.assert_array_equal(crop, np.asarray(Image.open(reading["picture"])))


def test_a_folder_without_pictures_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    result = call("read", "empty")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there must be a picture in the folder. Received: empty" in result.stderr


def test_bad_pictures_do_not_stop_the_others(pictures, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff broken")
    result = call("read", "a.png", "broken.jpg", "missing.png", "b.png")
    assert [line.split()[1] for line in result.stdout.splitlines()] == ["ABC1234", "XYZ9876"]
    sentences = result.stderr.splitlines()
    assert len(sentences) == 2
    assert sentences[0].startswith("lpr: broken.jpg: ")
    assert sentences[1].startswith("lpr: missing.png: ")
    assert result.exit_code == 1


def test_bad_pictures_in_json(pictures, tmp_path):
    (tmp_path / "empty.png").write_bytes(b"")
    result = call("read", "--json", "a.png", "empty.png")
    readings = json.loads(result.stdout)
    assert readings[0]["text"] == "ABC1234"
    assert set(readings[1]) == {"picture", "error"}
    assert result.exit_code == 1


def test_only_bad_pictures_are_bad_input(tmp_path):
    (tmp_path / "page.png").write_text("<html></html>")
    result = call("read", "page.png")
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["read", "a.png", "--region", "atlantis"], "region must be one of"),
        (["read", "a.png", "--model", "nowhere"], "A reader bundle needs model.onnx"),
        (["evaluate", "--manifest", "nowhere.csv"], "nowhere.csv"),
        (["export", "nowhere"], "There is no run folder nowhere"),
        (["train", "--set", "manifest"], "--set needs key=value. Received: 'manifest'"),
        (["train"], "There are no plates to train on; name them by --manifest."),
        (["train", "--manifest", "x.csv", "--set", "epochs=0"], "epochs: Input should be"),
        (["train", "--manifest", "x.csv", "--set", "colour=1"], "There is no setting colour; `lpr"),
        (["train", "--manifest", "x.csv", "--preset", "magic"], "must be one of account, compact"),
        (["train", "--manifest", "x.csv", "--set", "name=x"], "There is no setting name"),
        (["train", "--config", "nowhere.json"], "nowhere.json: No such file"),
        (["synthesize", "--count", "1", "--out", "o", "--region", "atlantis"], "atlantis"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(pictures, arguments, sentence):
    result = call(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("lpr: ")
    assert sentence in result.stderr
    assert "Traceback" not in result.output


def test_validation_errors_name_all_settings():
    settings = ["--set", "epochs=0", "--set", "network.head=magic"]
    result = call("train", "--manifest", "m.csv", *settings)
    assert result.stderr.count("; ") == 1
    assert "network.head: Input should be 'pooled'" in result.stderr


def test_evaluate_prints_a_table(manifest):
    result = call("evaluate", "--manifest", manifest, "--split", "test")
    title, header, *rows, misread = result.stdout.splitlines()
    assert misread == "most often misread: nothing"
    assert title.startswith("tiny-")
    assert header.split()[:5] == ["region", "plates", "read", "whole", "characters"]
    assert header.endswith("sure at 0.9, wrong of these")
    assert [row.split()[:3] for row in rows[:2]] == [["all", "2", "1.000"], ["br", "2", "1.000"]]
    assert rows[2].startswith("7 long ")


def test_evaluate_json_has_the_promised_keys(manifest):
    result = call("evaluate", "--manifest", manifest, "--region-known", "--json")
    report = json.loads(result.stdout)
    promised = {"count", "plate_accuracy", "plate_accuracy_interval", "character_accuracy"}
    assert promised | {"by_region"} <= set(report)
    assert promised <= set(report["by_region"]["br"])
    assert (report["count"], report["plate_accuracy"], report["region_known"]) == (3, 1.0, True)


def test_evaluate_records_in_the_card(manifest, tmp_path):
    call("evaluate", "--manifest", manifest, "--split", "test", "--record")
    accuracy = read_card(tmp_path / "tiny").accuracy
    assert list(accuracy) == [f"{tmp_path.name}/test"]
    assert accuracy[f"{tmp_path.name}/test"]["plate_accuracy"] == 1.0


def test_data_check_counts_and_finds_leaks(manifest, unlike_pictures):
    result = call("data", "check", manifest)
    assert result.stdout.splitlines() == [
        "plates.csv: 3 plates, 3 different.",
        "  split test: 2",
        "  split validation: 1",
        "  plate_region br: 3",
    ]
    assert result.exit_code == 0
    Path(manifest).write_text(Path(manifest).read_text().replace(",br", ",NA"))
    assert "plate_region NA: none that is known" in call("data", "check", manifest).stdout
    lines = Path(manifest).read_text().replace("AB123CD", "ABC1234")
    Path(manifest).write_text(lines)
    result = call("data", "check", manifest)
    assert result.exit_code == 1
    assert "The plate (ABC1234) is in test and validation: a.png, c.png." in result.stdout


def test_data_check_lists_all_bad_rows(manifest):
    Path(manifest).write_text("image_path,plate_text\nnone.png,ABC1234\na.png,\n")
    result = call("data", "check", manifest)
    assert result.exit_code == 2
    assert "line 2" in result.stderr
    assert "line 3" in result.stderr


def test_data_split_leaves_the_manifest_alone(manifest, unlike_pictures):
    before = Path(manifest).read_text()
    result = call("data", "split", manifest, "--fractions", "0.6", "0.4", "0", "--seed", "1")
    assert result.stdout == "Wrote plates.split.csv: train 2, validation 1.\n"
    assert set(pd.read_csv("plates.split.csv")["split"]) == {"train", "validation"}
    assert Path(manifest).read_text() == before


def test_data_import_writes_a_manifest(tmp_path):
    folder = tmp_path / "named"
    folder.mkdir()
    Image.fromarray(draw_tiny_plate("ABC1234")).save(folder / "ABC1234.png")
    result = call("data", "import", "image-name", folder, "--out", "named.csv")
    assert result.stdout == "Wrote named.csv: 1 plates.\n"
    assert list(read_manifest(Path("named.csv"), None)["plate_text"]) == ["ABC1234"]


def test_synthesize_passes_the_order_on(monkeypatch):
    orders = []

    def generate(order, out_dir, jobs, on_progress):
        orders.append((order, out_dir, jobs))
        on_progress(3, 3)
        return out_dir / "manifest.csv"

    monkeypatch.setattr("lpr_core.synthesis.generate_plates", generate)
    options = ["--count", "3", "--out", "drawn", "--seed", "7", "--jobs", "1"]
    result = call("synthesize", "--region", "br", "--region", "us", *options)
    assert result.stdout == "Wrote drawn/manifest.csv.\n"
    call("synthesize", *options, "--clean")
    call("synthesize", *options, "--severity", "0.2", "0.6")
    assert orders == [
        (PlateOrder(("br", "us"), 3, 7), Path("drawn"), 1),
        (PlateOrder((), 3, 7, severity=None), Path("drawn"), 1),
        (PlateOrder((), 3, 7, severity=(0.2, 0.6)), Path("drawn"), 1),
    ]


def test_synthesize_writes_plates():
    result = call("synthesize", "--region", "br", "--count", "2", "--out", "drawn", "--jobs", "1")
    assert result.exit_code == 0
    assert set(read_manifest(Path("drawn/manifest.csv"), None)["plate_region"]) == {"br"}


def test_synthesize_writes_scenes():
    result = call("synthesize", "--scenes", "6", "--size", "64", "96", "--out", "s", "--jobs", "1")
    assert result.stdout == "Wrote s/manifest.csv.\n"
    frame = read_photos(Path("s"))
    assert len(frame) == 6
    assert len({len(boxes) for boxes in frame["boxes"]}) > 1
    again = ["--photos", "s", "--out", "t", "--jobs", "1"]
    assert call("synthesize", "--scenes", "2", *again).exit_code == 0
    assert len(read_photos(Path("t/manifest.csv"))) == 2


@pytest.mark.parametrize("options", [[], ["--count", "1", "--scenes", "1"]])
def test_synthesize_wants_to_know_what(options):
    result = call("synthesize", "--out", "drawn", *options)
    assert result.output == (
        "lpr: one of --count (plates) and --scenes (whole pictures) must be given.\n"
    )
    assert result.exit_code == 2


class TestExport:
    @pytest.fixture
    def run_dir(self, tmp_path, manifest, monkeypatch):
        """A run folder of a network that is never built: the export is the tiny reader's."""
        networks = pytest.importorskip("lpr_core.tasks.networks")
        folder = tmp_path / "user" / "runs" / "first"
        folder.mkdir(parents=True)
        config = ReadingConfig(backbone="compact", height=64, width=192)
        (folder / "network.json").write_text(config.model_dump_json())
        (folder / "network.weights.h5").touch()
        record = {"config": {"manifest": str(tmp_path / manifest), "seed": 3}, "backend": "jax"}
        (folder / "config.json").write_text(json.dumps(record))
        (folder / "state.json").write_text('{"state": "finished", "reason": ""}')
        monkeypatch.setattr(networks, "load_network", lambda path: f"network of {path.name}")
        return folder

    @pytest.fixture
    def exported(self, run_dir, monkeypatch):
        calls = []

        def export_reader(model, **arguments):
            calls.append({"model": model, **arguments})
            return write_tiny_bundle(arguments["out_dir"], name=arguments["name"])

        monkeypatch.setattr("lpr_core.serving.export.export_reader", export_reader)
        return calls

    def test_run_by_name_becomes_a_reader(self, exported, run_dir, tmp_path):
        result = call("export", "first")
        assert result.stdout == f"Wrote {run_dir / 'reader'}.\n"
        crops = exported[0].pop("parity_pictures")
        assert len(crops) == 1  # the validation split's
        assert exported == [
            {
                "model": "network of first",
                "plate_format": SEVEN,
                "height": 64,
                "width": 192,
                "out_dir": run_dir / "reader",
                "name": "first",
                "provenance": {
                    "run": "first",
                    "state": "finished",
                    "config": {"manifest": f"{tmp_path.name}/plates.csv", "seed": 3},
                    "backend": "jax",
                },
                "margins": (0.0,),
                "decide_by": "mean",
            }
        ]

    def test_margins_are_repeatable(self, exported, run_dir):
        call("export", run_dir, "--margin", "0", "--margin", "0.04")
        assert exported[0]["margins"] == (0.0, 0.04)

    def test_options_name_the_bundle_and_calibrate_it(self, exported, run_dir, manifest):
        options = ["--out", "ours", "--name", "seven", "--calibrate-on", manifest]
        result = call("export", run_dir, *options, "--split", "test")
        assert result.stdout == (
            "Calibrated on 2 plates.\n"
            "Below 0.500 sure nothing counts as read: 0 of 2 readings, 0 of them right.\n"
            "Wrote ours.\n"
        )
        card = read_card(Path("ours"))
        assert (card.name, card.calibration.num_plates) == ("seven", 2)
        assert card.provenance["calibrated_on"] == f"{run_dir.parents[2].name}/test"

    def test_manifest_without_splits_is_taken_whole(self, exported, run_dir, manifest, tmp_path):
        frame = read_manifest(Path(manifest), None).assign(split="")
        write_manifest(frame, Path("whole.csv"))
        config = {"manifest": "gone.csv", "validation_manifest": str(tmp_path / "whole.csv")}
        (run_dir / "config.json").write_text(json.dumps({"config": config}))
        assert call("export", "first").exit_code == 0
        assert len(exported[0]["parity_pictures"]) == 3

    def test_run_that_names_no_manifest_needs_one(self, exported, run_dir, manifest):
        (run_dir / "config.json").unlink()
        result = call("export", "first")
        assert (result.exit_code, exported) == (2, [])
        assert "name one by --calibrate-on" in result.stderr
        assert call("export", "first", "--calibrate-on", manifest).exit_code == 0


@pytest.mark.parametrize("arguments", [["--help"], ["read", "a.png", "--region", "br"]])
def test_start_is_light(pictures, arguments):
    code = f"""
import sys
from lpr_core.cli import app
try:
    app({arguments!r})
except SystemExit as end:
    heavy = {{"keras", "tensorflow", "jax", "torch", "imgaug", "onnx", "pandas", "gradio"}}
    print(sorted(heavy & set(sys.modules)), end.code)
"""
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert finished.stdout.splitlines()[-1] == "[] 0"
