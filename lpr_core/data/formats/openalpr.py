"""Labels in text files of OpenALPR's benchmark."""

import re
from collections.abc import Iterator
from pathlib import Path

from lpr_core.data.formats.labels import Fault, Found, PictureLabel, Said
from lpr_core.data.samples import MAX_LABEL_BYTES, Box
from lpr_core.untrusted import read_untrusted_text


def read_openalpr(path: Path) -> Iterator[Found]:
    """OpenALPR's end-to-end benchmark: text files of `picture x y width height TEXT`.

    One line for each plate, tabs between the fields, the box in pixels; a folder `br`, `eu` or
    `us` is the region.
    Source: https://github.com/openalpr/benchmarks
    """
    region = path.parent.name if path.parent.name in {"br", "eu", "us"} else ""
    for number, line in enumerate(_read_lines(path), start=1):
        try:
            if line.strip():
                yield _parse_line(f"line {number}", line, region)
        except ValueError as error:
            yield Fault(f"line {number}", str(error))


def _read_lines(path: Path) -> list[str]:
    return read_untrusted_text(path, MAX_LABEL_BYTES).splitlines()


def _parse_line(place: str, line: str, region: str) -> PictureLabel:
    fields = [field.strip() for field in line.split("\t")]
    if len(fields) != 6 or not all(re.fullmatch(r"\d+", field) for field in fields[1:5]):
        raise ValueError(
            f"a line must be `picture x y width height TEXT` with tabs between. Received: {line!r}"
        )
    if not fields[5]:
        raise ValueError("the plate's text is empty")
    box = Box(*(int(field) for field in fields[1:5]))
    return PictureLabel(place, fields[0], Said(fields[5]), region, box=box)
