"""Boxes in our own manifest: one row for each box, and one without a box for an empty photo."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from lpr_core.data.formats.boxes.labels import (
    PLATE_CLASS,
    BoxesFound,
    Corners,
    LabelledBox,
    LabelledPhoto,
    check_corners,
    name_picture,
    parse_numbers,
)
from lpr_core.data.formats.cells import guard_cell, unguard_cell
from lpr_core.data.formats.labels import Fault
from lpr_core.data.formats.manifest import check_split, read_rows
from lpr_core.data.samples import BOX_COLUMNS, ManifestError
from lpr_core.files import write_text_atomic

CORNER_COLUMNS = ["x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"]
FACT_COLUMNS = ("country", "camera", "taken_at", "track")
_GUARDED = ("plate_text", "class", *FACT_COLUMNS)
_NEEDED = ["image_path", *BOX_COLUMNS]
_WRITTEN = ["image_path", "plate_text", "class", "split", *BOX_COLUMNS, *CORNER_COLUMNS]


def read_manifest_boxes(path: Path) -> Iterator[BoxesFound]:
    """Our manifest: a CSV with `image_path, x, y, width, height`, one row for each box.

    Optional: `plate_text`, `class` ("plate" where there is none), `split`, the corners from the
    left top clockwise as `x1, y1` to `x4, y4`, `country` (or `plate_region`), `camera`, `taken_at`
    and `track`. A photo with nothing in it has one row with an empty box and no text. Numbers are
    pixels of the upright picture and may have decimals; paths are relative to the CSV.
    """
    photos: dict[str, _Rows] = {}
    num_rows = 0
    for row in read_rows(path, _check_header):
        num_rows += 1
        if isinstance(row, Fault):
            yield row
            continue
        line, fields = row
        try:
            _take_row(photos, line, fields)
        except ValueError as error:
            yield Fault(f"line {line}", str(error))
    if not num_rows:
        raise ManifestError(f"{path} must have at least one row. Received: only a header")
    yield from (rows.join() for rows in photos.values())


class _Rows:
    """The rows of one photo so far."""

    def __init__(self, line: int, picture: str, split: str, facts: Mapping[str, str]) -> None:
        self.line, self.picture, self.split, self.facts = line, picture, split, facts
        self.boxes: dict[LabelledBox | None, int] = {}

    def add(self, line: int, box: LabelledBox | None) -> None:
        first = next((at for one, at in self.boxes.items() if _place(one) == _place(box)), None)
        if first is not None:
            raise ValueError(f"the same box of this picture stands on line {first} already")
        if self.boxes and (box is None or None in self.boxes):
            raise ValueError(
                "a picture with a row without a box must have no other row. "
                f"Received: another one on line {next(iter(self.boxes.values()))}"
            )
        self.boxes[box] = line

    def join(self) -> LabelledPhoto:
        boxes = tuple(box for box in self.boxes if box is not None)
        return LabelledPhoto(f"line {self.line}", self.picture, boxes, self.split, self.facts)


def _place(box: LabelledBox | None) -> tuple[object, ...]:
    return () if box is None else (box.x, box.y, box.width, box.height, box.class_name)


def _take_row(photos: dict[str, _Rows], line: int, fields: Mapping[str, str]) -> None:
    picture = fields["image_path"].replace("\\", "/")
    if not picture:
        raise ValueError("image_path is empty")
    split = check_split(fields.get("split", ""))
    box = _parse_box(fields)
    said = {name: unguard_cell(fields.get(name, "")) for name in FACT_COLUMNS}
    said["country"] = said["country"] or unguard_cell(fields.get("plate_region", ""))
    facts = {name: value for name, value in said.items() if value}
    rows = photos.get(picture) or _Rows(line, picture, split, facts)
    if rows.split != split:
        raise ValueError(
            f"a picture must have one split. Received: {split!r} here, {rows.split!r} on line "
            f"{rows.line}"
        )
    rows.add(line, box)
    photos[picture] = rows


def _check_header(path: Path, header: list[str]) -> list[str]:
    known = [name for name in header if name in {*_NEEDED, *_WRITTEN, *FACT_COLUMNS}]
    corners = set(known) & set(CORNER_COLUMNS)
    if not set(_NEEDED) <= set(known):
        rule = f"must have the columns {', '.join(_NEEDED)}"
    elif corners and len(corners) < len(CORNER_COLUMNS):
        rule = f"must have all of the columns {', '.join(CORNER_COLUMNS)} or none"
    elif len(set(known)) < len(known):
        rule = "must not repeat a column"
    else:
        return header
    raise ManifestError(f"{path} {rule}. Received: {', '.join(header) or 'an empty file'}")


def _parse_box(fields: Mapping[str, str]) -> LabelledBox | None:
    numbers = [fields[column] for column in BOX_COLUMNS]
    corners = [fields.get(column, "") for column in CORNER_COLUMNS]
    text = unguard_cell(fields.get("plate_text", ""))
    if not any(numbers):
        if text or any(corners):
            raise ValueError("a row without a box must have no text and no corners")
        return None
    rule = f"{', '.join(BOX_COLUMNS)} must be numbers, or all empty"
    name = unguard_cell(fields.get("class", "")) or PLATE_CLASS
    x, y, width, height = parse_numbers(numbers, rule)
    return LabelledBox(x, y, width, height, name, text, _parse_corners(corners))


def _parse_corners(fields: Sequence[str]) -> Corners | None:
    if not any(fields):
        return None
    rule = f"{', '.join(CORNER_COLUMNS)} must be numbers, or all empty"
    numbers = parse_numbers(fields, rule)
    corners = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    check_corners(corners)
    return corners


def write_manifest_boxes(photos: Sequence[LabelledPhoto], path: Path) -> None:
    """Write photos as `read_manifest_boxes` reads them; `picture` is relative to the CSV."""
    rows = [row for photo in photos for row in _tabulate(photo, path.parent)]
    table = pd.DataFrame(rows, columns=[*_WRITTEN, *FACT_COLUMNS], dtype="str").fillna("")
    optional = [*CORNER_COLUMNS, *FACT_COLUMNS]
    table = table.drop(columns=[name for name in optional if not table[name].any()])
    write_text_atomic(path, table.to_csv(index=False, lineterminator="\n"))


def _tabulate(photo: LabelledPhoto, folder: Path) -> Iterator[dict[str, str]]:
    picture = name_picture(Path(photo.picture), folder)
    facts = {name: value for name, value in photo.facts.items() if name in FACT_COLUMNS}
    shared = {"image_path": picture, "split": photo.split, **facts}
    for box in photo.boxes or (None,):
        row = shared if box is None else shared | _write_box(box)
        yield {name: guard_cell(said) if name in _GUARDED else said for name, said in row.items()}


def _write_box(box: LabelledBox) -> dict[str, str]:
    corners = np.ravel(box.corners) if box.corners is not None else ()
    return {
        "plate_text": box.text,
        "class": box.class_name,
        **dict(zip(BOX_COLUMNS, map(_write, (box.x, box.y, box.width, box.height)), strict=True)),
        **dict(zip(CORNER_COLUMNS, map(_write, corners), strict=False)),
    }


def _write(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
