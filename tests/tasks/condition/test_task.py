"""A network learns to tell clean plates from dirty ones, whatever stands on its backbone."""

import cv2
import numpy as np
import pytest

from lpr_core.backbones import build as backbones
from lpr_core.synthesis import PlateOrder, generate_plates
from lpr_core.tasks.condition import TASK, ConditionConfig
from lpr_core.training.config import TrainingConfig
from lpr_core.training.fit import train_run
from tests.kit.training_kit import eager_networks, tiny_backbone

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plates")
    path = generate_plates(
        PlateOrder((), 60, seed=0, severity=(0.0, 0.2), soiled=(0.6, 0.9)), folder, jobs=1
    )
    lines = path.read_text().splitlines()
    ends = ["split", *(["train"] * 40), *(["validation"] * 20)]
    path.write_text("\n".join(f"{line},{end}" for line, end in zip(lines, ends, strict=True)))
    return path


def test_every_second_drawn_plate_is_soiled(manifest):
    frame = TASK.read_examples(manifest, ConditionConfig())
    assert list(frame["label"][:4]) == ["clean", "dirty", "clean", "dirty"]


def configure(manifest, **network) -> TrainingConfig:
    return TrainingConfig(
        manifest=str(manifest),
        network={
            "task": "condition",
            "backbone": "compact",
            "height": 16,
            "width": 48,
            "dropout": 0.0,
            **network,
        },
        epochs=12,
        batch_size=8,
        learning_rate=0.01,
        workers=1,
    )


@pytest.fixture(scope="module")
def lights(tmp_path_factory):
    """Bright pictures that are called clean, dark ones that are called dirty."""
    folder = tmp_path_factory.mktemp("lights")
    rng = np.random.default_rng(0)
    rows = ["image_path,label,split"]
    for index in range(48):
        level = 215 if index % 2 else 40
        picture = rng.integers(level - 30, level + 30, (16, 48, 3)).astype(np.uint8)
        cv2.imwrite(str(folder / f"{index}.png"), picture)
        split = "train" if index < 28 else "validation"
        rows.append(f"{index}.png,{'clean' if index % 2 else 'dirty'},{split}")
    (folder / "manifest.csv").write_text("\n".join(rows))
    return folder / "manifest.csv"


@pytest.mark.parametrize("network", [{"top": "flat", "balance": True}, {"dense_units": 8}])
def test_it_learns(lights, network, tmp_path, monkeypatch):
    monkeypatch.setitem(backbones._BACKBONES, "compact", tiny_backbone())
    with eager_networks():
        run = train_run(configure(lights, **network), tmp_path / "run")
    metrics = run.read_metrics()
    assert metrics["count"] == 20
    assert metrics["area_under_curve"] > 0.9
    said = run.read_predictions()
    assert set(said["said"]) <= {"clean", "dirty"}
    assert said["chance"].between(0, 1).all()
    assert TASK.score_units(said, said).mean() == metrics["picture_accuracy"]


def test_classes_are_balanced_by_the_training_examples(manifest):
    frame = TASK.read_examples(manifest, ConditionConfig())
    few = frame.drop(frame[frame["label"] == "dirty"].index[5:])
    network = TASK.prepare_network(ConditionConfig(balance=True), few, None)
    assert network.second_weight == pytest.approx(30 / 5)
    with pytest.raises(ValueError, match="Received: 30 and 0"):
        TASK.prepare_network(ConditionConfig(balance=True), frame[frame["label"] == "clean"], None)


def test_the_baseline_says_the_usual_class(manifest):
    frame = TASK.read_examples(manifest, ConditionConfig())
    told = TASK.measure_baseline(frame[:3], frame, ConditionConfig())
    assert told == {"picture_accuracy": 0.5, "label": "clean"}
    assert TASK.encode_targets(frame[:2], ConditionConfig()).tolist() == [[0.0], [1.0]]
    pictures = TASK.read_pictures(frame[:2], ConditionConfig(height=16, width=48))
    assert pictures.shape == (2, 16, 48, 3)
