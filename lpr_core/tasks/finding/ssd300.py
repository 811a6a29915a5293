"""The second account's network: a Single Shot Detector on VGG16.

https://arxiv.org/abs/1512.02325, as its Keras port builds it
(https://github.com/pierluigiferrari/ssd_keras/blob/master/models/keras_ssd300.py): 26,285,486
weights with 20 classes, 8,732 default boxes at 300 px.
"""

from collections.abc import Sequence
from typing import Any

import keras

from lpr_core.backbones.layers import CaffePreprocessing
from lpr_core.backbones.vgg16 import vgg16_block
from lpr_core.tasks.finding.config import BOX_COUNTS, FindingConfig
from lpr_core.tasks.finding.layers import L2Normalization

_EXTRAS = ((6, 256, 512, 2), (7, 128, 256, 2), (8, 128, 256, 1), (9, 128, 256, 1))
"""Number, channels of its 1x1 and of its 3x3 convolution, and the latter's stride."""


def build_ssd_backbone(height: int, width: int, share: float = 1.0) -> keras.Model:
    """Return VGG16 up to conv5_3, whose outputs are conv4_3 and that.

    Poolings keep what does not fill their window: 75 rows become 38.

    Args:
        height: Of the pictures, RGB 0..255.
        width: Likewise.
        share: Of VGG16's channels.
    """
    image = keras.Input((height, width, 3), name="image")
    features, outputs = CaffePreprocessing(name="preprocess")(image), []
    for number in range(1, 6):
        features = vgg16_block(features, number, share)
        outputs.append(features)
        if number < 5:
            pool = keras.layers.MaxPooling2D(2, padding="same", name=f"block{number}_pool")
            features = pool(features)
    return keras.Model(image, outputs[3:], name="backbone")


def list_maps(fine: Any, deep: Any, share: float = 1.0) -> list[Any]:
    """Return the maps that say boxes: conv4_3, fc7, and what follows while there is room.

    At 300 px they have 38, 19, 10, 5, 3 and 1 rows; smaller pictures have fewer maps.
    """
    maps = [L2Normalization(name="conv4_3_norm")(fine)]
    features = keras.layers.MaxPooling2D(3, strides=1, padding="same", name="pool5")(deep)
    features = _convolve(features, _scale(1024, share), 3, "fc6", dilation_rate=6)
    features = _convolve(features, _scale(1024, share), 1, "fc7")
    maps.append(features)
    for number, narrow, filters, strides in _EXTRAS:
        if strides == 1 and min(features.shape[1:3]) < 3:
            break
        features = _convolve(features, _scale(narrow, share), 1, f"conv{number}_1")
        features = _shrink(features, _scale(filters, share), strides, f"conv{number}_2")
        maps.append(features)
    return maps


def say_ssd(maps: Sequence[Any], config: FindingConfig) -> Any:
    """Return what the maps say of their default boxes `(N, A, num_outputs)`."""
    num_classes = 1 + len(config.classes)
    parts = [("classes", num_classes), ("boxes", 4)] + [("corners", 8)] * config.corners
    said = []
    for index, features in enumerate(maps):
        here = [_say(features, BOX_COUNTS[index], *part, index) for part in parts]
        said.append(keras.layers.Concatenate(axis=2, name=f"said_{index}")(here))
    return keras.layers.Concatenate(axis=1, name="said")(said)


def _say(features: Any, count: int, part: str, width: int, index: int) -> Any:
    said = keras.layers.Conv2D(
        count * width,
        3,
        padding="same",
        kernel_initializer="he_normal",
        name=f"{part}_{index}",
    )(features)
    return keras.layers.Reshape((-1, width), name=f"{part}_{index}_boxes")(said)


def _scale(channels: int, share: float) -> int:
    return max(1, round(channels * share))


def _shrink(features: Any, filters: int, strides: int, name: str) -> Any:
    if strides == 1:
        return _convolve(features, filters, 3, name, padding="valid")
    padded = keras.layers.ZeroPadding2D(1, name=f"{name}_padding")(features)
    return _convolve(padded, filters, 3, name, strides=strides, padding="valid")


def _convolve(features: Any, filters: int, kernel: int, name: str, **options: Any) -> Any:
    return keras.layers.Conv2D(
        filters,
        kernel,
        activation="relu",
        kernel_initializer="he_normal",
        name=name,
        **{"padding": "same", **options},
    )(features)
