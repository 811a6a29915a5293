"""What is known of backbones without Keras: their names."""

from typing import Literal, get_args

BackboneName = Literal[
    "compact",
    "efficientnet_b0",
    "efficientnet_lite0",
    "mobilenet_v2_0.35",
    "resnet50",
    "xception",
    "vgg16",
    "inception_resnet_v2",
]


def backbone_names() -> tuple[str, ...]:
    """Return the backbones that there are."""
    return get_args(BackboneName)
