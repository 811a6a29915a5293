"""Parts of pictures at places between the pixels."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lpr_core.pictures.decoding import Picture

_LEAST_SIDE = 8
"""Pixels; readers take no smaller picture."""


def cut_region(picture: Picture, edges: NDArray[np.floating], size: tuple[int, int]) -> Picture:
    """Return a part of a picture, stretched to a size.

    What lies outside the picture repeats its rim. A part that shrinks does so by area first.

    Args:
        picture: `(H, W, 3)` uint8 RGB.
        edges: Left, top, right and bottom edge in pixels; 0 is the outer edge of the first one.
        size: Height and width of what is returned.
    """
    offset: NDArray[np.floating] = np.zeros(2)
    scale: NDArray[np.floating] = np.array(size[::-1]) / np.maximum(edges[2:] - edges[:2], 1e-3)
    if (scale < 0.75).any():
        picture, offset, shrunk = _shrink(picture, edges, scale)
        edges = (edges - np.tile(offset, 2)) * np.tile(shrunk, 2)
        scale = scale / shrunk
    matrix = np.column_stack([np.diag(scale), -edges[:2] * scale])
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5  # OpenCV counts from the first pixel's middle
    part = cv2.warpAffine(
        picture, matrix, size[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return part.astype(np.uint8, copy=False)


def _shrink(
    picture: Picture, edges: NDArray[np.floating], scale: NDArray[np.floating]
) -> tuple[Picture, NDArray[np.floating], NDArray[np.floating]]:
    """Return the part with a rim at about the wanted scale, its place, and the scale it has."""
    limits = np.array(picture.shape[1::-1])
    start = np.clip(np.floor(edges[:2]) - 2, 0, limits - 1).astype(int)
    end = np.clip(np.ceil(edges[2:]) + 2, start + 1, limits).astype(int)
    part = picture[start[1] : end[1], start[0] : end[0]]
    wanted = np.maximum(np.rint((end - start) * np.minimum(scale, 1)), 1).astype(int)
    shrunk = cv2.resize(part, wanted.tolist(), interpolation=cv2.INTER_AREA)
    return shrunk.astype(np.uint8, copy=False), start.astype(float), wanted / (end - start)


def cut_quadrilateral(picture: Picture, corners: NDArray[np.floating]) -> Picture:
    """Return what lies between four corners, seen from the front, at its own size.

    What lies outside the picture repeats its rim.

    Args:
        picture: `(H, W, 3)` uint8 RGB.
        corners: `(4, 2)` x and y in pixels: left top, right top, right bottom, left bottom.
    """
    top, right, bottom, left = (
        float(np.hypot(*(corners[end] - corners[start])))
        for start, end in ((0, 1), (1, 2), (2, 3), (3, 0))
    )
    width = max(_LEAST_SIDE, round(max(top, bottom)))
    height = max(_LEAST_SIDE, round(max(left, right)))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    # OpenCV counts from the middle of the first pixel.
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32) - 0.5, target - 0.5)
    part = cv2.warpPerspective(
        picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return part.astype(np.uint8, copy=False)
