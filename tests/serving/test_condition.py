"""Bundles that tell two classes apart: written whole, checked, and told from the command line."""

import json

import cv2
import keras
import numpy as np
import pytest
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.places import SHIPPED_DIR
from lpr_core.serving.condition import (
    ConditionTeller,
    export_condition,
    read_condition_card,
    record_condition,
)
from lpr_core.serving.parts import BundleError
from lpr_core.synthesis.draw import draw_plate
from lpr_core.synthesis.soiling import soil_plate
from lpr_core.tasks.condition import ConditionConfig

CONFIG = ConditionConfig(height=16, width=48)
DARK, BRIGHT = (np.full((20, 60, 3), level, np.uint8) for level in (20, 235))


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A bundle of a network that takes dark pictures for dirty ones."""
    image = keras.Input((16, 48, 3), name="image")
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(-1 / 64, offset=2)(image))
    chance = keras.layers.Dense(1, activation="sigmoid", kernel_initializer="ones")(mean)
    out = tmp_path_factory.mktemp("bundles") / "condition"
    export_condition(
        keras.Model(image, chance),
        CONFIG,
        parity_pictures=[DARK, BRIGHT],
        out_dir=out,
        name="by-light",
    )
    return out


@pytest.fixture
def bundle(exported, tmp_path):
    for name in ("model.onnx", "condition.json"):
        (tmp_path / name).write_bytes((exported / name).read_bytes())
    return tmp_path


@pytest.fixture
def crops(tmp_path):
    folder = tmp_path / "crops"
    for label, picture in (("clean", BRIGHT), ("dirty", DARK)):
        (folder / label).mkdir(parents=True)
        cv2.imwrite(str(folder / label / "a.png"), picture)
    return folder


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_pictures_of_any_size_are_told(bundle):
    told = ConditionTeller.load(bundle).tell([DARK, BRIGHT, np.vstack([DARK] * 40)])
    assert [one.label for one in told] == ["dirty", "clean", "dirty"]
    assert 0.5 < told[0].chance <= 1
    assert ConditionTeller.load(bundle).tell([]) == []
    assert read_condition_card(bundle).provenance["parity"]["num_pictures"] == 2


def test_a_wrong_checksum_and_a_foreign_card_are_refused(bundle):
    (bundle / "model.onnx").write_bytes((bundle / "model.onnx").read_bytes() + b" ")
    with pytest.raises(BundleError, match="checksum"):
        ConditionTeller.load(bundle)
    (bundle / "condition.json").write_text('{"kind": "reader"}')
    with pytest.raises(BundleError, match="is not such a card"):
        ConditionTeller.load(bundle)
    (bundle / "condition.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"condition\.json is missing"):
        ConditionTeller.load(bundle)


def test_scores_are_kept_in_the_card(bundle):
    record_condition(bundle, "mine/test", {"count": 2})
    assert read_condition_card(bundle).accuracy == {"mine/test": {"count": 2}}
    assert ConditionTeller.load(bundle).tell([DARK])[0].label == "dirty"


def test_no_picture_to_compare_on_is_refused(tmp_path):
    with pytest.raises(ValueError, match="at least one picture"):
        export_condition(None, CONFIG, parity_pictures=[], out_dir=tmp_path, name="a")


def test_the_command_tells_folders_and_files(bundle, crops):
    result = run("condition", crops, "--model", bundle)
    assert result.exit_code == 0
    assert [line.split(": ")[1].split()[0] for line in result.stdout.splitlines()] == [
        "clean",
        "dirty",
    ]
    told = json.loads(
        run("condition", crops / "dirty" / "a.png", "--model", bundle, "--json").stdout
    )
    assert told["model"].startswith("by-light-")
    assert told["pictures"][0]["label"] == "dirty"


def test_a_bad_picture_is_a_sentence_and_an_exit_code(bundle, crops):
    (crops / "clean" / "b.png").write_text("no picture")
    result = run("condition", crops, "--model", bundle)
    assert result.exit_code == 1
    assert "b.png" in result.stderr
    assert "Traceback" not in result.stderr
    assert run("condition", crops / "clean" / "b.png", "--model", bundle).exit_code == 2


def test_an_empty_folder_is_refused(bundle, tmp_path):
    (tmp_path / "empty").mkdir()
    result = run("condition", tmp_path / "empty", "--model", bundle)
    assert (result.exit_code, "no picture" in result.stderr) == (2, True)


def test_measured_and_recorded(bundle, crops):
    result = run("evaluate-condition", "--manifest", crops, "--model", bundle, "--record")
    assert result.exit_code == 0
    assert "balanced accuracy  1.000" in result.stdout
    (scores,) = read_condition_card(bundle).accuracy.values()
    assert scores["class_count"] == [1, 1]


def test_the_shipped_network_tells_clean_drawn_plates_from_muddy_ones():
    teller = ConditionTeller.load(SHIPPED_DIR / "models" / "condition")
    rng = np.random.default_rng(0)
    plates = [draw_plate("eu", rng).picture for _ in range(12)]
    muddy = [soil_plate(plate, "mud", 0.6, rng) for plate in plates]
    told = [one.label for one in teller.tell([*plates, *muddy])]
    assert told[:12].count("clean") >= 10
    assert told[12:].count("dirty") >= 10
    scores = teller.card.accuracy["plate-photos-dirty"]
    assert scores["class_count"] == [111, 111]


def test_an_exported_model_names_no_folder_of_the_machine(exported):
    content = (exported / "model.onnx").read_bytes()
    assert b"converted from" not in content
    for model in (SHIPPED_DIR / "models" / "finder").glob("*.onnx"):
        assert b"converted from" not in model.read_bytes()
