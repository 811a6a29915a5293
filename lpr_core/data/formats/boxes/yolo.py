"""Boxes in YOLO's text files."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import yaml

from lpr_core.data.formats.boxes.coco import require_size
from lpr_core.data.formats.boxes.labels import (
    BoxesFound,
    LabelledBox,
    LabelledPhoto,
    parse_numbers,
)
from lpr_core.data.formats.labels import Fault
from lpr_core.data.formats.pictures import PictureIndex
from lpr_core.data.samples import MAX_LABEL_BYTES
from lpr_core.files import write_text_atomic
from lpr_core.pictures.decoding import measure_picture
from lpr_core.untrusted import read_untrusted_text

_YAML_NAMES = ("data.yaml", "data.yml", "dataset.yaml")
_CLASS_LISTS = ("classes.txt", "obj.names")
_RULE = "a line must be `class x y width height`, or `class` and four corners, in shares"


def read_yolo(path: Path, index: PictureIndex) -> Iterator[BoxesFound]:
    """YOLO: beside each picture, or in `labels/` beside `images/`, a text file of the same name.

    A line is `class x y width height`, the box's middle and size as shares of the picture's, or
    `class x1 y1 x2 y2 x3 y3 x4 y4` with its corners. `data.yaml` above them (or `classes.txt`)
    names the classes, else they keep their numbers. An empty file is a photo with nothing in it.
    Folders such as `train` name the split. Source: https://docs.ultralytics.com/datasets/detect/
    """
    picture_path = index.find_picture(_name_picture(path), path)
    height, width = measure_picture(picture_path)
    names = _find_names(path, index.folder)
    boxes, is_sound = [], True
    for number, line in enumerate(read_untrusted_text(path, MAX_LABEL_BYTES).splitlines(), start=1):
        try:
            if line.strip():
                boxes.append(_parse_line(line, names, (width, height)))
        except ValueError as error:
            is_sound = False
            yield Fault(f"line {number}", str(error))
    if is_sound:
        yield LabelledPhoto("", picture_path.as_posix(), tuple(boxes), size=(height, width))


def _name_picture(path: Path) -> str:
    """Return where the picture should be: in `images`, where the labels are in `labels`."""
    parts = ["images" if part == "labels" else part for part in path.parts[:-1]]
    return PurePosixPath(*parts, path.stem).as_posix()


def _find_names(path: Path, top: Path) -> dict[int, str]:
    """Return the names of the classes by number, from the nearest file that has them."""
    for folder in (path.parent, *path.parent.parents):
        for name in _YAML_NAMES:
            if (folder / name).is_file():
                return _read_yaml_names(folder / name)
        for name in _CLASS_LISTS:
            if (folder / name).is_file():
                lines = read_untrusted_text(folder / name, MAX_LABEL_BYTES).split("\n")
                return {number: line.strip() for number, line in enumerate(lines) if line.strip()}
        if folder == top:
            break
    return {}


def _read_yaml_names(path: Path) -> dict[int, str]:
    try:
        found = yaml.safe_load(read_untrusted_text(path, MAX_LABEL_BYTES))
    except (yaml.YAMLError, RecursionError):
        raise ValueError(f"{path.name} must be YAML") from None
    names = found.get("names") if isinstance(found, dict) else None
    if isinstance(names, list):
        return {number: str(name) for number, name in enumerate(names)}
    if isinstance(names, dict) and all(isinstance(number, int) for number in names):
        return {number: str(name) for number, name in names.items()}
    raise ValueError(f"{path.name} must have `names`, a list or one by number. Received: {names!r}")


def _parse_line(line: str, names: Mapping[int, str], size: tuple[int, int]) -> LabelledBox:
    fields = line.split()
    if len(fields) not in (5, 9) or not fields[0].isdecimal():
        raise ValueError(f"{_RULE}. Received: {line!r:.80}")
    shares = parse_numbers(fields[1:], _RULE)
    if not -0.5 <= min(shares) <= max(shares) <= 1.5:
        raise ValueError(f"shares must lie in 0 to 1. Received: {line!r:.80}")
    name = names.get(int(fields[0]), fields[0] if not names else "")
    if not name:
        raise ValueError(f"the class must be one of 0 to {max(names)}. Received: {fields[0]}")
    points = np.reshape(shares, (-1, 2)) * size
    if len(points) == 4:
        return LabelledBox.around(tuple((float(x), float(y)) for x, y in points), name)
    (left, top), (right, bottom) = points[0] - points[1] / 2, points[0] + points[1] / 2
    # The last digit of a written share may lie over the edge.
    right, bottom = np.minimum([right, bottom], size)
    return LabelledBox.between(float(left), float(top), float(right), float(bottom), name)


def write_yolo(photos: Sequence[LabelledPhoto], folder: Path) -> None:
    """Write `labels/` and `data.yaml` to a folder whose pictures are in `images/`.

    Texts have no place in this format and are left out.

    Raises:
        ValueError: A photo's size is not known, or two photos have one name.
    """
    names = sorted({box.class_name for photo in photos for box in photo.boxes})
    written: dict[Path, str] = {}
    for photo in photos:
        path = folder / "labels" / _below_images(photo.picture).with_suffix(".txt")
        if path in written:
            raise ValueError(f"photos must differ in more than their suffix: {photo.picture!r}")
        lines = [_write_line(box, names, require_size(photo)) for box in photo.boxes]
        written[path] = "".join(f"{line}\n" for line in lines)
    for path, text in written.items():
        write_text_atomic(path, text)
    found: dict[str, Any] = {"path": ".", "train": "images", "val": "images"}
    found["names"] = dict(enumerate(names))
    write_text_atomic(folder / "data.yaml", yaml.safe_dump(found, sort_keys=False))


def _below_images(picture: str) -> PurePosixPath:
    parts = PurePosixPath(picture.replace("\\", "/")).parts
    start = max((at + 1 for at, part in enumerate(parts) if part == "images"), default=0)
    return PurePosixPath(*(parts[start:] if start else parts[-1:]))


def _write_line(box: LabelledBox, names: Sequence[str], size: tuple[int, int]) -> str:
    sides = np.array(size[::-1], np.float64)
    if box.corners is not None:
        shares = np.ravel(np.array(box.corners) / sides)
    else:
        start, reach = np.array([box.x, box.y]), np.array([box.width, box.height])
        shares = np.concatenate([(start + reach / 2) / sides, reach / sides])
    return " ".join([str(names.index(box.class_name)), *(f"{share:.9f}" for share in shares)])
