"""Two small countries of drawn traffic signs: the same classes, other colours and other streets.

For tests that move a finder from one country to another, as people do with real signs.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from lpr_core.data.formats.boxes import LabelledBox, LabelledPhoto
from lpr_core.data.formats.boxes.manifest import write_manifest_boxes

CLASSES = ("limit", "stop", "warning", "yield")
_OUTLINES = {"stop": 8, "warning": 3, "yield": 3}


class Country(NamedTuple):
    """What signs and streets look like."""

    rim: tuple[int, int, int]
    face: tuple[int, int, int]
    street: tuple[int, int, int]


NORTH = Country((190, 30, 40), (240, 240, 235), (120, 122, 128))
SOUTH = Country((30, 60, 170), (235, 205, 60), (150, 120, 90))


@dataclass(frozen=True)
class SignPhoto:
    """A picture, its boxes `(n, 4)` left, top, right, bottom, and their classes."""

    picture: np.ndarray
    boxes: np.ndarray
    classes: tuple[str, ...]


def draw_sign_photo(country: Country, rng: np.random.Generator, size: int = 96) -> SignPhoto:
    """A street with no sign, one or two of them, which do not touch."""
    picture = np.empty((size, size, 3), np.uint8)
    picture[:] = np.clip(np.array(country.street) + rng.normal(0, 20), 0, 255)
    for _ in range(6):
        start, end = rng.integers(0, size, (2, 2)).tolist()
        cv2.line(picture, start, end, rng.integers(0, 255, 3).tolist(), int(rng.integers(1, 4)))
    boxes, classes = [], []
    for half in range(2):
        if rng.random() < 0.3:
            continue
        reach = int(rng.integers(size // 10, size // 5))
        x = int(rng.integers(reach, size // 2 - reach)) + half * size // 2
        y = int(rng.integers(reach, size - reach))
        classes.append(str(rng.choice(CLASSES)))
        boxes.append(_draw_sign(picture, classes[-1], country, (x, y), reach))
    picture = np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
    return SignPhoto(picture, np.array(boxes, float).reshape(-1, 4), tuple(classes))


def _draw_sign(picture, name, country, middle, reach):
    """Draw one sign and return its box."""
    if name == "limit":
        cv2.circle(picture, middle, reach - 1, country.rim, -1)
        cv2.circle(picture, middle, round(reach * 0.7), country.face, -1)
        return [middle[0] - reach + 1, middle[1] - reach + 1, middle[0] + reach, middle[1] + reach]
    corners = _OUTLINES[name]
    turn = {"stop": np.pi / 8, "warning": -np.pi / 2, "yield": np.pi / 2}[name]
    angles = turn + np.arange(corners) * 2 * np.pi / corners
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    points = np.rint(middle + ring * (reach - 1)).astype(np.int32)
    cv2.fillPoly(picture, [points], country.rim)
    if name != "stop":
        inner = np.rint(middle + ring * reach * 0.55).astype(np.int32)
        cv2.fillPoly(picture, [inner], country.face)
    return [*points.min(axis=0).tolist(), *(points.max(axis=0) + 1).tolist()]


def write_sign_photos(
    folder: Path, country: Country, counts: dict[str, int], seed: int, size: int = 96
) -> Path:
    """Write so many photos of each split and the manifest, whose path is returned."""
    rng = np.random.default_rng(seed)
    photos = []
    (folder / "images").mkdir(parents=True)
    for split, count in counts.items():
        for number in range(count):
            drawn = draw_sign_photo(country, rng, size)
            path = folder / "images" / f"{split}-{number:03}.png"
            cv2.imwrite(str(path), drawn.picture[..., ::-1])
            boxes = tuple(
                LabelledBox.between(*box, name)
                for box, name in zip(drawn.boxes.tolist(), drawn.classes, strict=True)
            )
            photos.append(LabelledPhoto("", str(path), boxes, split))
    write_manifest_boxes(photos, folder / "manifest.csv")
    return folder / "manifest.csv"
