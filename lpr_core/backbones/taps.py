"""Feature maps inside a backbone: the last one at each scale, where a finder listens."""

from collections.abc import Sequence

import keras

STRIDES = (8, 16, 32)


def tap_backbone(backbone: keras.Model, strides: Sequence[int] = STRIDES) -> keras.Model:
    """Return the backbone with its last map at each stride as outputs, finest first.

    The layers are shared, in the same order; what the backbone put out before is the last of the
    outputs where no stride fits it. A map fits a stride when its rows are the picture's divided by
    it, give or take a quarter: some networks lose a few rows at the edges.

    Args:
        backbone: Made by `build_backbone`; its output is one map.
        strides: Rows of the picture for each row of a map.
    """
    height = backbone.input_shape[1]
    found = [_find_last(backbone, height / stride) for stride in strides]
    outputs = [tensor for tensor in found if tensor is not None]
    return keras.Model(backbone.input, outputs or [backbone.output], name=backbone.name)


def _find_last(backbone: keras.Model, rows: float) -> keras.KerasTensor | None:
    maps = [
        layer.output
        for layer in backbone.layers
        if not isinstance(layer, keras.layers.ZeroPadding2D)
        and len(layer.output.shape) == 4
        and abs(layer.output.shape[1] - rows) <= rows / 4
    ]
    return maps[-1] if maps else None
