"""Default boxes: where they lie on the canvas, and which map says which of them.

Boxes are `(A, 4)`: centre x and y, width and height as shares of the canvas. Their order is that of
the network's output: map by map, row by row, place by place, shape by shape.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lpr_core.tasks.finding.config import BOX_COUNTS

Shape = tuple[float, float]
"""Width and height as shares of the canvas."""

_PLACES_PER_BOX = 1.5
"""A map serves boxes of at least so many of its places in either direction.

A box as low as one place may lie half of its height away from the next default box, which leaves
an overlap of a third; at 1.5 places the worst case is a half.
"""


def grid_boxes(rows: int, columns: int, shapes: Sequence[Shape]) -> NDArray[np.float32]:
    """Return boxes of each shape in the middle of each place of a map `(rows * columns * n, 4)`."""
    x, y = (np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows
    centres = np.stack(np.meshgrid(x, y), axis=-1)[:, :, None]  # (rows, columns, 1, 2)
    sizes = np.array(shapes, np.float32).reshape(1, 1, -1, 2)
    shape = (rows, columns, len(shapes), 2)
    boxes = np.concatenate([np.broadcast_to(part, shape) for part in (centres, sizes)], axis=-1)
    return boxes.reshape(-1, 4).astype(np.float32)


def spread_shapes(
    shapes: Sequence[Shape], maps: Sequence[tuple[int, int]]
) -> list[tuple[Shape, ...]]:
    """Return the shapes of each map: the coarsest that is fine enough, else the finest.

    Args:
        shapes: All default boxes' shapes.
        maps: Rows and columns of the maps, the finest first.
    """
    chosen = [_find_map(shape, maps) for shape in shapes]
    return [
        tuple(shape for shape, level in zip(shapes, chosen, strict=True) if level == index)
        for index in range(len(maps))
    ]


def list_ssd_shapes(scales: Sequence[float]) -> list[tuple[Shape, ...]]:
    """Return the shapes of SSD300's default boxes on each of its maps.

    On each map a square of its scale, one of the geometric mean with the next scale, then sides of
    2:1 and 1:2, and 3:1 and 1:3 where there are six, in the order of the Keras port.
    """
    return [
        _list_shapes(scales[level], scales[level + 1], count)
        for level, count in enumerate(BOX_COUNTS)
    ]


def _list_shapes(scale: float, next_scale: float, count: int) -> tuple[Shape, ...]:
    mean = (scale * next_scale) ** 0.5
    ratios = (2.0, 0.5, 3.0, 1 / 3)[: count - 2]
    upright = [(scale * ratio**0.5, scale / ratio**0.5) for ratio in ratios]
    return ((scale, scale), (mean, mean), *upright)


def _find_map(shape: Shape, maps: Sequence[tuple[int, int]]) -> int:
    width, height = shape
    fine = [
        index
        for index, (rows, columns) in enumerate(maps)
        if min(width * columns, height * rows) >= _PLACES_PER_BOX
    ]
    return max(fine, default=0)
