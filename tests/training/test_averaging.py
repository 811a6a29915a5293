import keras
import numpy as np
import pytest

from lpr_core.backbones import build as backbones
from lpr_core.data.batches import BatchOptions, PictureBatches
from lpr_core.data.manifest import read_manifest
from lpr_core.tasks.networks import build_network
from lpr_core.tasks.reading import TASK
from lpr_core.training.averaging import averaged_weights
from tests.kit.training_kit import (
    PLATE_FORMAT,
    make_reading_config,
    tiny_backbone,
    write_plates,
)

# On some backends Keras hands arrays to NumPy 2 in the old way when it swaps weights.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def batches(tmp_path_factory) -> PictureBatches:
    frame = read_manifest(write_plates(tmp_path_factory.mktemp("plates"), 16, 0), PLATE_FORMAT)
    options = BatchOptions(batch_size=8, shuffle=True)
    return TASK.make_batches(frame, make_reading_config(), options)


def train_steps(batches, *, use_ema: bool, **settings) -> keras.Model:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(backbones._BACKBONES, "compact", tiny_backbone())
        model = build_network(make_reading_config(dropout=0.0, **settings), seed=0)
    optimizer = keras.optimizers.Adam(0.05, use_ema=use_ema, ema_momentum=0.5)
    model.compile(optimizer, "categorical_crossentropy", run_eagerly=True)
    for index in (0, 1, 0):
        model.train_on_batch(*batches[index])
    return model


def read_values(model) -> dict[str, np.ndarray]:
    return {weight.path: np.asarray(weight) for weight in model.weights}


def test_the_average_comes_and_goes(batches):
    model = train_steps(batches, use_ema=True)
    before = read_values(model)
    with averaged_weights(model, batches):
        inside = read_values(model)
    after = read_values(model)
    for path, value in before.items():
        np.testing.assert_allclose(after[path], value, atol=1e-6, err_msg=path)
        assert not np.allclose(inside[path], value, atol=1e-6), path
    assert model.get_layer("backbone").get_layer("bn").momentum == 0.8


def test_statistics_are_those_of_the_averaged_network(batches):
    model = train_steps(batches, use_ema=True)
    backbone = model.get_layer("backbone")
    before_norm = keras.Model(backbone.input, backbone.get_layer("conv").output)
    with averaged_weights(model, batches):
        maps = np.stack([np.asarray(before_norm(batches[index][0])) for index in (0, 1)])
        norm = backbone.get_layer("bn")
        mean, variance = np.asarray(norm.moving_mean), np.asarray(norm.moving_variance)
    np.testing.assert_allclose(mean, maps.mean(axis=(0, 1, 2, 3)), atol=1e-5)
    np.testing.assert_allclose(variance, maps.var(axis=(1, 2, 3)).mean(axis=0), rtol=1e-3)


def test_frozen_statistics_stay(batches):
    model = train_steps(batches, use_ema=True, freeze=1.0)
    norm = model.get_layer("backbone").get_layer("bn")
    with averaged_weights(model, batches):
        np.testing.assert_array_equal(np.asarray(norm.moving_mean), np.zeros(8))


def test_without_an_average_nothing_happens(batches):
    model = train_steps(batches, use_ema=False)
    before = read_values(model)
    with averaged_weights(model, batches):
        for path, value in read_values(model).items():
            np.testing.assert_array_equal(value, before[path])
