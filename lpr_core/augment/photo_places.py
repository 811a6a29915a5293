"""Where a photo lies on a network's canvas, and what that makes of its boxes and corners.

Coordinates are continuous, `x y`: 0 is the outer edge of the first pixel and the width that of the
last. A matrix is `(2, 3)` and takes a point of the photo to one of the canvas.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""`(..., 2)`, x before y."""

Boxes = NDArray[np.float64]
"""`(n, 4)`: left, top, right and bottom edge."""

Size = tuple[int, int]
"""Height and width, as arrays have them."""

FILL = 114
"""Grey of the canvas beside a photo that is read; near the mean of photos, so no bright edge."""


@dataclass(frozen=True)
class PhotoPlace:
    """How a photo is laid on the canvas.

    Attributes:
        scale: Pixels of the canvas for one of the photo.
        degrees: Turn to the right about the photo's middle.
        mirror: Whether left and right are swapped.
        share: Where in the free room, or in what is cut off, it lies: 0 0 is left and top.
    """

    scale: float
    degrees: float = 0.0
    mirror: bool = False
    share: tuple[float, float] = (0.5, 0.5)

    def build_matrix(self, photo: Size, canvas: Size) -> Points:
        """Return the matrix from a photo of one size to a canvas of another."""
        turn = np.deg2rad(self.degrees)
        steep = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        shrunk = scaled_size(photo, self.scale)
        sizes = np.array([shrunk[::-1], photo[::-1], canvas[::-1]], np.float64)
        by_axis = sizes[0] / sizes[1] * [-1.0 if self.mirror else 1.0, 1.0]
        linear = steep * by_axis
        # Whole pixels, so that what is not turned is copied and not blurred.
        corner = np.round((sizes[2] - sizes[0]) * self.share)
        offset = corner + sizes[0] / 2 - linear @ (sizes[1] / 2)
        return np.column_stack([linear, offset])


def size_of(picture: NDArray[np.uint8]) -> Size:
    """Return a picture's height and width."""
    return picture.shape[0], picture.shape[1]


def letterbox_scale(photo: Size, canvas: Size) -> float:
    """Return the scale at which a whole photo just fits a canvas."""
    return min(canvas[0] / photo[0], canvas[1] / photo[1])


def scaled_size(photo: Size, scale: float) -> Size:
    """Return a photo's height and width in whole pixels of the canvas."""
    return max(1, round(photo[0] * scale)), max(1, round(photo[1] * scale))


def move_points(points: Points, matrix: Points) -> Points:
    """Return points `(..., 2)` where the matrix takes them."""
    moved: Points = points @ matrix[:, :2].T + matrix[:, 2]
    return moved


def invert_place(matrix: Points) -> Points:
    """Return the matrix that leads back from the canvas to the photo."""
    return cv2.invertAffineTransform(matrix).astype(np.float64, copy=False)


def outline_boxes(boxes: Boxes) -> Points:
    """Return the corners of boxes `(n, 4, 2)`: left top, right top, right bottom, left bottom."""
    return boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3]]]


def enclose_points(points: Points) -> Boxes:
    """Return the upright boxes `(n, 4)` around points `(n, k, 2)`."""
    return np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1)


def move_boxes(boxes: Boxes, corners: Points, matrix: Points) -> Boxes:
    """Return the upright boxes around what the boxes hold after a move.

    In a turn that is the upright box around the moved corners. Where they are unknown (NaN) it is
    the one around the moved box, which is right for a plate that stood upright and filled its box;
    around one that leaned already it is too high by up to its width times the sine of the turn.
    """
    is_turned = bool(matrix[0, 1])
    known = np.isfinite(corners).all(axis=(1, 2), keepdims=True)
    outlines = np.where(known & is_turned, corners, outline_boxes(boxes))
    return enclose_points(move_points(outlines, matrix))


def move_corners(corners: Points, matrix: Points) -> Points:
    """Return corners `(n, 4, 2)` after a move, again from the left top clockwise when mirrored."""
    moved = move_points(corners, matrix)
    is_mirrored = np.linalg.det(matrix[:, :2]) < 0
    return moved[:, [1, 0, 3, 2]] if is_mirrored else moved


def measure_visible(boxes: Boxes, canvas: Size) -> NDArray[np.float64]:
    """Return the share of each box's area, boxes `(..., 4)`, that lies on the canvas."""
    clipped = clip_boxes(boxes, canvas)
    whole, left = _area(boxes), _area(clipped)
    return np.divide(left, whole, out=np.zeros_like(whole), where=whole > 0)


def clip_boxes(boxes: Boxes, canvas: Size) -> Boxes:
    """Return the parts of boxes `(..., 4)` that lie on the canvas."""
    return np.clip(boxes, 0, np.array([canvas[1], canvas[0], canvas[1], canvas[0]]))


def _area(boxes: Boxes) -> NDArray[np.float64]:
    sides = np.maximum(boxes[..., 2:] - boxes[..., :2], 0)
    area: NDArray[np.float64] = sides[..., 0] * sides[..., 1]
    return area


def paste_photo(
    picture: NDArray[np.uint8], canvas: NDArray[np.uint8], place: PhotoPlace
) -> NDArray[np.uint8]:
    """Return the canvas with the photo on it; neither is changed.

    A photo that shrinks does so by area, as `fit_picture` does it; then one linear interpolation
    turns, enlarges or just copies it.
    """
    matrix = place.build_matrix(size_of(picture), size_of(canvas))
    if place.scale < 1:
        height, width = scaled_size(size_of(picture), place.scale)
        shares = [width / picture.shape[1], height / picture.shape[0]]
        shrunk = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        picture = shrunk.astype(np.uint8, copy=False)
        matrix = np.column_stack([matrix[:, :2] / shares, matrix[:, 2]])
    centred = matrix.copy()  # OpenCV counts from the middle of the first pixel
    centred[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    return cv2.warpAffine(
        picture,
        centred,
        canvas.shape[1::-1],
        dst=canvas.copy(),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    ).astype(np.uint8, copy=False)
