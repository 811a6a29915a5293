import json

import keras
import numpy as np
import pandas as pd
import pytest

from lpr_core.backbones import build as backbones
from lpr_core.plates.format import encode_plates
from lpr_core.plates.metrics import score_plates
from lpr_core.tasks.networks import load_network
from lpr_core.tasks.reading.network import plate_accuracy
from lpr_core.tasks.reading.scores import measure_loss
from lpr_core.training import fit
from lpr_core.training.callbacks import EpochKeeper, TrainingProgress
from lpr_core.training.fit import DivergedError, train_run
from lpr_core.training.runs import RunFolder
from tests.kit.histories import HISTORY_COLUMNS
from tests.kit.training_kit import (
    PLATE_FORMAT,
    eager_networks,
    make_reading_config,
    make_training_config,
    tiny_backbone,
    write_plates,
)

# h5py hands arrays to NumPy 2 in the old way when Keras writes weights.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

# Every mechanism whose state a resumed run has to find again.
STATEFUL = {
    "schedule and average": {
        "optimizer": "adamw",
        "schedule": "cosine",
        "warmup": 0.2,
        "clip_norm": 1.0,
        "ema_momentum": 0.8,
        "label_smoothing": 0.1,
        "noise_strength": 0.02,
        "camera_severity": (0.0, 0.3),
        "steps_per_epoch": 2,
        "keep": "best",
    },
    "plateau": {"plateau_patience": 1, "monitor": "val_plate_accuracy", "workers": 2},
}


class DiskError(Exception):
    pass


@pytest.fixture(scope="module", autouse=True)
def tiny_network():
    """A network of one convolution in the place of `compact`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(backbones._BACKBONES, "compact", tiny_backbone())
        yield


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    return write_plates(tmp_path_factory.mktemp("plates"))


@pytest.fixture(scope="module")
def eager():
    """Runs steps eagerly: to compile one takes longer than to run all."""
    with eager_networks():
        yield


@pytest.fixture(scope="module")
def finished(eager, manifest, tmp_path_factory):
    """A configuration, its finished run and all that it told; read only."""
    config = make_training_config(manifest, epochs=2, seed=3, keep="best")
    told: list[TrainingProgress] = []
    folder = train_run(config, tmp_path_factory.mktemp("runs") / "run", told.append)
    return config, folder, told


def train_and_die(config, run_dir, *, epoch: int) -> None:
    """Train as a process that is killed within an epoch: nothing is tidied up."""

    def die(self, batch, logs=None):
        if self.train.epoch == epoch and batch == 1:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EpochKeeper, "on_train_batch_end", die)
        with pytest.raises(KeyboardInterrupt):
            train_run(config, run_dir)


def test_a_compiled_run_learns_to_read(manifest, tmp_path):
    config = make_training_config(manifest, epochs=2, steps_per_epoch=60, ema_momentum=0.9)
    history = train_run(config, tmp_path / "run").read_history()
    assert list(history["epoch"]) == [1, 2]
    assert history["loss"].iloc[-1] < 0.4 < history["loss"].iloc[0]
    assert history["val_character_accuracy"].iloc[-1] > 0.6  # a guess is right at 0.25


def test_a_finished_run_leaves_everything_behind(finished):
    _, folder, _ = finished
    assert (folder.state, folder.reason) == ("finished", "")
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "config.json",
        "history.csv",
        "metrics.json",
        "network.json",
        "network.weights.h5",
        "predictions.csv.gz",
        "state.json",
    ]
    assert tuple(folder.read_history().columns) == HISTORY_COLUMNS


def test_predictions_and_metrics_agree(finished, manifest):
    _, folder, _ = finished
    table, metrics = folder.read_predictions(), folder.read_metrics()
    validation = pd.read_csv(manifest, dtype=str, keep_default_na=False).iloc[24:]
    assert list(table["truth"]) == list(validation["plate_text"])
    assert list(table["plate_region"]) == list(validation["plate_region"])
    assert metrics["plate_accuracy"] == (table["truth"] == table["text"]).mean()
    assert (metrics["count"], metrics["epochs"], metrics["kept"]) == (10, 2, "best")
    product = table["slot_confidences"].str.split().map(lambda row: np.prod(list(map(float, row))))
    np.testing.assert_allclose(table["confidence"], product, atol=1e-3)


def test_the_kept_weights_made_the_predictions(finished):
    config, folder, _ = finished
    _, batches = fit._make_batches(config, (*fit._read_examples(config), None))
    probabilities = load_network(folder.path).predict(batches, verbose=0)
    scores = score_plates(batches.truth, probabilities)
    assert scores["character_accuracy"] == folder.read_metrics()["character_accuracy"]
    best = folder.read_history()["val_loss"].min()
    assert measure_loss(batches.truth, probabilities, 0.0)["loss"] == pytest.approx(best)


def test_progress_is_told(finished):
    _, folder, told = finished
    assert {(p.epochs, p.steps) for p in told} == {(2, 3)}
    assert [(p.epoch, p.step) for p in told] == [
        *[(0, 1), (0, 2), (0, 3), (1, 0)],
        *[(1, 1), (1, 2), (1, 3), (2, 0)],
    ]
    assert told[0].seconds_left is None
    assert told[-1].seconds_left == 0
    assert all(p.seconds_left > 0 for p in told[1:-2])
    assert [p.row for p in told if p.row] == folder.read_history_rows()


def test_a_finished_run_is_not_trained_again(finished):
    config, folder, _ = finished
    before = (folder.path / "history.csv").stat().st_mtime_ns
    steps: list[TrainingProgress] = []
    # The number of workers changes nothing about the outcome.
    again = train_run(config.model_copy(update={"workers": 2}), folder.path, steps.append)
    assert (again, steps) == (folder, [])
    assert (folder.path / "history.csv").stat().st_mtime_ns == before


def test_another_run_is_refused(finished, manifest):
    _, folder, _ = finished
    other = make_training_config(manifest, make_reading_config(head="pooled"), keep="best")
    with pytest.raises(ValueError, match=r"different: network\.head, seed, epochs\. Choose"):
        train_run(other, folder.path)


def test_other_plates_are_refused(finished, manifest, monkeypatch):
    config, folder, _ = finished
    plates = fit._read_examples(config)
    monkeypatch.setattr(fit, "_read_examples", lambda _: (plates[0][:-1], plates[1]))
    with pytest.raises(ValueError, match="different: the examples of the manifest"):
        train_run(config, folder.path)


def test_a_setting_that_is_younger_than_the_run_has_its_default(finished, tmp_path):
    config, folder, _ = finished
    record = folder.read_config()
    del record["config"]["label_smoothing"]
    older = RunFolder(tmp_path)
    older.write_config(record)
    older.write_state("finished")
    assert train_run(config, tmp_path) == older


def test_the_configuration_is_written_before_the_first_step(eager, manifest, tmp_path):
    config = make_training_config(manifest, camera_severity=(0.1, 0.2))
    train_and_die(config, tmp_path / "run", epoch=0)
    folder = RunFolder(tmp_path / "run")
    record = folder.read_config()
    assert folder.state == "started"
    assert folder.read_history().empty
    assert record["config"] == json.loads(config.model_dump_json())
    assert (record["data"]["train_rows"], record["data"]["validation_rows"]) == (24, 10)
    assert record["backend"] == keras.config.backend()
    expected = {"config", "data", "code", "backend", "device", "versions", "created"}
    assert set(record) == expected


@pytest.mark.parametrize("settings", STATEFUL.values(), ids=STATEFUL)
def test_a_killed_run_goes_on_as_if_nothing_had_been(eager, manifest, tmp_path, settings):
    config = make_training_config(manifest, epochs=4, **settings)
    unbroken = train_run(config, tmp_path / "unbroken")
    train_and_die(config, tmp_path / "killed", epoch=2)
    # Killed once more, between the writing of the history and of the checkpoint.
    folder = RunFolder(tmp_path / "killed")
    folder.write_history([*folder.read_history_rows(), {"epoch": 3}])
    resumed = train_run(config, folder.path)

    columns = list(HISTORY_COLUMNS[:-1])  # without the seconds
    np.testing.assert_allclose(
        resumed.read_history()[columns], unbroken.read_history()[columns], rtol=1e-4
    )
    pd.testing.assert_series_equal(
        resumed.read_predictions()["text"], unbroken.read_predictions()["text"]
    )


def test_equal_seeds_give_equal_runs(eager, manifest, tmp_path):
    histories = [
        train_run(make_training_config(manifest, epochs=1, seed=seed), tmp_path / name)
        .read_history()[["loss", "val_loss"]]
        .to_numpy()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    np.testing.assert_allclose(histories[0], histories[1], rtol=1e-5)
    assert not np.allclose(histories[0], histories[2], rtol=1e-3)


def test_photos_of_a_second_manifest_are_learned_from_too(eager, manifest, tmp_path):
    extra = write_plates(tmp_path / "extra", 6, 2)
    config = make_training_config(
        manifest, extra_manifest=str(extra), extra_share=0.25, camera_severity=0.2, epochs=1
    )
    run = train_run(config, tmp_path / "run")
    data = run.read_config()["data"]
    assert (data["train_rows"], data["extra_rows"]) == (24, 6)
    assert data["extra_fingerprint"] != data["train_fingerprint"]
    (row,) = run.read_history_rows()
    assert np.isfinite(row["loss"])
    alone = train_run(config.model_copy(update={"extra_manifest": None}), tmp_path / "alone")
    assert "extra_rows" not in alone.read_config()["data"]
    assert alone.read_history_rows()[0]["loss"] != row["loss"]


def test_a_loss_that_is_no_number_ends_the_run(eager, manifest, tmp_path):
    config = make_training_config(manifest).model_copy(update={"learning_rate": 1e30})
    with pytest.raises(DivergedError, match=r"^the loss became nan in step . of epoch 1$"):
        train_run(config, tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    assert folder.state == "failed"
    assert folder.reason.startswith("DivergedError: the loss became nan")
    assert folder.read_metrics() == {}


def test_any_error_ends_the_run_with_its_reason(manifest, tmp_path, monkeypatch):
    def fail(*_):
        raise DiskError("no more disk")

    monkeypatch.setattr(fit, "_train", fail)
    with pytest.raises(DiskError):
        train_run(make_training_config(manifest), tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    assert (folder.state, folder.reason) == ("failed", "DiskError: no more disk")


def test_early_stopping(eager, manifest, tmp_path):
    # With this rate the network cannot move: the first epoch stays the best.
    config = make_training_config(
        manifest,
        epochs=9,
        steps_per_epoch=1,
        learning_rate=1e-12,
        early_stopping_patience=2,
        monitor="val_character_accuracy",
        keep="best",
    )
    folder = train_run(config, tmp_path / "run")
    assert len(folder.read_history()) == folder.read_metrics()["epochs"] == 3
    assert folder.read_metrics()["best_epoch"] == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"train_split": "tran"}, r"no examples in the split 'tran'; it has: train, validation\."),
        ({"batch_size": 99}, r"must fill a batch of 99\. Received: 24 rows"),
    ],
)
def test_unfit_data(manifest, tmp_path, settings, message):
    with pytest.raises(ValueError, match=message):
        train_run(make_training_config(manifest, **settings), tmp_path / "run")


def test_two_manifests_without_splits_are_taken_whole(tmp_path):
    manifests = [write_plates(tmp_path / name, count, 0) for name, count in (("a", 12), ("b", 5))]
    for path in manifests:
        pd.read_csv(path, dtype=str).drop(columns="split").to_csv(path, index=False)
    config = make_training_config(manifests[0], validation_manifest=str(manifests[1]))
    assert [len(frame) for frame in fit._read_examples(config)] == [12, 5]
    with pytest.raises(ValueError, match="must name splits, or `validation_manifest`"):
        fit._read_examples(make_training_config(manifests[0]))


def test_plate_accuracy_needs_every_slot():
    truth = np.eye(4, dtype=np.float32)[[[0, 1, 2], [0, 1, 2], [3, 3, 3]]]
    read = np.eye(4, dtype=np.float32)[[[0, 1, 2], [0, 1, 3], [0, 0, 0]]]
    np.testing.assert_array_equal(plate_accuracy(truth, read), [1, 0, 0])


@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_the_measured_loss_is_that_of_keras(label_smoothing):
    rng = np.random.default_rng(1)
    truth = encode_plates(["01X", "888"], PLATE_FORMAT)
    probabilities = rng.dirichlet(np.ones(4), size=(2, 3)).astype(np.float32)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=label_smoothing)
    measured = measure_loss(truth, probabilities, label_smoothing)
    expected = float(loss(np.eye(4, dtype=np.float32)[truth], probabilities))
    assert measured["loss"] == pytest.approx(expected, rel=1e-5)


def test_the_measured_accuracies():
    truth = np.array([[0, 1, 2], [0, 1, 2]])
    probabilities = np.eye(4, dtype=np.float32)[[[0, 1, 2], [0, 2, 1]]]
    measured = measure_loss(truth, probabilities, 0.0)
    assert measured["character_accuracy"] == pytest.approx(4 / 6)
    assert measured["plate_accuracy"] == 0.5
