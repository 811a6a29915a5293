"""A Keras layer of our own: features scaled to a common length."""

# ruff: noqa: D102 - methods that Keras asks for; the class docstring speaks for them

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="lpr")
class L2Normalization(keras.layers.Layer):
    """Scales each place's features to length 1, then each channel by a learned gain.

    ParseNet's normalization (https://arxiv.org/abs/1506.04579), which SSD puts behind conv4_3.
    Shapes: `(N, H, W, C)` in and out.

    Args:
        gain: Start of the gains.
    """

    def __init__(self, gain: float = 20.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gain = gain

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.gains = self.add_weight(
            name="gains",
            shape=(input_shape[-1],),
            initializer=keras.initializers.Constant(self.gain),
        )

    def call(self, features: Any) -> Any:
        squares = ops.sum(ops.square(features), axis=-1, keepdims=True)
        return features / ops.sqrt(ops.maximum(squares, 1e-12)) * self.gains

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "gain": self.gain}
