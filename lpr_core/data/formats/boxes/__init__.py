"""One reader and, where others read it too, one writer for each format that boxes come in."""

from lpr_core.data.formats.boxes.labels import PLATE_CLASS, LabelledBox, LabelledPhoto
from lpr_core.data.formats.boxes.layouts import (
    FoundPhoto,
    box_layouts,
    describe_box_layout,
    detect_box_layout,
    find_photos,
)

__all__ = [
    "PLATE_CLASS",
    "FoundPhoto",
    "LabelledBox",
    "LabelledPhoto",
    "box_layouts",
    "describe_box_layout",
    "detect_box_layout",
    "find_photos",
]
