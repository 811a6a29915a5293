"""How a flat thing stands before the camera: a homography from its plane to the picture.

Planes have the thing's width as their unit, its middle as their origin, x to the right, y down.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
"""`(3, 3)`."""

Points = NDArray[np.float64]
"""`(n, 2)`, x before y."""

_FRACTION_BITS = 4
_FAR = 20_000  # pixels; OpenCV's fixed point overflows far beyond


def rectangle(left: float, top: float, right: float, bottom: float) -> Points:
    """Return four points from the left top clockwise."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)


def upright_rectangle(aspect: float) -> Points:
    """Return the corners of a thing whose width is `aspect` times its height."""
    return rectangle(-0.5, -0.5 / aspect, 0.5, 0.5 / aspect)


def turn_plane(yaw: float, pitch: float, roll: float, distance: float) -> Matrix:
    """Return the homography of a turned plane, its origin at 0 0 and its unit about 1 pixel.

    Args:
        yaw: Degrees that the right side is turned away.
        pitch: Degrees that the lower side is turned away.
        roll: Degrees that it leans to the right.
        distance: Of the camera, in widths of the thing.
    """
    around = np.deg2rad(np.array([pitch, yaw, roll]))
    (cx, cy, cz), (sx, sy, sz) = np.cos(around), np.sin(around)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    turned = (about_z @ about_y @ about_x)[:, :2]
    return np.column_stack([turned * [[1], [1], [1 / distance]], [0, 0, 1]])


def scale_plane(plane: Matrix, scale: float, middle: tuple[float, float]) -> Matrix:
    """Return a plane so many pixels to the unit with its origin at a point of the picture."""
    return np.array([[scale, 0, middle[0]], [0, scale, middle[1]], [0, 0, 1]]) @ plane


def project(points: Points, plane: Matrix) -> Points:
    """Return where points of a plane are in the picture."""
    projected = cv2.perspectiveTransform(points[None], plane)[0]
    return np.clip(projected, -_FAR, _FAR).astype(np.float64)


def fill_shape(
    canvas: NDArray[np.uint8], points: Points, plane: Matrix, colour: NDArray[np.floating]
) -> None:
    """Fill a polygon of a plane on a canvas `(H, W, 3)`, in place, with smooth edges."""
    corners = np.rint((project(points, plane) - 0.5) * 2**_FRACTION_BITS).astype(np.int32)
    shade = np.clip(colour, 0, 255).tolist()
    cv2.fillPoly(canvas, [corners], shade, cv2.LINE_AA, _FRACTION_BITS)


def paste_patch(
    canvas: NDArray[np.uint8],
    patch: NDArray[np.uint8],
    mask: NDArray[np.float32],
    corners: Points,
) -> None:
    """Paint a patch `(h, w, 3)` on a canvas, in place, its corners on four points of the picture.

    Args:
        canvas: `(H, W, 3)`.
        patch: What to paint; it shrinks by area before it is warped, as a sensor would see it.
        mask: `(h, w)` in [0, 1]: how far the patch covers.
        corners: `(4, 2)` from the left top clockwise.
    """
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 1, canvas.shape[1::-1])
    if (high <= low).any():
        return
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    width = int(np.clip(np.ceil(max(sides[1], sides[3])), 2, patch.shape[1]))
    height = int(np.clip(np.ceil(max(sides[0], sides[2])), 2, patch.shape[0]))
    layers = [
        cv2.resize(one, (width, height), interpolation=cv2.INTER_AREA) for one in (patch, mask)
    ]
    # OpenCV counts from the middle of the first pixel.
    start = rectangle(0, 0, width, height).astype(np.float32) - np.float32(0.5)
    end = (corners - low - 0.5).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(start, end)
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    warped = cv2.warpPerspective(layers[0], matrix, size, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(layers[1], matrix, size)[..., None]
    area = canvas[low[1] : high[1], low[0] : high[0]]
    area[:] = np.rint(area + cover * (warped.astype(np.float32) - area)).astype(np.uint8)
