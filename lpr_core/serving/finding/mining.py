"""What a finder takes for plates: boxes that a refiner learns to reject."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from lpr_core.data.formats.boxes import PLATE_CLASS, LabelledBox, LabelledPhoto
from lpr_core.data.formats.boxes.manifest import write_manifest_boxes
from lpr_core.serving.finding.evaluation import list_things, read_labelled
from lpr_core.serving.finding.finder import Finder
from lpr_core.tasks.finding.boxes.geometry import Floats, overlap_boxes

FALSE_CLASS = "no_plate"
_APART = 0.1  # a box that overlaps a plate more may be one
_MOST = 4


def mine_false_boxes(
    finder: Finder, photos: pd.DataFrame, out: Path, least_score: float = 0.05
) -> int:
    """Write the photos' boxes and, as `FALSE_CLASS`, what the finder finds beside them.

    Args:
        finder: Finds plates; its refiner is not asked.
        photos: Rows of `read_photos`.
        out: The manifest to write.
        least_score: What is less sure is no lesson.

    Returns:
        How many false boxes there are.

    Raises:
        PictureError: A photo cannot be read.
    """
    labelled = [_label(finder, row, least_score) for _, row in photos.iterrows()]
    write_manifest_boxes(labelled, out)
    return sum(box.class_name == FALSE_CLASS for photo in labelled for box in photo.boxes)


def _label(finder: Finder, row: pd.Series, least_score: float) -> LabelledPhoto:
    picture = read_labelled(row)
    found = finder.decode(finder.predict(picture), picture.shape[:2], least_score)
    plates = list_things(row, (PLATE_CLASS,)).edges
    false = found.edges[overlap_boxes(found.edges, plates).max(axis=1, initial=0) < _APART]
    boxes = tuple(_name_boxes(plates, PLATE_CLASS)) + tuple(_name_boxes(false[:_MOST], FALSE_CLASS))
    facts = {"country": row["country"]} if row["country"] else {}
    return LabelledPhoto("", row["image_path"], boxes, row["split"], facts)


def _name_boxes(edges: Floats, name: str) -> Iterator[LabelledBox]:
    for left, top, right, bottom in np.asarray(edges, float).round(2).tolist():
        if right - left >= 1 and bottom - top >= 1:
            yield LabelledBox.between(left, top, right, bottom, name)
