"""Every task trains on JAX without TensorFlow, goes on after a kill, and is exported."""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lpr_core.augment.photo_options import PhotoOptions
from lpr_core.backbones import build as backbones
from lpr_core.cli import app
from lpr_core.data.manifest import read_manifest
from lpr_core.data.photos import read_photos
from lpr_core.pictures.decoding import read_picture
from lpr_core.serving import Reader
from lpr_core.serving.finding.finder import Finder
from lpr_core.tasks.finding.predictions import read_found
from lpr_core.tasks.reading.predictions import tabulate_readings
from lpr_core.training.config import TrainingConfig
from lpr_core.training.runs import RunFolder
from tests.kit.backend_process import KILLED, Barrier
from tests.kit.finding_kit import make_finding_training
from tests.kit.places import REPOSITORY_DIR
from tests.kit.training_kit import (
    PLATE_FORMAT,
    make_reading_config,
    make_training_config,
    tiny_backbone,
    write_plates,
)

OUT_OF_REACH = ("tensorflow", "torch", "gradio", "streamlit")


def configure_reading(folder: Path) -> TrainingConfig:
    manifest = write_plates(folder, num_train=16, num_validation=6)
    # The head of most kinds of operations: each has to exist on both backends and in ONNX.
    network = make_reading_config(head="context", dropout=0.1)
    return make_training_config(manifest, network, epochs=2, steps_per_epoch=2, batch_size=4)


def assert_reads_alike(config: TrainingConfig, run: RunFolder, bundle_dir: Path) -> None:
    """Check that a bundle reads what the run itself read, and is as sure of it."""
    frame = read_manifest(Path(config.manifest), PLATE_FORMAT)
    frame = frame[frame["split"] == config.validation_split].reset_index(drop=True)
    pictures = [read_picture(Path(path)) for path in frame["image_path"]]
    probabilities = Reader.load(bundle_dir).predict_batch(pictures)
    told = tabulate_readings(probabilities, PLATE_FORMAT)
    saved = run.read_predictions()
    assert told["text"].tolist() == saved["text"].tolist()
    assert told["confidence"].tolist() == pytest.approx(saved["confidence"].tolist(), abs=1e-4)


def configure_finding(folder: Path) -> TrainingConfig:
    return make_finding_training(folder, photos=PhotoOptions(), workers=2)


def assert_finds_alike(config: TrainingConfig, run: RunFolder, bundle_dir: Path) -> None:
    """Check that a bundle finds what the run itself found, and is as sure of it."""
    frame = read_photos(Path(config.manifest))
    paths = frame[frame["split"] == config.validation_split]["image_path"]
    finder, saved = Finder.load(bundle_dir), run.read_predictions()
    for path, text in zip(paths, saved["found"], strict=True):
        picture, known = read_picture(Path(path)), read_found(text)
        found = finder.decode(finder.predict(picture), picture.shape[:2], 0.01)
        assert found.scores[: len(known)] == pytest.approx(known.scores, abs=1e-3)


@dataclass(frozen=True)
class TaskCase:
    """What a task needs to be tried; a new task is a row of `TASKS`.

    Attributes:
        configure: Writes examples into a folder; returns a training of two epochs on them.
        check: Compares an exported bundle with what the run predicted.
    """

    configure: Callable[[Path], TrainingConfig]
    check: Callable[[TrainingConfig, RunFolder, Path], None]


TASKS = {
    "reading": TaskCase(configure_reading, assert_reads_alike),
    "finding": TaskCase(configure_finding, assert_finds_alike),
}


@pytest.fixture
def train(tmp_path):
    """A function that trains on JAX in a process of its own and returns how that ended."""

    def run(config: TrainingConfig, *run_dirs: Path, stop_after: int = 0) -> int:
        path = tmp_path / "config.json"
        path.write_text(config.model_dump_json())
        command = [sys.executable, "-m", "tests.kit.backend_process", str(path), str(stop_after)]
        answer = subprocess.run(
            [*command, ",".join(OUT_OF_REACH), *map(str, run_dirs)],
            env=os.environ | {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
            cwd=REPOSITORY_DIR,
            capture_output=True,
            text=True,
        )
        assert answer.returncode in (0, KILLED), answer.stderr
        return answer.returncode

    return run


@pytest.fixture
def tiny_network(monkeypatch):
    monkeypatch.setitem(backbones._BACKBONES, "compact", tiny_backbone())


@pytest.mark.backends
@pytest.mark.usefixtures("tiny_network")
@pytest.mark.parametrize("task", TASKS)
def test_a_task_trains_on_jax_alone_goes_on_and_is_exported(train, tmp_path, task):
    config = TASKS[task].configure(tmp_path / "examples")
    whole, broken = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "broken")
    assert train(config, whole.path, broken.path, stop_after=1) == KILLED
    assert (broken.state, len(broken.read_history())) == ("started", 1)
    assert train(config, broken.path) == 0
    assert (broken.state, len(broken.read_history())) == ("finished", 2)
    assert broken.read_config()["backend"] == "jax"
    losses = [run.read_history()["loss"].tolist() for run in (whole, broken)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)

    bundle_dir = tmp_path / "bundle"
    exported = CliRunner().invoke(app, ["export", str(broken.path), "--out", str(bundle_dir)])
    assert exported.exit_code == 0, exported.stderr
    TASKS[task].check(config, broken, bundle_dir)


@pytest.mark.parametrize("package", ["tensorflow", "gradio"])
def test_the_barrier_lets_nothing_through(monkeypatch, package):
    monkeypatch.setattr(sys, "meta_path", [Barrier([package]), *sys.meta_path])
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ModuleNotFoundError, match=f"'{package}': out of reach"):
        importlib.import_module(package)
    importlib.import_module("json")
