import inspect

import keras
import numpy as np
import pytest

from lpr_core.backbones import layers as backbone_layers
from lpr_core.backbones.layers import CaffePreprocessing
from lpr_core.tasks.reading import layers
from lpr_core.tasks.reading.layers import (
    PositionEmbedding2D,
    SlotAttention,
    SlotQueries,
    exact_gelu,
)

CASES = {
    CaffePreprocessing: ({}, (2, 4, 6, 3), (2, 4, 6, 3)),
    PositionEmbedding2D: ({}, (2, 4, 6, 5), (2, 4, 6, 5)),
    SlotQueries: ({"slots": 7}, (2, 24, 5), (2, 7, 5)),
    SlotAttention: ({"slots": 7, "key_dim": 3}, (2, 4, 6, 5), (2, 7, 5)),
}


def features(shape, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_every_layer_is_among_the_cases():
    found = [
        value
        for module in (layers, backbone_layers)
        for _, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, keras.layers.Layer)
    ]
    assert set(found) == set(CASES)


@pytest.mark.parametrize("layer_class", CASES, ids=lambda value: value.__name__)
def test_shapes_config_and_gradient(layer_class):
    settings, input_shape, output_shape = CASES[layer_class]
    layer = layer_class(**settings, name="it")
    assert layer(features(input_shape)).shape == output_shape
    symbolic = layer(keras.KerasTensor((None, *input_shape[1:])))
    assert symbolic.shape == (None, *output_shape[1:])

    again = layer_class.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    again.build(input_shape)
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(
        np.asarray(again(features(input_shape))), np.asarray(layer(features(input_shape)))
    )


def test_a_position_is_its_row_and_its_column():
    layer = PositionEmbedding2D()
    added = np.asarray(layer(np.zeros((1, 3, 4, 2), np.float32)))[0]
    rows, columns = layer.get_weights()
    np.testing.assert_allclose(added[2, 1], rows[2, 0] + columns[0, 1], rtol=1e-6)
    assert len(np.unique(added.reshape(-1, 2).round(9), axis=0)) == 12


def test_each_slot_pools_where_its_query_points():
    layer = SlotAttention(slots=2, key_dim=2)
    layer.build((None, 1, 3, 2))
    places = np.array([[[[1, 0], [0, 1], [5, 5]]]], np.float32)  # (1, 1, 3, 2)
    keys, no_bias = 100 * np.eye(2), np.zeros(2)
    queries = np.array([[1, -1], [-1, 1]])  # slot 0 wants the first channel, slot 1 the second
    set_attention(layer, keys, no_bias, queries)
    pooled = np.asarray(layer(places))
    np.testing.assert_allclose(pooled, [[[1, 0], [0, 1]]], atol=1e-5)


def test_without_preference_a_slot_takes_the_mean():
    layer = SlotAttention(slots=3, key_dim=2)
    places = features((2, 4, 5, 6))
    layer.build(places.shape)
    set_attention(layer, np.zeros((6, 2)), np.zeros(2), np.ones((2, 3)))
    mean = places.mean(axis=(1, 2))[:, None].repeat(3, axis=1)
    np.testing.assert_allclose(np.asarray(layer(places)), mean, atol=1e-6)


def set_attention(layer, keys, bias, queries) -> None:
    layer.keys.set_weights([keys, bias])
    layer.queries.assign(queries)


def test_the_activation_is_that_of_keras():
    values = np.linspace(-5, 5, 101).astype(np.float32)
    np.testing.assert_allclose(exact_gelu(values), keras.activations.gelu(values), atol=1e-6)
