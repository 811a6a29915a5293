"""Backbones by name: RGB pictures of 0..255 in, a feature map out, preprocessing included.

Every backbone owns the scaling that its ImageNet weights were trained with, and uses the same one
when it starts from random values: a wrong input scale is impossible, and two runs that differ in
their weights differ in nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras

from lpr_core.backbones.compact import build_compact
from lpr_core.backbones.efficientnet_lite import build_efficientnet_lite0
from lpr_core.backbones.facts import BackboneName, least_size
from lpr_core.backbones.layers import CaffePreprocessing
from lpr_core.backbones.vgg16 import build_vgg16

_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STDDEV = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Backbone:
    """How one backbone is made.

    Attributes:
        preprocess: Returns the layer that turns RGB 0..255 into what the weights expect.
        body: Returns the feature map `(N, H', W', C)` of preprocessed images `(N, H, W, 3)`.
        application: The function of `keras.applications` that downloads its ImageNet weights.
        vgg16_width: Share of VGG16's channels that it has, where it is shaped like that.
    """

    preprocess: Callable[[], keras.layers.Layer]
    body: Callable[[Any], Any]
    application: str | None = None
    vgg16_width: float | None = None


def find_backbone(name: BackboneName) -> Backbone:
    """Return how a backbone is made."""
    return _BACKBONES[name]


def build_backbone(name: BackboneName, height: int, width: int) -> keras.Model:
    """Build a backbone with random weights, a model called `backbone`.

    Input `(N, height, width, 3)` float32 RGB of 0..255; output `(N, H', W', C)`.

    Raises:
        ValueError: The pictures are smaller than the network can take.
    """
    backbone, least = find_backbone(name), least_size(name)
    if min(height, width) < least:
        raise ValueError(
            f"{name} takes pictures of at least {least}x{least} pixels. "
            f"Received: {height}x{width} (height x width)"
        )
    image = keras.Input((height, width, 3), name="image")
    preprocessed = backbone.preprocess()(image)
    return keras.Model(image, backbone.body(preprocessed), name="backbone")


def _application(name: str, **options: Any) -> Callable[[Any], Any]:
    def body(images: Any) -> Any:
        network = getattr(keras.applications, name)(
            include_top=False, weights=None, input_tensor=images, **options
        )
        return network.output

    return body


def _symmetric() -> keras.layers.Layer:
    return keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="preprocess")


def _efficientnet_lite0() -> keras.layers.Layer:
    return keras.layers.Rescaling(1 / 128, offset=-127 / 128, name="preprocess")


def _efficientnet_b0() -> keras.layers.Layer:
    # ImageNet's weights expect (x / 255 - mean) / stddev. Keras spreads this over Rescaling(1/255),
    # a Normalization whose stored variance is stddev (so it divides by its root), and a Rescaling
    # by 1/sqrt(stddev) that exists only where weights="imagenet", never for a weight file:
    # https://github.com/keras-team/keras/blob/v3.15.1/keras/src/applications/efficientnet.py#L324
    # https://github.com/tensorflow/tensorflow/issues/49930
    # All of it stands here instead: this undoes the inner Rescaling, and `weights.py` keeps the
    # inner Normalization neutral.
    return keras.layers.Rescaling(
        [1 / stddev for stddev in _IMAGENET_STDDEV],
        offset=[
            -255 * mean / stddev
            for mean, stddev in zip(_IMAGENET_MEAN, _IMAGENET_STDDEV, strict=True)
        ],
        name="preprocess",
    )


def _caffe() -> keras.layers.Layer:
    return CaffePreprocessing(name="preprocess")


_BACKBONES: dict[BackboneName, Backbone] = {
    "compact": Backbone(_symmetric, build_compact),
    "efficientnet_b0": Backbone(
        _efficientnet_b0, _application("EfficientNetB0"), application="EfficientNetB0"
    ),
    "efficientnet_lite0": Backbone(_efficientnet_lite0, build_efficientnet_lite0),
    "mobilenet_v2_0.35": Backbone(
        _symmetric, _application("MobileNetV2", alpha=0.35), application="MobileNetV2"
    ),
    "resnet50": Backbone(_caffe, _application("ResNet50"), application="ResNet50"),
    "xception": Backbone(_symmetric, _application("Xception"), application="Xception"),
    "vgg16": Backbone(_caffe, _application("VGG16"), application="VGG16", vgg16_width=1.0),
    "vgg16_0.125": Backbone(_caffe, partial(build_vgg16, width=0.125), vgg16_width=0.125),
    "inception_resnet_v2": Backbone(
        _symmetric, _application("InceptionResNetV2"), application="InceptionResNetV2"
    ),
}
