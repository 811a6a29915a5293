import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from lpr_core.augment.photo_options import PhotoOptions
from lpr_core.cli import app
from lpr_core.data.batches import BatchOptions
from lpr_core.tasks.finding import TASK
from lpr_core.tasks.finding.batches import cut_background
from lpr_core.tasks.finding.examples import Photo
from lpr_core.tasks.finding.network import find_default_boxes
from lpr_core.tasks.finding.predictions import read_things
from lpr_core.tasks.networks import load_network
from lpr_core.training.fit import train_run
from lpr_core.training.runs import RunFolder, history_columns
from tests.kit.drawn_signs import CLASSES, SOUTH
from tests.kit.finding_kit import COUNTS, make_finding_config, make_finding_training, tiny_finding

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module", autouse=True)
def tiny_network():
    with tiny_finding():
        yield


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A run on signs of one country, which names neither classes nor default boxes."""
    folder = tmp_path_factory.mktemp("north")
    config = make_finding_training(
        folder / "photos",
        network=make_finding_config(classes=(), num_default_boxes=3, l2=1e-4),
        photos=PhotoOptions(),
    )
    return config, train_run(config, folder / "run")


def test_a_run_takes_classes_and_default_boxes_from_its_photos(first):
    _, run = first
    network = run.read_config()["config"]["network"]
    assert network["classes"] == list(CLASSES)
    assert len(network["default_boxes"]) == 3


def test_the_history_tells_the_parts_of_the_loss(first):
    _, run = first
    history = run.read_history()
    assert list(history) == list(history_columns(TASK))
    parts = history[["class_loss", "box_loss", "corner_loss"]] * [1, 1, 0.5]
    # The penalty is that of the epoch's last weights, the loss its mean.
    assert (parts.sum(axis=1) + history["penalty"]).to_numpy() == pytest.approx(
        history["loss"].to_numpy(), rel=0.02
    )
    assert history["val_photo_f1"].between(0, 1).all()
    assert history["val_class_loss"].gt(0).all()


def test_the_predictions_are_scored_photo_by_photo(first):
    _, run = first
    table, metrics = run.read_predictions(), run.read_metrics()
    assert len(table) == metrics["count"] == COUNTS["validation"]
    scores = TASK.score_units(table, table)
    assert scores.shape == (len(table), 1)
    # Rounded edges may move a photo by a hair.
    assert scores.mean() == pytest.approx(metrics["photo_f1"], abs=0.02)


def test_a_finished_run_is_left_alone(first, monkeypatch):
    config, run = first
    monkeypatch.setattr("lpr_core.training.fit._train", None)
    assert train_run(config, run.path).state == "finished"


def test_a_second_country_starts_from_the_first(first, tmp_path):
    _, donor = first
    network = make_finding_config(
        classes=(), weights=str(donor.path), weights_scope="network", freeze=1.0, l2=1e-4
    )
    config = make_finding_training(
        tmp_path / "south", SOUTH, network=network, learning_rate=1e-9, epochs=1
    )
    run = train_run(config, tmp_path / "run")
    known, moved = (one.read_config()["config"]["network"] for one in (donor, run))
    assert moved["default_boxes"] == known["default_boxes"]
    before, after = (load_network(one.path).get_layer("backbone") for one in (donor, run))
    np.testing.assert_array_equal(before.get_weights()[0], after.get_weights()[0])
    assert run.read_history()["frozen_penalty"].gt(0).all()


def test_examples_say_what_is_on_the_canvas(tmp_path):
    config = make_finding_training(tmp_path)
    examples = TASK.read_examples(tmp_path / "manifest.csv", config.network)
    assert set(examples["height"]) == {64}
    row = examples[examples["boxes"].map(len) > 0].iloc[0]
    np.testing.assert_allclose(read_things(row["truth"]).edges, row["boxes"] / 64, atol=1e-5)
    targets = TASK.encode_targets(examples, config.network)
    assert targets.shape[0] == len(examples)
    assert TASK.read_pictures(examples[:2], config.network).shape == (2, 64, 64, 3)
    baseline = TASK.measure_baseline(examples, examples, config.network)
    assert 0 <= baseline["photo_f1"] <= 1


def test_batches_hold_what_is_left_of_changed_photos(tmp_path):
    config = make_finding_training(tmp_path)
    network = config.network.model_copy(update={"default_boxes": ((0.2, 0.2), (0.3, 0.3))})
    examples = TASK.read_examples(tmp_path / "manifest.csv", network)
    options = BatchOptions(4, photos=PhotoOptions(), cache_bytes=10**6)
    pictures, targets = TASK.make_batches(examples, network, options)[0]
    assert pictures.shape == (4, 64, 64, 3)
    assert targets.shape == (4, len(find_default_boxes(network)), 14)
    assert (targets[..., 0] > 0).any()
    still = TASK.make_batches(examples, network, BatchOptions(4))
    np.testing.assert_array_equal(still[0][1][1], still.target_of(1))


def test_scenes_need_plates(tmp_path):
    config = make_finding_training(tmp_path)
    network = config.network.model_copy(update={"default_boxes": ((0.2, 0.2),)})
    examples = TASK.read_examples(tmp_path / "manifest.csv", network)
    options = BatchOptions(4, scene_share=1.0)
    with pytest.raises(ValueError, match=r"must know the class plate\. Received: limit"):
        TASK.make_batches(examples, network, options)
    plates = network.model_copy(update={"classes": ("plate",)})
    pictures, targets = TASK.make_batches(examples, plates, options)[0]
    assert pictures.shape == (4, 64, 64, 3)
    assert targets[..., 13].any()  # drawn plates have corners


def test_a_background_has_nothing_in_it():
    picture = np.zeros((100, 80, 3), np.uint8)
    picture[60:80, 20:50] = 255
    boxes = np.array([[20.0, 60, 50, 80]])
    photo = Photo(picture, boxes, np.full((1, 4, 2), np.nan), np.array([1]))
    strip = cut_background(photo)
    assert strip.shape == (60, 80, 3)
    assert not strip.any()
    assert cut_background(photo._replace(picture=picture[55:85])) is None


def test_train_takes_a_task(tmp_path):
    config = make_finding_training(tmp_path / "photos")
    settings = {
        "epochs": 1,
        "steps_per_epoch": 1,
        "batch_size": 4,
        "network.backbone": "compact",
        "network.height": 32,
        "network.width": 32,
    }
    options = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    run_dir = tmp_path / "run"
    answer = CliRunner().invoke(
        app,
        [
            *("train", "--task", "finding", "--manifest", config.manifest),
            *("--run-dir", str(run_dir), *options),
        ],
    )
    assert answer.exit_code == 0, answer.stderr
    assert "Average precision" in answer.stdout
    assert RunFolder(run_dir).task.name == "finding"
    wrong = CliRunner().invoke(app, ["train", "--task", "seeing", "--manifest", "x"])
    assert "finding" in wrong.stderr
    assert isinstance(RunFolder(run_dir).read_predictions(), pd.DataFrame)
