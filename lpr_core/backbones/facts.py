"""What is known of backbones without Keras: their names and their least pictures."""

from typing import Literal, get_args

BackboneName = Literal[
    "compact",
    "efficientnet_b0",
    "efficientnet_lite0",
    "mobilenet_v2_0.35",
    "resnet50",
    "xception",
    "vgg16",
    "vgg16_0.125",
    "inception_resnet_v2",
]


def backbone_names() -> tuple[str, ...]:
    """Return the backbones that there are."""
    return get_args(BackboneName)


def least_size(backbone: str) -> int:
    """Return the smallest height and width of a picture, in pixels, that a backbone can take.

    Xception's and InceptionResNetV2's are those of https://keras.io/api/applications/.
    """
    return {"compact": 16, "xception": 71, "inception_resnet_v2": 75}.get(backbone, 32)
