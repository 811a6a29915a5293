"""Keras layers of our own that prepare pictures for a backbone."""

# ruff: noqa: D102 - methods that Keras asks for; the class docstring speaks for them

from typing import Any

import keras
from keras import ops

_CAFFE_MEAN = (103.939, 116.779, 123.68)


@keras.saving.register_keras_serializable(package="lpr")
class CaffePreprocessing(keras.layers.Layer):
    """Turns RGB 0..255 into BGR with ImageNet's mean taken away, as Caffe's networks expect it.

    The same as `keras.applications.imagenet_utils.preprocess_input(mode="caffe")`, but a layer,
    so that it travels with the weights. Shapes: `(N, H, W, 3)` in and out.
    """

    def call(self, images: Any) -> Any:
        return ops.take(images, [2, 1, 0], axis=-1) - ops.convert_to_tensor(
            _CAFFE_MEAN, dtype=images.dtype
        )
