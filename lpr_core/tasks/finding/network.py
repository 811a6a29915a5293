"""The network that finds things: from a photo to what is said of every default box."""

from collections.abc import Sequence
from functools import lru_cache

import keras
import numpy as np

from lpr_core.backbones.build import build_backbone, find_backbone
from lpr_core.backbones.taps import tap_backbone
from lpr_core.tasks.finding.boxes.geometry import Floats
from lpr_core.tasks.finding.boxes.levels import Shape, grid_boxes, list_ssd_shapes, spread_shapes
from lpr_core.tasks.finding.config import FindingConfig
from lpr_core.tasks.finding.heads import fuse_maps, say_boxes
from lpr_core.tasks.finding.ssd300 import build_ssd_backbone, list_maps, say_ssd


def build_graph(config: FindingConfig) -> keras.Model:
    """Return the network with random weights.

    Input `image` `(N, height, width, 3)` float32 RGB of 0..255; output `(N, A, num_outputs)`:
    logits of background and classes, four offsets, and eight of the corners where they are asked
    for. The backbone is a layer called `backbone`.

    Raises:
        ValueError: The configuration has no classes or default boxes, or SSD300 stands on another
            backbone.
    """
    if not config.classes:
        raise ValueError("`classes` must be known before a network is built.")
    network = _build_ssd(config) if config.head == "ssd300" else _build_fused(config)
    if config.l2:
        _penalize(network, config.l2)
    return network


def list_default_boxes(config: FindingConfig, maps: Sequence[tuple[int, int]]) -> Floats:
    """Return the centred default boxes `(A, 4)` of maps with these rows and columns."""
    shapes = list_level_shapes(config, maps)
    boxes = [grid_boxes(*size, here) for size, here in zip(maps, shapes, strict=True) if here]
    return np.concatenate(boxes)


def list_level_shapes(
    config: FindingConfig, maps: Sequence[tuple[int, int]]
) -> list[tuple[Shape, ...]]:
    """Return the shapes of the default boxes of each map."""
    if config.head == "ssd300":
        return list_ssd_shapes(config.scales)[: len(maps)]
    return spread_shapes(config.default_boxes, maps)


@lru_cache(maxsize=8)
def find_default_boxes(config: FindingConfig) -> Floats:
    """Return the centred default boxes `(A, 4)` in the order of the network's output."""
    return list_default_boxes(config, measure_maps(config))


@lru_cache(maxsize=8)
def measure_maps(config: FindingConfig) -> list[tuple[int, int]]:
    """Return rows and columns of each map that may say boxes, finest first."""
    if config.head == "ssd300":
        return [tuple(features.shape[1:3]) for features in _ssd_maps(config)[1]]
    backbone = tap_backbone(build_backbone(config.backbone, config.height, config.width))
    return [tuple(output.shape[1:3]) for output in backbone.outputs]


def _build_fused(config: FindingConfig) -> keras.Model:
    if not config.default_boxes:
        raise ValueError("`default_boxes` must be fitted, or given, before a network is built.")
    backbone = tap_backbone(build_backbone(config.backbone, config.height, config.width))
    image = keras.Input((config.height, config.width, 3), name="image")
    maps = backbone(image)
    maps = maps if isinstance(maps, list | tuple) else [maps]
    shapes = spread_shapes(config.default_boxes, [tuple(one.shape[1:3]) for one in maps])
    said = say_boxes(fuse_maps(maps, config.channels), shapes, config)
    return keras.Model(image, said, name="finder")


def _build_ssd(config: FindingConfig) -> keras.Model:
    image, maps = _ssd_maps(config)
    return keras.Model(image, say_ssd(maps, config), name="finder")


def _ssd_maps(config: FindingConfig) -> tuple[keras.KerasTensor, list[keras.KerasTensor]]:
    share = find_backbone(config.backbone).vgg16_width
    if share is None:
        raise ValueError(f"ssd300 stands on a VGG16 backbone. Received: {config.backbone}")
    backbone = build_ssd_backbone(config.height, config.width, share)
    image = keras.Input((config.height, config.width, 3), name="image")
    fine, deep = backbone(image)
    return image, list_maps(fine, deep, share)


def _penalize(network: keras.Model, l2: float) -> None:
    """Let all kernels of convolutions count in the loss, those of the backbone too."""
    for layer in (*network.get_layer("backbone").layers, *network.layers):
        if isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
            layer.kernel.regularizer = keras.regularizers.L2(l2)
