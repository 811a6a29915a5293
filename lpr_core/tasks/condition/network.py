"""The network that tells two classes apart: from a picture to the chance of the second one."""

from typing import Any

import keras
from keras import ops

from lpr_core.backbones.build import build_backbone
from lpr_core.tasks.condition.config import ConditionConfig


def build_graph(config: ConditionConfig) -> keras.Model:
    """Return the network with random weights.

    Input `image` `(N, height, width, 3)` float32 RGB of 0..255; output `(N, 1)`, the chance of the
    second class. The backbone is a layer called `backbone`.
    """
    image = keras.Input((config.height, config.width, 3), name="image")
    features = build_backbone(config.backbone, config.height, config.width)(image)
    if config.top == "flat":
        features = keras.layers.Flatten(name="places")(features)
    else:
        features = keras.layers.GlobalAveragePooling2D(name="pool")(features)
    if config.dense_units:
        features = keras.layers.Dense(config.dense_units, activation="relu", name="dense")(features)
    features = keras.layers.Dropout(config.dropout, name="dropout")(features)
    chance = keras.layers.Dense(1, activation="sigmoid", name="chance")(features)
    return keras.Model(image, chance, name="condition")


@keras.saving.register_keras_serializable(package="lpr")
class WeightedCrossentropy(keras.losses.Loss):
    """Binary cross-entropy in which an example of the second class counts more or less.

    Args:
        second_weight: What it counts, beside 1 of the first class; both are divided by their mean
            over equally many of each, so that the rate means the same.
        label_smoothing: Share of each target that is drawn to one half.
    """

    def __init__(
        self, second_weight: float = 1.0, label_smoothing: float = 0.0, name: str = "crossentropy"
    ) -> None:
        super().__init__(name=name)
        self.second_weight = second_weight
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each example `(N,)`."""
        smooth = y_true * (1 - self.label_smoothing) + 0.5 * self.label_smoothing
        entropy = ops.binary_crossentropy(smooth, y_pred)
        weights = 1 + (self.second_weight - 1) * y_true
        return ops.mean(entropy * weights * 2 / (1 + self.second_weight), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return what makes the same loss again."""
        return {
            "second_weight": self.second_weight,
            "label_smoothing": self.label_smoothing,
            "name": self.name,
        }
