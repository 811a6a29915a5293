"""Make plates in photos unreadable, and tell how many are still found or read afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lpr_core.pictures.decoding import Picture
from lpr_core.serving.finding.finder import FoundBox
from lpr_core.serving.finding.tiles import find_in_tiles
from lpr_core.serving.pipeline import Pipeline

MARGIN = 0.15
"""Share of a plate's size that is taken around it: a finder's edges are off by a few percent."""

PASSES = 3
"""What is still found after a pass is taken in the next one."""

_PATCHES = (2, 4)
"""Rows and columns of colour that are left of a plate: its shade, and no stroke of a symbol."""
_SAVED_AS = {".jpg": ".jpg", ".jpeg": ".jpg", ".webp": ".webp"}


@dataclass(frozen=True)
class Redacted:
    """A photo whose plates are gone.

    Attributes:
        picture: `(H, W, 3)` uint8 RGB.
        plates: Plates that were made unreadable, in pixels: corners `(4, 2)` x before y.
        still_found: Places that our finder still takes for a plate, for their shape.
        still_read: Plates that our reader still reads; above 0 the photo must not be given away.
    """

    picture: Picture
    plates: tuple[NDArray[np.float64], ...]
    still_found: int
    still_read: int


def redact_photo(picture: Picture, pipeline: Pipeline) -> Redacted:
    """Return a photo without readable plates; the given one is not changed.

    Each place that the finder names, in the whole photo and in its parts, gives way to a few
    patches of its own mean colours, so that no pixel of a symbol is left; up to `PASSES` times,
    as long as something is still read. A picture that is a crop of one plate goes whole.

    Args:
        picture: `(H, W, 3)` uint8 RGB, upright.
        pipeline: Finds the plates, and looks for them afterwards.
    """
    redacted, gone = picture.copy(), []
    for _ in range(PASSES):
        places = _list_places(redacted, pipeline)
        if not places:
            break
        for corners in places:
            _fill(redacted, corners)
        gone += places
        if not _count_read(redacted, pipeline):
            break
    return Redacted(
        redacted,
        tuple(gone),
        still_found=len(_find(redacted, pipeline)),
        still_read=_count_read(redacted, pipeline),
    )


def save_redacted(redacted: Redacted, source: Path, out_dir: Path) -> Path:
    """Write a redacted photo under its own name, without anything that the file said beside it.

    No EXIF, thumbnail or place is written, for the file is made anew: as JPEG or WebP where it was
    one, else as PNG.

    Raises:
        ValueError: The file would take the place of the original.
    """
    suffix = _SAVED_AS.get(source.suffix.lower(), ".png")
    path = out_dir / f"{source.stem}{suffix}"
    if path.resolve() == source.resolve():
        raise ValueError(f"the originals stay: `--out` must be another folder. Received: {out_dir}")
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(redacted.picture).save(path, quality=92)
    return path


def _list_places(picture: Picture, pipeline: Pipeline) -> list[NDArray[np.float64]]:
    """Return the corners of what has to go, widened."""
    found = _find(picture, pipeline)
    if found:
        return [_widen(_corners_of(one)) for one in found]
    if _count_read(picture, pipeline):  # a crop of one plate, which is read whole
        height, width = picture.shape[:2]
        return [np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)]
    return []


def _find(picture: Picture, pipeline: Pipeline) -> list[FoundBox]:
    """Return what the finder names in the whole photo and in its parts, doubles and all."""
    if pipeline.finder is None:
        return []
    return [*pipeline.finder.find(picture), *find_in_tiles(pipeline.finder, picture)]


def _count_read(picture: Picture, pipeline: Pipeline) -> int:
    return sum(plate.reading.is_readable for plate in pipeline.read(picture).plates)


def _corners_of(found: FoundBox) -> NDArray[np.float64]:
    """Return a plate's corners `(4, 2)`, the hull of what finder and refiner say."""
    left, top, right, bottom = found.box
    edges = [(left, top), (right, top), (right, bottom), (left, bottom)]
    if found.corners is None:
        return np.array(edges, np.float64)
    hull = cv2.convexHull(np.array([*edges, *found.corners], np.float32))
    return np.asarray(hull.reshape(-1, 2), np.float64)


def _widen(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move corners away from their middle by the margin on each side."""
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    return middle + (corners - middle) * (1 + 2 * MARGIN)


def _fill(picture: Picture, corners: NDArray[np.float64]) -> None:
    """Lay patches of mean colours over a polygon, in place."""
    height, width = picture.shape[:2]
    low = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0)), (width, height)).astype(int)
    if (high - low < 1).any():
        return
    area = picture[low[1] : high[1], low[0] : high[0]]
    rows, columns = (min(patch, side) for patch, side in zip(_PATCHES, area.shape, strict=False))
    few = cv2.resize(area, (columns, rows), interpolation=cv2.INTER_AREA)
    patches = cv2.resize(few, area.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    mask = np.zeros(area.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(corners - low).astype(np.int32), 1)
    area[mask > 0] = patches.reshape(area.shape)[mask > 0]


def count_plates(photos: Sequence[Redacted]) -> dict[str, int]:
    """Return how many photos, plates gone, places still found and plates still read there are."""
    return {
        "photos": len(photos),
        "plates": sum(len(photo.plates) for photo in photos),
        "still_found": sum(photo.still_found for photo in photos),
        "still_read": sum(photo.still_read for photo in photos),
    }
