"""Photos with boxes of any number of classes, one row for each photo, from any format of labels."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.data.formats.boxes import (
    FoundPhoto,
    LabelledBox,
    detect_box_layout,
    find_photos,
)
from lpr_core.pictures.decoding import PictureError, read_picture

PHOTO_COLUMNS = ("image_path", "split", "boxes", "classes", "corners", "texts", "country", "track")


def read_photos(source: Path, layout: str | None = None) -> pd.DataFrame:
    """Read labels of photos into a frame with one row for each photo, in the labels' order.

    The columns are `image_path` (absolute), `split` (empty where nothing is said), `boxes`
    (`(n, 4)` float64: left, top, right and bottom edge in pixels of the upright picture),
    `classes` (n names), `corners` (`(n, 4, 2)` from the left top clockwise, NaN where unknown),
    `texts` (n, empty where unknown), `country` and `track` (empty where unknown). A photo with
    nothing in it has n = 0.

    Args:
        source: A manifest, another file of labels, or a folder of them.
        layout: One of `box_layouts()`; None tells it by the names of the files.

    Raises:
        ManifestError: One or more labels are bad; all are listed, with their line numbers.
        ValueError: The layout is unknown.
        FileNotFoundError: There is no such file.
    """
    source = Path(source)
    found = find_photos(layout or detect_box_layout(source), source)
    return pd.DataFrame([_tabulate(photo) for photo in found], columns=list(PHOTO_COLUMNS))


def check_photos(photos: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence for each picture of `read_photos` that cannot be read or misses a box."""
    faults = (
        _find_fault(Path(path), boxes)
        for path, boxes in zip(photos["image_path"], photos["boxes"], strict=True)
    )
    return tuple(fault for fault in faults if fault)


def _find_fault(path: Path, boxes: NDArray[np.float64]) -> str:
    try:
        height, width, _ = read_picture(path).shape
    except PictureError as error:
        return f"{path.name}: {error}"
    outside = boxes[(boxes[:, 0] >= width) | (boxes[:, 1] >= height)]
    if not len(outside):
        return ""
    edges = ", ".join(f"{edge:g}" for edge in outside[0])
    return f"{path.name}: a box ({edges}) lies outside the picture of {width} x {height} pixels."


def _tabulate(photo: FoundPhoto) -> dict[str, object]:
    boxes = photo.label.boxes
    return {
        "image_path": str(photo.picture_path),
        "split": photo.split,
        "boxes": stack_boxes(boxes),
        "classes": tuple(box.class_name for box in boxes),
        "corners": stack_corners(boxes),
        "texts": tuple(box.text for box in boxes),
        "country": photo.label.facts.get("country", ""),
        "track": photo.label.facts.get("track", ""),
    }


def stack_boxes(boxes: Sequence[LabelledBox]) -> NDArray[np.float64]:
    """Return boxes as `(n, 4)`: left, top, right and bottom edge."""
    edges = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes]
    return np.array(edges, np.float64).reshape(-1, 4)


def stack_corners(boxes: Sequence[LabelledBox]) -> NDArray[np.float64]:
    """Return corners as `(n, 4, 2)`, NaN where they are unknown."""
    unknown = ((np.nan, np.nan),) * 4
    return np.array([box.corners or unknown for box in boxes], np.float64).reshape(-1, 4, 2)


def list_classes(photos: pd.DataFrame) -> tuple[str, ...]:
    """Return the names of all classes of `read_photos`, sorted."""
    return tuple(sorted({name for names in photos["classes"] for name in names}))
