"""The network that refines boxes: from a cut to where the plate's edges and corners are."""

from typing import Any

import keras
from keras import ops

from lpr_core.backbones.build import build_backbone
from lpr_core.tasks.refining.config import RefiningConfig
from lpr_core.tasks.refining.cuts import NUM_POINTS

_NEAR = 0.02
"""Differences below this share of the cut count by their square, larger ones by their size."""


def build_graph(config: RefiningConfig) -> keras.Model:
    """Return the network with random weights.

    Input `image` `(N, height, width, 3)` float32 RGB of 0..255; output `(N, num_outputs)`: four
    edges, then the corners, as shares of the cut, then perhaps the logit of a plate.
    Before it has learned anything it says the box that it was given. The backbone is a layer
    called `backbone`.
    """
    image = keras.Input((config.height, config.width, 3), name="image")
    features = build_backbone(config.backbone, config.height, config.width)(image)
    features = keras.layers.Conv2D(config.map_channels, 1, activation="relu", name="map")(features)
    features = keras.layers.Flatten(name="places")(features)
    features = keras.layers.Dense(config.dense_units, activation="relu", name="dense")(features)
    near = config.margin / (1 + 2 * config.margin)
    said = keras.layers.Dense(
        NUM_POINTS,
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.001),
        bias_initializer=_StartBox(near),
        name="edges",
    )(features)
    if config.verifies:
        logit = keras.layers.Dense(1, name="plate")(features)
        said = keras.layers.Concatenate(name="said")([said, logit])
    return keras.Model(image, said, name="refiner")


@keras.saving.register_keras_serializable(package="lpr")
class RefiningLoss(keras.losses.Loss):
    """Smooth distance of edges and of corners, where they count, in units of `_NEAR`.

    Where the network says a logit, its cross-entropy is added.

    Args:
        corner_weight: Of the corners.
        verify_weight: Of the cross-entropy.
    """

    def __init__(
        self, corner_weight: float, verify_weight: float, name: str = "refining_loss"
    ) -> None:
        super().__init__(name=name)
        self.corner_weight = corner_weight
        self.verify_weight = verify_weight

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each cut `(N,)`."""
        edges = _smooth(y_true[:, :4] - y_pred[:, :4]) * y_true[:, 4]
        corners = _smooth(y_true[:, 5:13] - y_pred[:, 4:12]) * y_true[:, 13]
        loss = edges + self.corner_weight * corners
        if y_pred.shape[-1] == NUM_POINTS:
            return loss
        return loss + self.verify_weight * _cross_entropy(y_true[:, 14], y_pred[:, 12])

    def get_config(self) -> dict[str, Any]:
        """Return what makes the same loss again."""
        weights = {"corner_weight": self.corner_weight, "verify_weight": self.verify_weight}
        return {**weights, "name": self.name}


@keras.saving.register_keras_serializable(package="lpr")
class _StartBox(keras.initializers.Initializer):
    """The edges and corners of a box that lies so far inside the cut on each side."""

    def __init__(self, near: float) -> None:
        self.near = near

    def __call__(self, shape: Any, dtype: Any = None) -> Any:  # noqa: ARG002
        low, high = self.near, 1 - self.near
        points = [low, low, high, high, low, low, high, low, high, high, low, high]
        return ops.convert_to_tensor(points, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        return {"near": self.near}


@keras.saving.register_keras_serializable(package="lpr")
def overlap_of(y_true: Any, y_pred: Any) -> Any:
    """Return the overlap of true and said edges `(N,)`, 1 where there is no plate."""
    low = ops.maximum(y_true[:, :2], y_pred[:, :2])
    high = ops.minimum(y_true[:, 2:4], y_pred[:, 2:4])
    common = ops.prod(ops.maximum(high - low, 0.0), axis=1)
    true_area = ops.prod(y_true[:, 2:4] - y_true[:, :2], axis=1)
    said_area = ops.prod(ops.maximum(y_pred[:, 2:4] - y_pred[:, :2], 0.0), axis=1)
    overlap = common / ops.maximum(true_area + said_area - common, 1e-9)
    return ops.where(y_true[:, 14] > 0, overlap, 1.0)


def _cross_entropy(truth: Any, logits: Any) -> Any:
    return ops.softplus(logits) - truth * logits


def _smooth(differences: Any) -> Any:
    size = ops.abs(differences) / _NEAR
    return ops.mean(ops.where(size < 1, 0.5 * size * size, size - 0.5), axis=-1)
