"""One plate in one picture, as a manifest's row and every importer says it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.pictures.decoding import MAX_PIXELS, Picture, PictureError, read_picture
from lpr_core.plates.facts import FACT_COLUMNS, UNKNOWN, PlateFacts

SPLITS = ("train", "validation", "test")
BOX_COLUMNS = ["x", "y", "width", "height"]
TEXT_COLUMNS = ["image_path", "plate_text", "plate_region", "split"]


MAX_LABEL_BYTES = 500_000_000
"""The most that one file of labels may have."""


class ManifestError(ValueError):
    """Rows or files that cannot be used; `problems` has one line for each of them."""

    def __init__(self, summary: str, problems: Sequence[str] = ()) -> None:
        super().__init__("\n  ".join([summary, *problems]))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Box:
    """The plate's place in the picture: left and top edge, width and height in pixels."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        numbers = (self.x, self.y, self.width, self.height)
        if min(self.x, self.y) < 0 or min(self.width, self.height) < 1 or max(numbers) > MAX_PIXELS:
            raise ValueError(
                "a box must have x and y of at least 0, width and height of at least 1. "
                f"Received: {', '.join(map(str, numbers))}"
            )

    @classmethod
    def around(cls, points: Sequence[tuple[float, float]]) -> Self:
        """Return the upright box around points `(x, y)`; what lies below 0 is cut off."""
        if not np.isfinite(points).all():
            raise ValueError(f"a box must have numbers for its corners. Received: {points}")
        xs, ys = ([max(round(number), 0) for number in axis] for axis in zip(*points, strict=True))
        return cls(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


@dataclass(frozen=True)
class Sample:
    """A picture, the text of the plate in it, and what else is known.

    Attributes:
        image_path: Where the picture is.
        plate_text: The plate's text.
        plate_region: A region code such as "br" or "us-ca"; empty when unknown.
        split: One of `SPLITS`; empty when not split yet.
        box: The plate's place; `None` when the whole picture shows the plate.
        facts: Rows, camera, time and track, as far as they are known.
    """

    image_path: Path
    plate_text: str
    plate_region: str = ""
    split: str = ""
    box: Box | None = None
    facts: PlateFacts = UNKNOWN


def build_frame(samples: Iterable[Sample]) -> pd.DataFrame:
    """Return one row for each sample: `TEXT_COLUMNS`, then `BOX_COLUMNS` and `FACT_COLUMNS`.

    Those of the last two are there that any sample has. Facts are text, as `PlateFacts.write` has
    them, and empty where unknown.

    Raises:
        ManifestError: Some samples have a box and others have none.
    """
    samples = list(samples)
    frame = pd.DataFrame(
        [(str(s.image_path), s.plate_text, s.plate_region, s.split) for s in samples],
        columns=TEXT_COLUMNS,
        dtype="str",
    )
    return frame.assign(**_tabulate_boxes(samples), **_tabulate_facts(samples))


def _tabulate_boxes(samples: Sequence[Sample]) -> dict[str, NDArray[np.int64]]:
    boxes = [sample.box for sample in samples if sample.box is not None]
    if not boxes:
        return {}
    if len(boxes) < len(samples):
        without = next(sample.image_path for sample in samples if sample.box is None)
        raise ManifestError(
            f"Either every plate must have a box or none: {len(samples) - len(boxes)} of "
            f"{len(samples)} have none, the first is {without}."
        )
    sizes = np.array([(box.x, box.y, box.width, box.height) for box in boxes], np.int64)
    return dict(zip(BOX_COLUMNS, sizes.T, strict=True))


def _tabulate_facts(samples: Sequence[Sample]) -> dict[str, pd.Series]:
    if all(sample.facts == UNKNOWN for sample in samples):
        return {}
    written = [sample.facts.write() for sample in samples]
    columns = {name: [facts[name] for facts in written] for name in FACT_COLUMNS}
    return {name: pd.Series(said, dtype="str") for name, said in columns.items() if any(said)}


def read_crop(row: pd.Series) -> Picture:
    """Read the picture of a manifest's row, cut to the plate's box where the row has one.

    Raises:
        PictureError: As `cut_plate`.
    """
    return cut_plate(Path(row["image_path"]), read_box(row))


def read_box(row: pd.Series) -> Box | None:
    """Return the plate's box in a manifest's row; `None` where the whole picture is the plate."""
    return Box(*(int(row[column]) for column in BOX_COLUMNS)) if "x" in row else None


def cut_plate(path: Path, box: Box | None) -> Picture:
    """Read a picture and cut out a box; where the box reaches over the edge, it is cut off.

    Raises:
        PictureError: The file, which is named, is no readable picture or has no such place.
    """
    try:
        picture = read_picture(path)
        return picture if box is None else cut_box(picture, box)
    except PictureError as error:
        raise PictureError(f"{path.name}: {error}") from error


def cut_box(picture: Picture, box: Box) -> Picture:
    """Cut out a box; where it reaches over the edge, it is cut off.

    Raises:
        PictureError: The picture has no such place.
    """
    crop = picture[box.y : box.y + box.height, box.x : box.x + box.width]
    if not crop.size:
        raise PictureError(
            f"The plate's box ({box.x}, {box.y}, {box.width}, {box.height}) lies "
            f"outside the picture of {picture.shape[1]} x {picture.shape[0]} pixels."
        )
    return crop
