"""Parts of photos in which nothing is labelled: what plates are drawn on, or photos laid on."""

import numpy as np
from numpy.typing import NDArray

from lpr_core.augment.photo_places import Size, size_of

_NUM_TRIES = 60
_LEAST_SHARE = 0.25


def cut_free_part(
    picture: NDArray[np.uint8],
    boxes: NDArray[np.floating],
    rng: np.random.Generator,
    size: Size,
    margin: float = 0.15,
) -> NDArray[np.uint8] | None:
    """Return a part of a photo, as large as is found in a few tries, that holds none of its boxes.

    What nobody labelled may still be in it.

    Args:
        picture: `(H, W, 3)` uint8 RGB; the part is a view of it.
        boxes: `(n, 4)` left, top, right and bottom edge.
        rng: All randomness comes from here.
        size: Height and width whose proportions the part has; it is not resized.
        margin: Share of each box's width and height that is kept clear around it.

    Returns:
        `(h, w, 3)`, or None where the boxes leave no room for a quarter of the photo's sides.
    """
    height, width = size_of(picture)
    whole = np.array(size, np.float64) * min(height / size[0], width / size[1])
    shares = np.sort(_LEAST_SHARE + (1 - _LEAST_SHARE) * rng.random(_NUM_TRIES) ** 2)[::-1]
    sides = np.maximum(np.round(shares[:, None] * whole), 1)  # height, width
    starts = np.floor(rng.random((_NUM_TRIES, 2)) * ([height, width] - sides + 1))
    room = np.tile((boxes[:, 2:] - boxes[:, :2]) * margin, 2) * [-1, -1, 1, 1]
    near = (boxes + room)[None]
    ends = starts + sides
    apart = (
        (ends[:, None, 1] <= near[..., 0])
        | (ends[:, None, 0] <= near[..., 1])
        | (starts[:, None, 1] >= near[..., 2])
        | (starts[:, None, 0] >= near[..., 3])
    ).all(axis=1)
    if not apart.any():
        return None
    best = int(apart.argmax())
    (top, left), (low, right) = starts[best].astype(int), ends[best].astype(int)
    return picture[top:low, left:right]
