import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lpr_core.cli import app
from tests.kit.histories import HISTORY_COLUMNS


def call(*arguments):
    return CliRunner().invoke(app, arguments)


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "user"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def trained(monkeypatch):
    """Configurations that `train_run` was called with; it reports two steps and an epoch."""
    fit = pytest.importorskip("lpr_core.training.fit")
    from lpr_core.training.callbacks import TrainingProgress
    from lpr_core.training.runs import RunFolder

    calls = []

    def train_run(config, run_dir, on_progress):
        calls.append((config, run_dir))
        row = dict.fromkeys(HISTORY_COLUMNS, 0.5)
        on_progress(TrainingProgress(0, 1, 1, 2, 0.75, None))
        on_progress(TrainingProgress(0, 1, 2, 2, 0.5, 61.0))
        on_progress(TrainingProgress(1, 1, 0, 2, 0.5, 0.0, row))
        folder = RunFolder(run_dir)
        folder.write_metrics({"plate_accuracy": 0.25})
        return folder

    monkeypatch.setattr(fit, "train_run", train_run)
    return calls


def test_settings_of_file_and_line_are_merged(trained, tmp_path):
    Path("run.json").write_text(
        json.dumps({"config": {"manifest": "old.csv", "epochs": 3, "seed": 4}, "data": {}})
    )
    arguments = ["--config", "run.json", "--manifest", "new.csv", "--run-dir", "run"]
    arguments += ["--set", "epochs=5", "--set", "network.head=positional"]
    arguments += ["--set", "camera_severity=[0.1, 0.5]"]
    result = call("train", *arguments)
    assert result.exit_code == 0, result.stderr
    config, run_dir = trained[0]
    assert (config.manifest, config.epochs, config.seed) == ("new.csv", 5, 4)
    assert config.network.head == "positional"
    assert config.camera_severity == (0.1, 0.5)
    assert run_dir == Path("run")
    assert result.stdout.splitlines() == [
        "Run folder: run",
        "Validation plates read whole: 0.250.",
    ]
    assert "epoch 1 of 1: loss 0.5000" in result.stderr


def test_run_folder_is_below_the_runs_by_default(trained, tmp_path, monkeypatch):
    monkeypatch.setenv("LPR_RUNS_DIR", str(tmp_path / "runs"))
    call("train", "--manifest", "m.csv")
    assert trained[0][1].parent == tmp_path / "runs"


@pytest.mark.parametrize("content", ["[]", "not json"])
def test_bad_file_is_refused(content):
    Path("bad.json").write_text(content)
    result = call("train", "--config", "bad.json")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "bad.json" in result.stderr


def test_setting_inside_a_plain_value_is_refused():
    result = call("train", "--set", "seed=1", "--set", "seed.inner=2")
    assert "seed has no settings inside" in result.stderr


def test_settings_are_listed_as_they_are_set():
    lines = call("train", "--list-settings").stdout.splitlines()
    assert {"epochs=10", 'network.backbone="efficientnet_b0"', "clip_norm=null"} <= set(lines)


def test_diverged_run_is_a_sentence(monkeypatch):
    fit = pytest.importorskip("lpr_core.training.fit")

    def train_run(*_, **__):
        raise fit.DivergedError("the loss became nan in step 3 of epoch 1")

    monkeypatch.setattr(fit, "train_run", train_run)
    result = call("train", "--manifest", "m.csv", "--run-dir", "run")
    assert result.stderr.splitlines()[-1] == "lpr: the loss became nan in step 3 of epoch 1"
    assert result.exit_code == 1
