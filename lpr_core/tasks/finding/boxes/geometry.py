"""Boxes in NumPy: overlap, offsets from default boxes, and the best of many that say the same.

Two forms: edges (left, top, right, bottom) and centred (centre x and y, width, height), both as
shares of the canvas. Corners are `(..., 8)`: x and y of left top, right top, right bottom, left
bottom.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def overlap_boxes(boxes: Floats, others: Floats) -> Floats:
    """Return the intersection over union of edges `(n, 4)` and `(m, 4)` as `(n, m)`."""
    top_left = np.maximum(boxes[:, None, :2], others[None, :, :2])
    bottom_right = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    common = np.maximum(bottom_right - top_left, 0).prod(axis=2)
    areas = [np.maximum(part[:, 2:] - part[:, :2], 0).prod(axis=1) for part in (boxes, others)]
    union = areas[0][:, None] + areas[1][None] - common
    shares: Floats = (common / np.maximum(union, 1e-12)).astype(np.float32)
    return shares


def to_edges(centred: Floats) -> Floats:
    """Return edges of centred boxes."""
    half = centred[..., 2:] / 2
    return np.concatenate([centred[..., :2] - half, centred[..., :2] + half], axis=-1)


def to_centred(edges: Floats) -> Floats:
    """Return centred boxes of edges."""
    sizes = edges[..., 2:] - edges[..., :2]
    return np.concatenate([edges[..., :2] + sizes / 2, sizes], axis=-1)


def encode_boxes(edges: Floats, defaults: Floats, variances: tuple[float, float]) -> Floats:
    """Return the offsets `(n, 4)` that lead from centred default boxes to boxes."""
    wanted = to_centred(edges)
    centre = (wanted[:, :2] - defaults[:, :2]) / defaults[:, 2:] / variances[0]
    size = np.log(np.maximum(wanted[:, 2:], 1e-6) / defaults[:, 2:]) / variances[1]
    return np.concatenate([centre, size], axis=1)


def decode_boxes(offsets: Floats, defaults: Floats, variances: tuple[float, float]) -> Floats:
    """Return the edges `(n, 4)` that offsets from centred default boxes lead to."""
    centre = defaults[:, :2] + offsets[:, :2] * variances[0] * defaults[:, 2:]
    size = defaults[:, 2:] * np.exp(np.clip(offsets[:, 2:] * variances[1], -8, 4))
    return to_edges(np.concatenate([centre, size], axis=1))


def encode_corners(corners: Floats, defaults: Floats, variance: float) -> Floats:
    """Return the offsets `(n, 8)` of corners from the centres of default boxes."""
    centres, sizes = (np.tile(part, (1, 4)) for part in (defaults[:, :2], defaults[:, 2:]))
    offsets: Floats = (corners - centres) / sizes / variance
    return offsets


def decode_corners(offsets: Floats, defaults: Floats, variance: float) -> Floats:
    """Return the corners `(n, 8)` that offsets lead to."""
    centres, sizes = (np.tile(part, (1, 4)) for part in (defaults[:, :2], defaults[:, 2:]))
    corners: Floats = centres + offsets * variance * sizes
    return corners


def suppress_boxes(edges: Floats, scores: Floats, limit: float) -> NDArray[np.intp]:
    """Return which boxes stay, best first: none overlaps a better one by more than the limit."""
    order = np.argsort(-scores, kind="stable")
    overlaps = overlap_boxes(edges[order], edges[order]) > limit
    alive = np.ones(len(order), bool)
    for index in range(len(order)):
        if alive[index]:
            alive[index + 1 :] &= ~overlaps[index, index + 1 :]
    return order[alive]
