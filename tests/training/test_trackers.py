import sys
from types import ModuleType, SimpleNamespace

import pytest

from lpr_core.training.callbacks import TrainingProgress
from lpr_core.training.config import TrainingConfig
from lpr_core.training.runs import RunFolder
from lpr_core.training.trackers import check_trackers, open_trackers, tracker_names

CONFIG = TrainingConfig(manifest="plates.csv", seed=3)
ROW = {"epoch": 2, "loss": 0.5, "val_loss": 0.75}


class FakeWriter:
    """Keeps what `tensorboard.summary.Writer` would write."""

    def __init__(self, folder: str) -> None:
        self.folder, self.scalars, self.is_closed = folder, [], False
        made.append(self)

    def add_scalar(self, name, value, step):
        self.scalars.append((name, value, step))

    def close(self):
        self.is_closed = True


class FakeClient:
    """Keeps what `mlflow.MlflowClient` would send."""

    def __init__(self) -> None:
        self.calls = []
        self.runs = 0
        made.append(self)

    def get_experiment_by_name(self, name):
        return None

    def create_experiment(self, name):
        return f"experiment {name}"

    def create_run(self, experiment_id, run_name):
        self.calls.append(("create", experiment_id, run_name))
        return SimpleNamespace(info=SimpleNamespace(run_id="r1"))

    def log_param(self, *call):
        self.calls.append(("param", *call))

    def log_metric(self, run_id, name, value, step):
        self.calls.append(("metric", run_id, name, value, step))

    def set_terminated(self, run_id, status):
        self.calls.append(("end", run_id, status))


made: list = []


@pytest.fixture(autouse=True)
def fake_packages(monkeypatch):
    made.clear()
    summary = ModuleType("tensorboard.summary")
    summary.Writer = FakeWriter
    mlflow = ModuleType("mlflow")
    mlflow.MlflowClient = FakeClient
    monkeypatch.setitem(sys.modules, "tensorboard", ModuleType("tensorboard"))
    monkeypatch.setitem(sys.modules, "tensorboard.summary", summary)
    monkeypatch.setitem(sys.modules, "mlflow", mlflow)


def track(tmp_path, *names, rows=(ROW,)):
    with open_trackers(names, RunFolder(tmp_path), "study/a/seed-3", CONFIG) as listen:
        listen(TrainingProgress(1, 4, 1, 10, 0.5, None))  # within an epoch: nothing to write
        for row in rows:
            listen(TrainingProgress(2, 4, 0, 10, 0.5, None, row))


def test_tensorboard_gets_each_epoch(tmp_path):
    track(tmp_path, "tensorboard")
    assert made[0].folder == str(tmp_path / "tensorboard")
    assert made[0].scalars == [("loss", 0.5, 2), ("val_loss", 0.75, 2)]
    assert made[0].is_closed


def test_mlflow_gets_settings_and_each_epoch(tmp_path):
    track(tmp_path, "mlflow")
    calls = made[0].calls
    assert calls[0] == ("create", "experiment lpr", "study/a/seed-3")
    assert ("param", "r1", "seed", 3) in calls
    assert ("param", "r1", "network.backbone", "efficientnet_b0") in calls
    assert calls[-3:] == [
        ("metric", "r1", "loss", 0.5, 2),
        ("metric", "r1", "val_loss", 0.75, 2),
        ("end", "r1", "FINISHED"),
    ]


def test_a_run_that_goes_on_goes_on_in_mlflow(tmp_path):
    track(tmp_path, "mlflow")
    track(tmp_path, "mlflow", rows=[{"epoch": 3, "loss": 0.25}])
    assert made[1].calls == [("metric", "r1", "loss", 0.25, 3), ("end", "r1", "FINISHED")]


def test_a_run_that_fails_failed_in_mlflow(tmp_path):
    with (
        pytest.raises(ArithmeticError),
        open_trackers(["mlflow"], RunFolder(tmp_path), "run", CONFIG),
    ):
        raise ArithmeticError
    assert made[0].calls[-1] == ("end", "r1", "FAILED")


def test_both_at_once_and_none(tmp_path):
    track(tmp_path, *tracker_names())
    assert len(made) == 2
    track(tmp_path)
    assert len(made) == 2


@pytest.mark.parametrize("name", tracker_names())
def test_a_missing_package_is_one_sentence(name, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, f"{name}.summary", None)
    with pytest.raises(ValueError, match=rf"^`--log {name}` needs the package {name}.*, which"):
        check_trackers([name])


def test_an_unknown_tracker_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"written to tensorboard, mlflow\. Received: 'wandb'"):
        check_trackers(["wandb"])
