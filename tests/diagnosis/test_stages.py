import keras
import numpy as np
import pytest

from lpr_core.backbones.build import build_backbone
from lpr_core.diagnosis.probes import Parts
from lpr_core.diagnosis.stages import (
    GRID,
    average_down,
    extract_maps,
    extract_stages,
    list_stages,
    measure_features,
    read_form,
    split_batches,
)
from lpr_core.evidence.suspects.judges import judge_features

SLOTS, SYMBOLS = 3, 4


@pytest.mark.parametrize(
    ("name", "size", "stages"),
    [
        ("compact", (64, 192), ["1/2", "1/4", "1/8", "1/16"]),
        ("efficientnet_lite0", (64, 96), ["1/2", "1/4", "1/8", "1/16", "1/32"]),
        ("mobilenet_v2_0.35", (64, 96), ["1/2", "1/4", "1/8", "1/16", "1/32"]),
        ("vgg16", (32, 64), ["1/2", "1/4", "1/8", "1/16", "1/32"]),
        ("xception", (71, 96), ["1/2", "1/4", "1/8", "1/16", "1/32"]),
    ],
)
def test_every_backbone_has_stages(name, size, stages):
    network = build_backbone(name, *size)
    found = list_stages(network)
    assert list(found) == stages
    assert found[stages[-1]].output.shape == network.output.shape


def build_network():
    """Halves twice; the maps say what they see at each place."""
    image = keras.Input((32, 64, 3))
    features = keras.layers.Rescaling(1 / 255)(image)
    features = keras.layers.AveragePooling2D(2, name="first")(features)
    features = keras.layers.ZeroPadding2D(1, name="pad")(features)
    features = keras.layers.Cropping2D(1)(features)
    return keras.Model(image, keras.layers.AveragePooling2D(2, name="second")(features))


def test_stages_are_averaged_down():
    pictures = np.random.default_rng(0).integers(0, 256, (5, 32, 64, 3), np.uint8)
    network = build_network()
    stages = extract_stages(network, pictures)
    assert {name: maps.shape for name, maps in stages.items()} == {
        "1/2": (5, 8, 16, 3),
        "1/4": (5, 8, 16, 3),
    }
    blocks = pictures.reshape(5, 8, 4, 16, 4, 3).mean(axis=(2, 4)) / 255
    np.testing.assert_allclose(stages["1/2"], blocks, atol=1e-5)
    np.testing.assert_allclose(extract_maps(network, pictures), blocks, atol=1e-5)


@pytest.mark.parametrize(
    ("size", "expected"), [((7, 7), (7, 7)), (GRID, GRID), ((9, 17), (5, 9)), ((64, 192), (8, 16))]
)
def test_maps_fit_into_the_grid(size, expected):
    assert average_down(keras.Input((*size, 2))).shape == (None, *expected, 2)


def test_batches_are_about_equal():
    batches = split_batches(np.arange(70, dtype=np.uint8).reshape(70, 1, 1, 1))
    assert [len(batch) for batch in batches] == [24, 23, 23]
    assert np.concatenate(batches).ravel().tolist() == list(range(70))
    assert {batch.dtype for batch in batches} == {np.dtype(np.float32)}


def test_the_pooled_head_reads_averages():
    maps = Parts(np.arange(12.0).reshape(1, 2, 3, 2), np.zeros((1, 2, 3, 2)))
    assert read_form(maps, "pooled").train.tolist() == [[5, 6]]
    assert read_form(maps, "positional") is maps


def plant_plates():
    """Truth and pictures whose thirds are as bright as their symbols."""
    rng = np.random.default_rng(0)
    truth = Parts(rng.integers(0, SYMBOLS, (200, SLOTS)), rng.integers(0, SYMBOLS, (100, SLOTS)))
    pictures = Parts(*(np.zeros((len(texts), 16, 48, 3), np.uint8) for texts in truth))
    for texts, part in zip(truth, pictures, strict=True):
        for slot in range(SLOTS):
            # One channel for each of three symbols, none for the fourth.
            marks = np.eye(SYMBOLS)[texts[:, slot], :3]
            part[:, :, 16 * slot : 16 * slot + 16] = 255 * marks[:, None, None]
    return truth, pictures


def see(pictures, noise, seed=0):
    rng = np.random.default_rng(seed)
    maps = (part[:, ::8, 8::16] / 255 for part in pictures)  # (N, 2, 3, 3)
    return Parts(*(part + rng.normal(0, noise, part.shape) for part in maps))


def test_features_of_pure_noise_are_guilty():
    truth, pictures = plant_plates()
    noise = see(pictures, 1000.0)
    found = measure_features(
        {"1/2": noise, "1/8": noise}, see(pictures, 1000, seed=1), pictures, truth, SYMBOLS
    )
    assert found.best == "picture"
    assert [stage.name for stage in found.stages] == ["picture", "1/2", "1/8", "random 1/8"]
    suspect = judge_features(found)
    assert suspect.verdict == "guilty"
    assert suspect.sentence.startswith("The head sits on the wrong features: the bare picture ")


def test_an_early_stage_that_knows_more_is_named():
    truth, pictures = plant_plates()
    stages = {"1/4": see(pictures, 0.01), "1/8": see(pictures, 1.5)}
    blank = Parts(*(np.zeros_like(part) for part in pictures))
    found = measure_features(stages, see(pictures, 9), blank, truth, SYMBOLS)
    assert found.best == "1/4"
    assert judge_features(found).verdict == "guilty"


def test_a_last_stage_that_knows_all_is_cleared():
    truth, pictures = plant_plates()
    stages = {"1/4": see(pictures, 1.5), "1/8": see(pictures, 0.01)}
    found = measure_features(stages, see(pictures, 9), pictures, truth, SYMBOLS)
    assert found.missed.value <= 0
    assert judge_features(found).verdict == "cleared"
