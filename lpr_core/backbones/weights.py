"""Start values: random, ImageNet's, a weight file's or those of another run; never by accident."""

from pathlib import Path

import keras
import numpy as np

from lpr_core.backbones.build import find_backbone
from lpr_core.backbones.efficientnet_lite import load_efficientnet_lite0
from lpr_core.backbones.facts import BackboneName


def load_backbone_weights(network: keras.Model, name: BackboneName, weights: str) -> None:
    """Fill a backbone made by `build_backbone` in place.

    Args:
        network: The backbone.
        name: Its name.
        weights: `none` leaves the random values, `imagenet` takes those of Keras (downloaded) or
            the shipped ones of efficientnet_lite0, anything else is the path of a Keras weight file
            of this backbone without its classifier.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file does not fit, or no ImageNet weights are published for this backbone.
        ConnectionError: The download failed.
    """
    if weights == "none":
        return
    if weights == "imagenet":
        _load_imagenet(network, name)
    else:
        _load_file(network, name, Path(weights))
    _neutralize_normalization(network)


def _load_imagenet(network: keras.Model, name: BackboneName) -> None:
    if name == "efficientnet_lite0":
        load_efficientnet_lite0(network)
        return
    application = find_backbone(name).application
    if application is None:
        raise ValueError(f"{name} has no ImageNet weights; use `none` or the path of a file.")
    options = {"alpha": 0.35} if application == "MobileNetV2" else {}
    try:
        donor = getattr(keras.applications, application)(
            include_top=False, weights="imagenet", **options
        )
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise ConnectionError(
            f"The ImageNet weights of {name} could not be downloaded ({error}); give the path of "
            "a weight file instead."
        ) from error
    network.set_weights(donor.get_weights())


def _load_file(network: keras.Model, name: BackboneName, path: Path) -> None:
    if not path.is_file():
        raise FileNotFoundError(
            f"`weights` must be none, imagenet, or the path of a file. Received: {str(path)!r}"
        )
    try:
        network.load_weights(path)
    except Exception as error:  # h5py, zip and Keras each raise their own
        raise ValueError(f"{path} does not hold weights of {name}: {error}") from error


def _neutralize_normalization(network: keras.Model) -> None:
    """Leave the scaling to the `preprocess` layer; EfficientNetB0's files bring their own."""
    for layer in network.layers:
        if isinstance(layer, keras.layers.Normalization):
            mean, variance, count = layer.get_weights()
            layer.set_weights([np.zeros_like(mean), np.ones_like(variance), count])
            layer.finalize_state()
