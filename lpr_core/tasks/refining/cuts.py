"""Cuts around boxes, and coordinates in them.

Coordinates in a cut are shares of its width and height; 0 is the left or top edge, 1 the other.
A target is `(15,)`: four edges (left, top, right, bottom), whether they count, the corners' x and y
from the left top clockwise, whether these are known, and whether there is a plate.
"""

import numpy as np
from numpy.typing import NDArray

TARGET_WIDTH = 15
NUM_POINTS = 12
"""Outputs that are edges or coordinates of corners."""

Floats = NDArray[np.floating]


def enlarge_box(edges: Floats, margin: float) -> Floats:
    """Return edges `(..., 4)` with a share of the width and height added on each side."""
    rim = np.tile(edges[..., 2:] - edges[..., :2], 2) * margin
    return edges + rim * [-1, -1, 1, 1]


def shift_edges(edges: Floats, shifts: Floats, limit: float) -> Floats:
    """Return edges `(4,)` moved by shares of the width and height, none further than the limit."""
    sizes = np.tile(edges[2:] - edges[:2], 2)
    moved: Floats = edges + np.clip(shifts, -limit, limit) * sizes
    return moved


def encode_plate(
    edges: Floats, corners: Floats, cut: Floats, *, is_plate: bool = True
) -> NDArray[np.float32]:
    """Return the target of a plate `(TARGET_WIDTH,)` in a cut.

    Args:
        edges: In pixels `(4,)`.
        corners: Likewise `(4, 2)`, NaN where unknown.
        cut: Edges of the cut in pixels `(4,)`.
        is_plate: Whether there is a plate; edges and corners of other things do not count.
    """
    start, size = cut[:2], cut[2:] - cut[:2]
    points = ((corners - start) / size).reshape(-1)
    known = is_plate and bool(np.isfinite(points).all())
    here = (edges - np.tile(start, 2)) / np.tile(size, 2)
    shown = points if known else np.zeros(8)
    return np.array([*here, is_plate, *shown, known, is_plate], np.float32)


def decode_plates(outputs: Floats, cuts: Floats) -> tuple[Floats, Floats]:
    """Return edges `(n, 4)` and corners `(n, 8)` in pixels of what a network says of cuts.

    Args:
        outputs: `(n, 12)` or `(n, 13)`.
        cuts: Edges in pixels `(n, 4)`.
    """
    starts, sizes = cuts[:, :2], cuts[:, 2:] - cuts[:, :2]
    points = outputs[:, :NUM_POINTS] * np.tile(sizes, 6) + np.tile(starts, 6)
    return points[:, :4], points[:, 4:]
