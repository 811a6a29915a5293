import keras
import numpy as np
import pytest

from lpr_core.diagnosis.batch_statistics import (
    extract_in_batch_mode,
    list_norms,
    measure_distances,
    measure_mode_change,
    measure_norms,
)
from lpr_core.diagnosis.probes import Parts
from lpr_core.diagnosis.stages import extract_maps
from lpr_core.evidence.suspects.judges import judge_norms

SLOTS, SYMBOLS = 2, 3


def plant_plates():
    """Truth and pictures whose halves show one colour for each symbol."""
    rng = np.random.default_rng(0)
    truth = Parts(rng.integers(0, SYMBOLS, (128, SLOTS)), rng.integers(0, SYMBOLS, (96, SLOTS)))
    pictures = Parts(*(np.zeros((len(texts), 4, 8, 3), np.uint8) for texts in truth))
    for texts, part in zip(truth, pictures, strict=True):
        for slot in range(SLOTS):
            part[:, :, 4 * slot : 4 * slot + 4] = 200 * np.eye(3)[texts[:, slot]][:, None, None]
    return truth, pictures


def build_network(stored_mean=67.0, stored_variance=8900.0, frozen=True):
    """BatchNormalization that right statistics leave legible and wrong ones drive into ReLU's 0."""
    image = keras.Input((4, 8, 3))
    norm = keras.layers.BatchNormalization(name="bn", epsilon=1e-3)
    features = keras.layers.AveragePooling2D(4)(image)
    features = norm(features)
    network = keras.Model(image, keras.layers.Dropout(0.5)(keras.layers.ReLU()(features)))
    norm.set_weights(
        [np.ones(3), np.zeros(3), np.full(3, stored_mean), np.full(3, stored_variance)]
    )
    network.trainable = not frozen
    return network


def diagnose(build):
    truth, pictures = plant_plates()
    maps = Parts(*(extract_maps(build(), part) for part in pictures))
    return measure_norms(build, pictures, maps, truth, SYMBOLS, "attention")


def test_wrong_stored_statistics_are_guilty():
    found = diagnose(lambda: build_network(stored_mean=500.0, stored_variance=1.0))
    assert found.batch > 0.95
    assert found.inference < 0.6
    assert found.layers[0].name == "bn"
    assert found.layers[0].mean_shift == pytest.approx(500 - 200 / 3, abs=3)
    assert judge_norms(found).verdict == "guilty"


def test_right_stored_statistics_are_cleared():
    found = diagnose(build_network)
    assert found.inference > 0.95
    assert found.layers[0].mean_shift < 0.1
    assert found.layers[0].scale_shift < 0.1
    assert found.frozen_moves == 0
    assert judge_norms(found).verdict == "cleared"


def test_a_network_that_changes_with_the_mode_is_guilty():
    """What `trainable=False` did not prevent in Keras before TensorFlow 2."""
    found = diagnose(lambda: build_network(stored_mean=40.0, frozen=False))
    assert found.frozen_moves > 0.1
    suspect = judge_norms(found)
    assert suspect.verdict == "guilty"
    assert suspect.sentence.startswith("A frozen layer answers differently in training and in use")


def test_a_frozen_network_answers_alike():
    _, pictures = plant_plates()
    assert measure_mode_change(build_network(stored_mean=40.0), pictures.train) == 0


def test_batch_mode_uses_each_batch_and_drops_nothing():
    pictures = np.random.default_rng(1).integers(0, 256, (40, 4, 8, 3), np.uint8)
    maps = extract_in_batch_mode(build_network(stored_mean=500.0), pictures)
    for batch in np.array_split(pictures.astype(float).reshape(40, 4, 2, 4, 3), 2):
        means = batch.mean(axis=(1, 3))  # (20, 2, 3)
        spread = np.sqrt(means.var(axis=(0, 1)) + 1e-3)
        expected = np.maximum((means - means.mean(axis=(0, 1))) / spread, 0)
        np.testing.assert_allclose(maps[:20][:, 0], expected, atol=1e-3)
        maps = maps[20:]


def test_distances_are_in_stored_deviations():
    pictures = np.full((6, 4, 8, 3), 100, np.uint8)
    pictures[::2] = 120  # mean 110, deviation 10
    (distance,) = measure_distances(build_network(90.0, 400.0), pictures)
    assert distance.mean_shift == pytest.approx(1, rel=1e-4)  # (110 - 90) / 20
    assert distance.scale_shift == pytest.approx(1, rel=1e-4)  # half of 20


def test_a_network_without_normalization():
    image = keras.Input((4, 8, 3))
    network = keras.Model(image, keras.layers.AveragePooling2D(4)(image))
    assert list_norms(network) == []
    assert measure_distances(network, np.zeros((2, 4, 8, 3), np.uint8)) == []
