"""Keras layers of our own: positions, and one attention pool for each slot."""

# ruff: noqa: D102 - methods that Keras asks for; the class docstring speaks for them

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="lpr")
class PositionEmbedding2D(keras.layers.Layer):
    """Adds a learned vector for the row and one for the column to each place of a feature map.

    Shapes: `(N, H, W, C)` in and out. H and W are fixed when the layer is built.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        _, height, width, channels = input_shape
        self.rows = self.add_weight(
            name="rows", shape=(height, 1, channels), initializer=_small_normal()
        )
        self.columns = self.add_weight(
            name="columns", shape=(1, width, channels), initializer=_small_normal()
        )

    def call(self, features: Any) -> Any:
        return features + self.rows + self.columns


@keras.saving.register_keras_serializable(package="lpr")
class SlotAttention(keras.layers.Layer):
    """Pools a feature map once for each slot, by a softmax over all its places.

    Each slot has a learned query; a place's weight is the scaled product of that query and the
    place's key (https://arxiv.org/abs/1706.03762, with one head and learned queries).
    Shapes: `(N, H, W, C)` in, `(N, S, C)` out.

    Args:
        slots: Character positions S.
        key_dim: Length of queries and keys.
    """

    def __init__(self, slots: int, key_dim: int = 64, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.slots = slots
        self.key_dim = key_dim
        self.keys = keras.layers.Dense(key_dim, name="keys")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        _, height, width, channels = input_shape
        self.places = (height or 0) * (width or 0)
        self.keys.build((None, self.places, channels))
        self.queries = self.add_weight(
            name="queries", shape=(self.key_dim, self.slots), initializer="glorot_uniform"
        )

    def call(self, features: Any) -> Any:
        places = ops.reshape(features, (-1, self.places, features.shape[-1]))  # (N, H*W, C)
        scores = ops.matmul(self.keys(places), self.queries) / self.key_dim**0.5  # (N, H*W, S)
        weights = ops.softmax(ops.transpose(scores, (0, 2, 1)), axis=-1)  # (N, S, H*W)
        return ops.matmul(weights, places)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (input_shape[0], self.slots, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "slots": self.slots, "key_dim": self.key_dim}


@keras.saving.register_keras_serializable(package="lpr")
class SlotQueries(keras.layers.Layer):
    """Learned vectors, one for each slot, the same for each picture.

    Shapes: `(N, B, C)` in, of which only N and C count, `(N, S, C)` out.

    Args:
        slots: Character positions S.
    """

    def __init__(self, slots: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.slots = slots

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.queries = self.add_weight(
            name="queries", shape=(1, self.slots, input_shape[-1]), initializer=_small_normal()
        )

    def call(self, places: Any) -> Any:
        return ops.zeros_like(places[:, :1, :]) + self.queries

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (input_shape[0], self.slots, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "slots": self.slots}


@keras.saving.register_keras_serializable(package="lpr")
def exact_gelu(values: Any) -> Any:
    """Return x times the share of a normal distribution below x (https://arxiv.org/abs/1606.08415).

    The same as Keras' `gelu`, whose graph has an operation (erfc) that ONNX does not know.
    """
    return 0.5 * values * (1 + ops.erf(values / 2**0.5))


def _small_normal() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(stddev=0.02)
