import numpy as np
import pandas as pd
import pytest

from lpr_core.plates.format import encode_plates, one_hot
from lpr_core.study.designs import NOISE_GRID
from lpr_core.study.running.robustness import (
    MAX_TRAIN_EXAMPLES,
    make_noisy,
    read_noisy,
    score_train,
)
from lpr_core.tasks.reading import TASK
from lpr_core.tasks.reading.task import ReadingTask
from tests.kit.training_kit import (
    HEIGHT,
    PLATE_FORMAT,
    WIDTH,
    make_reading_config,
    write_plates,
)

CONFIG = make_reading_config()


class Oracle:
    """Reads clean pictures of known plates right, and all else as the first symbols."""

    def __init__(self, plates: pd.DataFrame) -> None:
        targets = one_hot(encode_plates(list(plates["plate_text"]), PLATE_FORMAT), PLATE_FORMAT)
        pictures = TASK.read_pictures(plates, CONFIG)
        self.known = {p.tobytes(): t for p, t in zip(pictures, targets, strict=True)}
        self.unknown = one_hot(np.zeros((1, 3), np.int64), PLATE_FORMAT)[0]
        self.seen: list[np.ndarray] = []

    def predict_on_batch(self, pictures):
        assert pictures.dtype == np.float32
        self.seen.append(pictures)
        keys = [picture.astype(np.uint8).tobytes() for picture in pictures]
        return np.stack([self.known.get(key, self.unknown) for key in keys])


@pytest.fixture(scope="module")
def plates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plates")
    table = pd.read_csv(write_plates(folder), dtype=str, keep_default_na=False)
    return table.assign(image_path=[str(folder / name) for name in table["image_path"]])


def test_clean_plates_are_read_right_and_noisy_ones_are_noisy(plates):
    table = read_noisy(Oracle(plates), CONFIG, plates)
    assert list(table.columns) == ["strength", "plate", "text", "confidence"]
    assert list(table["strength"].unique()) == list(NOISE_GRID)
    for strength, rows in table.groupby("strength"):
        assert list(rows["plate"]) == list(range(len(plates)))
        expected = list(plates["plate_text"]) if strength == 0 else ["000"] * len(plates)
        assert list(rows["text"]) == expected
    assert set(table["confidence"]) == {1.0}


def test_all_networks_read_the_same_noise(plates):
    first, second = Oracle(plates), Oracle(plates[:1])
    for oracle in (first, second):
        read_noisy(oracle, CONFIG, plates, [0.05])
    np.testing.assert_array_equal(first.seen[0], second.seen[0])


def test_noise_has_its_strength_and_differs_from_plate_to_plate():
    grey = np.full((300, HEIGHT, WIDTH, 3), 128, np.uint8)
    noisy = np.concatenate(list(make_noisy(grey, 0.1)))
    assert noisy.shape == grey.shape
    assert noisy.std() == pytest.approx(25.5, rel=0.02)
    assert len(np.unique(noisy.reshape(300, -1), axis=0)) == 300
    assert (grey == 128).all()


def test_training_plates_are_scored(plates):
    oracle = Oracle(plates[:17])
    scores = score_train(oracle, CONFIG, plates)
    assert scores.keys() == {"character_accuracy", "plate_accuracy", "count"}
    assert scores["count"] == 34
    right = 17 + sum(plates["plate_text"][17:] == "000")
    assert scores["plate_accuracy"] == pytest.approx(right / 34)
    assert scores["plate_accuracy"] < scores["character_accuracy"] < 1


def test_at_most_a_thousand_training_plates_are_scored(plates, monkeypatch):
    many = pd.concat([plates] * 40, ignore_index=True)
    oracle = Oracle(plates)
    monkeypatch.setattr(
        ReadingTask, "read_pictures", lambda _, rows, __: np.zeros((len(rows), 1, 1, 3), np.uint8)
    )
    assert score_train(oracle, CONFIG, many)["count"] == MAX_TRAIN_EXAMPLES
