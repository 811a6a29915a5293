"""Boxes in the tables of two sets of traffic signs: the German and the Belgian one."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from lpr_core.data.formats.boxes.labels import BoxesFound, LabelledBox, LabelledPhoto, parse_numbers
from lpr_core.data.formats.labels import Fault
from lpr_core.data.formats.pictures import PictureIndex
from lpr_core.data.samples import MAX_LABEL_BYTES
from lpr_core.untrusted import read_untrusted_text

_GERMAN = "a line must be `picture;left;top;right;bottom;class`"
_BELGIAN = "a line must be `camera/picture;left;top;right;bottom;class;superclass;...`"


def read_gtsdb(path: Path, index: PictureIndex) -> Iterator[BoxesFound]:
    """German Traffic Sign Detection Benchmark: `gt.txt` beside pictures such as `00000.ppm`.

    A line is `00000.ppm;774;411;815;446;11`, the first and last column and row of the sign, then
    its class. Pictures beside the table that it does not name have nothing in them.
    Source: https://benchmark.ini.rub.de/gtsdb_dataset.html
    """
    named: set[str] = set()
    for found in _read_table(path, _parse_german):
        named.add(found.picture if isinstance(found, LabelledPhoto) else "")
        yield found
    for other in index.find_files(r".*\.ppm"):
        if other.parent == path.parent.resolve() and other.name not in named:
            yield LabelledPhoto("", other.name, ())


def read_belgiumts(path: Path) -> Iterator[BoxesFound]:
    """BelgiumTS: `BTSD_training_GT.txt` and the like beside a folder for each camera.

    A line is `00/image.000945.jp2;1096.91;401.64;1160.51;471.92;79;7;`, or has the camera in a
    field of its own: edges in pixels, class, superclass. The pictures are JPEG 2000: turn them into
    PNG or JPEG of the same names, and they are found.
    Source: https://btsd.ethz.ch/shareddata/
    """
    yield from _read_table(path, _parse_belgian)


def _read_table(
    path: Path, parse: Callable[[str], tuple[str, LabelledBox]]
) -> Iterator[BoxesFound]:
    """Yield a photo for all lines of one picture, and a fault for each line that is none."""
    photos: dict[str, list[LabelledBox]] = {}
    first_lines: dict[str, int] = {}
    lines = read_untrusted_text(path, MAX_LABEL_BYTES).splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            picture, box = parse(line.strip())
            photos.setdefault(picture, []).append(box)
            first_lines.setdefault(picture, number)
        except ValueError as error:
            yield Fault(f"line {number}", str(error))
    for picture, boxes in photos.items():
        yield LabelledPhoto(f"line {first_lines[picture]}", picture, tuple(boxes))


def _parse_german(line: str) -> tuple[str, LabelledBox]:
    fields = [field.strip() for field in line.split(";")]
    if len(fields) != 6 or not fields[0]:
        raise ValueError(f"{_GERMAN}. Received: {line!r:.80}")
    left, top, right, bottom = parse_numbers(fields[1:5], _GERMAN)
    return fields[0], LabelledBox.between(left, top, right + 1, bottom + 1, fields[5])


def _parse_belgian(line: str) -> tuple[str, LabelledBox]:
    fields = [field.strip() for field in line.split(";")]
    if len(fields) > 1 and re.fullmatch(r"\d+", fields[0]):
        fields = [f"{fields[0]}/{fields[1]}", *fields[2:]]
    if len(fields) < 7 or not fields[0]:
        raise ValueError(f"{_BELGIAN}. Received: {line!r:.80}")
    left, top, right, bottom = parse_numbers(fields[1:5], _BELGIAN)
    return fields[0], LabelledBox.between(left, top, right, bottom, fields[5])
