"""Cuts around boxes, and coordinates in them.

Coordinates in a cut are shares of its width and height; 0 is the left or top edge, 1 the other.
A target is `(14,)`: four edges (left, top, right, bottom), whether they count, the corners' x and y
from the left top clockwise, and whether these are known.
"""

import numpy as np
from numpy.typing import NDArray

TARGET_WIDTH = 14
NUM_OUTPUTS = 12
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


def encode_plate(edges: Floats, corners: Floats, cut: Floats) -> NDArray[np.float32]:
    """Return the target of a plate `(TARGET_WIDTH,)` in a cut.

    Args:
        edges: In pixels `(4,)`.
        corners: Likewise `(4, 2)`, NaN where unknown.
        cut: Edges of the cut in pixels `(4,)`.
    """
    start, size = cut[:2], cut[2:] - cut[:2]
    points = ((corners - start) / size).reshape(-1)
    known = bool(np.isfinite(points).all())
    here = (edges - np.tile(start, 2)) / np.tile(size, 2)
    parts = [here, [1.0], points if known else np.zeros(8), [float(known)]]
    return np.concatenate(parts).astype(np.float32)


def decode_plates(outputs: Floats, cuts: Floats) -> tuple[Floats, Floats]:
    """Return edges `(n, 4)` and corners `(n, 8)` in pixels of what a network says of cuts.

    Args:
        outputs: `(n, NUM_OUTPUTS)`.
        cuts: Edges in pixels `(n, 4)`.
    """
    starts, sizes = cuts[:, :2], cuts[:, 2:] - cuts[:, :2]
    points = outputs * np.tile(sizes, 6) + np.tile(starts, 6)
    return points[:, :4], points[:, 4:]
