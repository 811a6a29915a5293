import subprocess
import sys

import pandas as pd
import pytest

from lpr_core.training.runs import RunFolder, list_runs
from tests.kit.histories import HISTORY_COLUMNS


def make_row(epoch: int, **values: float) -> dict[str, float]:
    return {**dict.fromkeys(HISTORY_COLUMNS, 0.1), "epoch": epoch, **values}


@pytest.fixture
def folder(tmp_path) -> RunFolder:
    return RunFolder(tmp_path / "runs" / "first")


def test_an_empty_folder_holds_no_run(folder):
    assert folder.state is None
    assert folder.reason == ""
    assert folder.read_config() == folder.read_metrics() == {}
    assert folder.read_history_rows() == []
    assert folder.read_history().empty
    with pytest.raises(FileNotFoundError):
        folder.read_predictions()


@pytest.mark.parametrize(
    ("state", "reason"), [("started", ""), ("finished", ""), ("failed", "ValueError: no plates")]
)
def test_states(folder, state, reason):
    folder.write_state("started")
    folder.write_state(state, reason)
    assert (folder.state, folder.reason) == (state, reason)


def test_config_and_metrics_come_back(folder):
    folder.write_config({"config": {"seed": 1, "manifest": "São Paulo.csv"}, "versions": {}})
    folder.write_metrics({"plate_accuracy": 0.5, "plate_accuracy_interval": [0.4, 0.6]})
    assert folder.read_config()["config"]["manifest"] == "São Paulo.csv"
    assert folder.read_metrics()["plate_accuracy_interval"] == [0.4, 0.6]


def test_the_history_comes_back_to_the_last_digit(folder):
    rows = [make_row(1, loss=0.1 + 0.2), make_row(2, loss=1 / 3, val_loss=1e-17)]
    folder.write_history(rows)
    assert folder.read_history_rows() == rows


def test_predictions_keep_their_texts(folder):
    table = pd.DataFrame(
        {
            "image_path": ["a.png", "b.png"],
            "plate_region": ["", "br"],
            "truth": ["0012345", "NA"],
            "text": ["0012346", "1E10000"],
            "confidence": [0.5, 1.0],
            "slot_confidences": ["0.5 1.0", "1.0 1.0"],
        }
    )
    folder.write_predictions(table)
    pd.testing.assert_frame_equal(folder.read_predictions(), table)
    content = (folder.path / "predictions.csv.gz").read_bytes()
    folder.write_predictions(table)
    assert (folder.path / "predictions.csv.gz").read_bytes() == content


def test_runs_are_listed_newest_first(tmp_path):
    old, new = RunFolder(tmp_path / "old"), RunFolder(tmp_path / "new")
    network = {"backbone": "compact", "head": "pooled", "weights": "none"}
    old.write_config(
        {"config": {"seed": 4, "network": network}, "created": "2026-01-01T00:00:00+00:00"}
    )
    old.write_state("failed", "DivergedError: nan")
    old.write_history([make_row(1), make_row(2, val_plate_accuracy=0.75)])
    new.write_config({"config": {"seed": 5}, "created": "2026-01-02T00:00:00+00:00"})
    new.write_state("started")
    (tmp_path / "no run").mkdir()

    table = list_runs(tmp_path)
    assert list(table["name"]) == ["new", "old"]
    assert table.loc[1].to_dict() == {
        "name": "old",
        "path": str(tmp_path / "old"),
        "state": "failed",
        "reason": "DivergedError: nan",
        "created": "2026-01-01T00:00:00+00:00",
        "task": "reading",
        "backbone": "compact",
        "head": "pooled",
        "weights": "none",
        "seed": 4,
        "epochs": 2,
        "val_loss": 0.1,
        "val_character_accuracy": 0.1,
        "val_plate_accuracy": 0.75,
    }
    assert table.loc[0, "epochs"] == 0
    assert table.loc[0, ["backbone", "val_plate_accuracy"]].isna().all()


@pytest.mark.parametrize("exists", [True, False])
def test_no_runs(tmp_path, exists):
    folder = tmp_path / "runs"
    if exists:
        folder.mkdir()
    table = list_runs(folder)
    assert table.empty
    assert "val_plate_accuracy" in table


def test_reading_runs_needs_no_keras():
    code = "import sys, lpr_core.training; print('keras' in sys.modules, 'jax' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
