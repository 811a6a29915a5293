"""Look closer: a photo in overlapping parts, each twice as large on the finder's canvas."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from lpr_core.pictures.decoding import Picture
from lpr_core.serving.finding.finder import FoundBox

_OVERLAP = 0.45
"""Two boxes that overlap more are one thing; as in `FinderCard`."""
_RIM = 2.0
"""Pixels: what comes so near to an inner edge of a part is cut; another part shows it whole."""


class FindsBoxes(Protocol):
    """What a `Finder` is, and what stands in for one."""

    def find(self, picture: Picture) -> list[FoundBox]:
        """Return what is in a photo, surest first."""
        ...


def find_in_tiles(finder: FindsBoxes, picture: Picture) -> list[FoundBox]:
    """Return what is in the parts of a photo `(H, W, 3)` uint8 RGB, surest first.

    The parts have half of the longer side, and lie half over each other, so that a thing of up to
    a quarter of that side is whole in one of them. That takes up to nine looks.
    """
    found: list[FoundBox] = []
    size = picture.shape[:2]
    for top, bottom in _spans(size[0], max(size) // 2):
        for left, right in _spans(size[1], max(size) // 2):
            part = (left, top, right, bottom)
            seen = finder.find(np.ascontiguousarray(picture[top:bottom, left:right]))
            found += [_move(one, left, top) for one in seen if _is_whole(one, part, size)]
    return _drop_doubles(found)


def _spans(length: int, side: int) -> Iterator[tuple[int, int]]:
    """Yield where parts of a side begin and end; they lie half over each other."""
    if side >= length:
        yield 0, length
        return
    count = -(-(length - side) // max(side // 2, 1)) + 1
    for start in np.linspace(0, length - side, count).round().astype(int).tolist():
        yield start, start + side


def _is_whole(found: FoundBox, part: tuple[int, int, int, int], size: tuple[int, int]) -> bool:
    """Tell whether a box, in pixels of a part, keeps off the part's edges inside the photo."""
    left, top, right, bottom = part
    height, width = size
    x0, y0, x1, y1 = found.box
    return (
        (left == 0 or x0 > _RIM)
        and (top == 0 or y0 > _RIM)
        and (right == width or x1 < right - left - _RIM)
        and (bottom == height or y1 < bottom - top - _RIM)
    )


def _move(found: FoundBox, left: int, top: int) -> FoundBox:
    x0, y0, x1, y1 = found.box
    corners = found.corners and tuple((x + left, y + top) for x, y in found.corners)
    return replace(found, box=(x0 + left, y0 + top, x1 + left, y1 + top), corners=corners)


def _drop_doubles(found: Sequence[FoundBox]) -> list[FoundBox]:
    """Keep the surest of boxes that two parts show."""
    kept: list[FoundBox] = []
    for one in sorted(found, key=lambda box: box.score, reverse=True):
        if all(one.name != other.name or _overlap(one, other) <= _OVERLAP for other in kept):
            kept.append(one)
    return kept


def _overlap(one: FoundBox, other: FoundBox) -> float:
    """Return the intersection over the union of two boxes."""
    a, b = np.array(one.box), np.array(other.box)
    shared = np.prod(np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0))
    union = np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - shared
    return float(shared / union) if union > 0 else 0.0
