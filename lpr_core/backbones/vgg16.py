"""VGG16 at any width, and with the paddings of its detectors."""

from typing import Any

import keras

_BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))


def build_vgg16(features: Any, width: float = 1.0) -> Any:
    """Return the feature map of preprocessed images: `(N, H, W, 3)` to `(N, H/32, W/32, 512)`.

    As `keras.applications.VGG16` without its top (https://arxiv.org/abs/1409.1556), each layer with
    `width` times its channels. Starts as He and others propose (https://arxiv.org/abs/1502.01852):
    from Keras' default a network of 13 layers without normalization hardly learns.
    """
    for number in range(1, len(_BLOCKS) + 1):
        features = vgg16_block(features, number, width)
        features = keras.layers.MaxPooling2D(2, name=f"block{number}_pool")(features)
    return features


def vgg16_block(features: Any, number: int, width: float = 1.0) -> Any:
    """Return what the convolutions of block 1 to 5 make of features, without the pooling."""
    filters, count = _BLOCKS[number - 1]
    for index in range(1, count + 1):
        features = keras.layers.Conv2D(
            max(1, round(filters * width)),
            3,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=f"block{number}_conv{index}",
        )(features)
    return features
