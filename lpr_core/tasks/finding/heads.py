"""From feature maps to what is said of each default box `(N, A, num_outputs)`."""

from collections.abc import Sequence
from typing import Any

import keras

from lpr_core.tasks.finding.boxes.levels import Shape
from lpr_core.tasks.finding.config import FindingConfig

_CONVOLUTION = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}


def fuse_maps(maps: Sequence[Any], channels: int) -> list[Any]:
    """Return maps of equal width, finest first, each with what all coarser ones know.

    A pyramid as https://arxiv.org/abs/1612.03144: the coarser map is enlarged and added.
    """
    fused: list[Any] = []
    for index, features in reversed(list(enumerate(maps))):
        features = keras.layers.Conv2D(channels, 1, name=f"side_{index}")(features)
        if fused:
            rows, columns = features.shape[1:3]
            coarse = _enlarge(fused[0], rows, columns, f"enlarge_{index}")
            features = keras.layers.Add(name=f"fuse_{index}")([features, coarse])
        fused.insert(0, features)
    return fused


def say_boxes(maps: Sequence[Any], shapes: Sequence[Sequence[Shape]], config: FindingConfig) -> Any:
    """Return what fused maps say of the default boxes; maps without a shape say nothing."""
    said = [
        _say(features, len(here), config, f"level_{index}")
        for index, (features, here) in enumerate(zip(maps, shapes, strict=True))
        if here
    ]
    return said[0] if len(said) == 1 else keras.layers.Concatenate(axis=1, name="said")(said)


def _enlarge(features: Any, rows: int, columns: int, name: str) -> Any:
    by = (rows // features.shape[1], columns // features.shape[2])
    if (features.shape[1] * by[0], features.shape[2] * by[1]) == (rows, columns):
        return keras.layers.UpSampling2D(by, name=name)(features)
    return keras.layers.Resizing(rows, columns, interpolation="nearest", name=name)(features)


def _say(features: Any, count: int, config: FindingConfig, name: str) -> Any:
    features = keras.layers.Conv2D(config.channels, 3, **_CONVOLUTION, name=f"{name}_conv")(
        features
    )
    features = keras.layers.BatchNormalization(momentum=0.97, name=f"{name}_bn")(features)
    features = keras.layers.ReLU(name=f"{name}_relu")(features)
    features = keras.layers.Conv2D(
        count * config.num_outputs, 3, padding="same", name=f"{name}_said"
    )(features)
    return keras.layers.Reshape((-1, config.num_outputs), name=f"{name}_boxes")(features)
