"""EfficientNet-Lite0, whose ImageNet weights are shipped; `keras.applications` has no Lite."""

from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from lpr_core.places import SHIPPED_DIR
from lpr_core.untrusted import open_untrusted

IMAGENET_PATH = SHIPPED_DIR / "models" / "backbones" / "efficientnet_lite0_imagenet.npz"
_BN_ARRAYS = ("gamma", "beta", "moving_mean", "moving_variance")


class _Stage(NamedTuple):
    expansion: int
    filters: int
    repeats: int
    strides: int
    kernel: int


_STAGES = (
    _Stage(1, 16, 1, 1, 3),
    _Stage(6, 24, 2, 2, 3),
    _Stage(6, 40, 2, 2, 5),
    _Stage(6, 80, 3, 2, 3),
    _Stage(6, 112, 3, 1, 5),
    _Stage(6, 192, 4, 2, 5),
    _Stage(6, 320, 1, 1, 3),
)


def build_efficientnet_lite0(features: Any) -> Any:
    """Return the feature map of preprocessed images: `(N, H, W, 3)` to `(N, H/32, W/32, 1280)`.

    EfficientNet without squeeze-and-excite and with ReLU6, so that it is cheap on small processors
    (https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite). The weights
    expect `(x - 127) / 128`.
    """
    features = _convolve(features, "stem.conv", "stem.bn", 32, kernel=3, strides=2)
    index = 0
    for stage in _STAGES:
        for repeat in range(stage.repeats):
            strides = stage.strides if repeat == 0 else 1
            features = _block(features, f"block{index:02d}", stage, strides)
            index += 1
    return _convolve(features, "head.conv", "head.bn", 1280)


def load_efficientnet_lite0(network: keras.Model, path: Path = IMAGENET_PATH) -> None:
    """Fill a network whose layers `build_efficientnet_lite0` made with weights from an archive.

    The arrays are named as the layers, with `kernel` or BatchNormalization's four names behind a
    dot.

    Raises:
        FileNotFoundError: There is no such file.
    """
    with open_untrusted(path) as stream, np.load(stream) as arrays:
        for layer in network.layers:
            if layer.weights:
                is_norm = isinstance(layer, keras.layers.BatchNormalization)
                names = _BN_ARRAYS if is_norm else ("kernel",)
                layer.set_weights([arrays[f"{layer.name}.{name}"] for name in names])


def _block(features: Any, name: str, stage: _Stage, strides: int) -> Any:
    """One inverted residual block (https://arxiv.org/abs/1801.04381)."""
    shortcut = features
    filters = features.shape[-1] * stage.expansion
    if stage.expansion != 1:
        features = _convolve(features, f"{name}.expand", f"{name}.expand_bn", filters)
    features = keras.layers.DepthwiseConv2D(
        stage.kernel, strides=strides, padding="same", use_bias=False, name=f"{name}.depthwise"
    )(features)
    features = keras.layers.ReLU(6.0)(_normalize(features, f"{name}.depthwise_bn"))
    features = keras.layers.Conv2D(stage.filters, 1, use_bias=False, name=f"{name}.project")(
        features
    )
    features = _normalize(features, f"{name}.project_bn")
    if features.shape == shortcut.shape and strides == 1:
        features = keras.layers.Add()([shortcut, features])
    return features


def _convolve(
    features: Any, name: str, bn_name: str, filters: int, kernel: int = 1, strides: int = 1
) -> Any:
    features = keras.layers.Conv2D(
        filters, kernel, strides=strides, padding="same", use_bias=False, name=name
    )(features)
    return keras.layers.ReLU(6.0)(_normalize(features, bn_name))


def _normalize(features: Any, name: str) -> Any:
    return keras.layers.BatchNormalization(epsilon=1e-3, name=name)(features)
