"""What a file of labels says about the things in one photo, whatever its format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lpr_core.data.formats.labels import Fault
from lpr_core.pictures.decoding import MAX_PIXELS

PLATE_CLASS = "plate"
"""The class of a box where the labels name none."""

Corners = tuple[tuple[float, float], ...]
"""Four points `(x, y)` in pixels, from the left top clockwise."""


@dataclass(frozen=True)
class LabelledBox:
    """One thing in a photo, in pixels of the upright picture.

    Attributes:
        x: Left edge; at least 0.
        y: Top edge; at least 0.
        width: More than 0.
        height: More than 0.
        class_name: What it is.
        text: What the plate says; empty where nobody said it.
        corners: Its four corners; None where they are unknown.
    """

    x: float
    y: float
    width: float
    height: float
    class_name: str = PLATE_CLASS
    text: str = ""
    corners: Corners | None = None

    def __post_init__(self) -> None:
        numbers = (self.x, self.y, self.width, self.height)
        is_sound = np.isfinite(numbers).all() and max(numbers) <= MAX_PIXELS
        if not is_sound or min(self.x, self.y) < 0 or min(self.width, self.height) <= 0:
            raise ValueError(
                "a box must have x and y of at least 0, width and height of more than 0. "
                f"Received: {', '.join(f'{number:g}' for number in numbers)}"
            )
        if not self.class_name:
            raise ValueError("the class of a box is empty")
        if self.corners is not None:
            check_corners(self.corners)

    @classmethod
    def between(
        cls, left: float, top: float, right: float, bottom: float, class_name: str, text: str = ""
    ) -> "LabelledBox":
        """Return the box between four edges; what lies below 0 is cut off.

        Annotators drag boxes over the picture's edge; that is no mistake of theirs.
        """
        x, y = max(left, 0.0), max(top, 0.0)
        return cls(x, y, right - x, bottom - y, class_name, text)

    @classmethod
    def around(cls, corners: Corners, class_name: str, text: str = "") -> "LabelledBox":
        """Return the upright box around four corners, which it keeps."""
        check_corners(corners)
        xs, ys = zip(*corners, strict=True)
        box = cls.between(min(xs), min(ys), max(xs), max(ys), class_name, text)
        return cls(box.x, box.y, box.width, box.height, class_name, text, corners)


@dataclass(frozen=True)
class LabelledPhoto:
    """A photo and everything that is labelled in it.

    Attributes:
        place: Where in the file this stands, such as "line 3"; empty where the file is one photo.
        picture: The picture's path or name as the file has it.
        boxes: None at all where somebody looked and found nothing.
        split: One of `SPLITS`, or empty.
        facts: Country, track and the like by name, as far as they are known.
        size: Height and width that the file states; None where it states none.
    """

    place: str
    picture: str
    boxes: tuple[LabelledBox, ...]
    split: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    size: tuple[int, int] | None = None


BoxesFound = LabelledPhoto | Fault


def check_corners(corners: Sequence[Sequence[float]]) -> None:
    """Refuse what are not four points of a shape that bends one way, clockwise on the screen.

    Raises:
        ValueError: They are not.
    """
    points = np.array(corners, np.float64)
    if points.shape != (4, 2) or not np.isfinite(points).all():
        raise ValueError(f"corners must be four points. Received: {corners}")
    ways = np.roll(points, -1, axis=0) - points
    following = np.roll(ways, -1, axis=0)
    if not (ways[:, 0] * following[:, 1] - ways[:, 1] * following[:, 0] > 0).all():
        raise ValueError(
            "corners must go from the left top clockwise around the plate. "
            f"Received: {', '.join(f'{x:g} {y:g}' for x, y in points)}"
        )


def parse_numbers(fields: Sequence[str], rule: str) -> list[float]:
    """Return fields as finite numbers.

    Raises:
        ValueError: One is none; the message is the rule and what came.
    """
    try:
        numbers = [float(one) for one in fields]
    except ValueError:
        numbers = [float("nan")]
    if not np.isfinite(numbers).all():
        raise ValueError(f"{rule}. Received: {', '.join(map(repr, fields))}")
    return numbers


def name_picture(path: Path, folder: Path) -> str:
    """Return a picture's path as a file of labels in a folder names it, with `/`."""
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()
