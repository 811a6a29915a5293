"""Labels in text files of UFPR-ALPR and its relatives."""

import re
from collections.abc import Iterator
from pathlib import Path

from lpr_core.data.formats.labels import Found, PictureLabel, Said
from lpr_core.data.samples import MAX_LABEL_BYTES, Box
from lpr_core.untrusted import read_untrusted_text


def read_ufpr(path: Path) -> Iterator[Found]:
    """UFPR-ALPR and its relatives: beside each picture a text file of `name: value` lines.

    `plate: ABC-1234` is the text, `position_plate: x y width height` the box, or
    `corners: x,y x,y x,y x,y` as in RodoSol-ALPR. Folders such as `training` name the split; the
    plates are Brazilian. Source: https://github.com/raysonlaroca/ufpr-alpr-dataset
    """
    lines = read_untrusted_text(path, MAX_LABEL_BYTES).splitlines()
    fields = {
        name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    if not fields.get("plate"):
        raise ValueError("a line `plate: TEXT` must say the text")
    yield PictureLabel("", path.stem, Said(fields["plate"]), "br", box=_parse_box(fields))


def _parse_box(fields: dict[str, str]) -> Box:
    position = [int(number) for number in re.findall(r"-?\d+", fields.get("position_plate", ""))]
    corners = [int(number) for number in re.findall(r"-?\d+", fields.get("corners", ""))]
    if len(position) == 4:
        return Box(*position)
    if len(corners) == 8:
        return Box.around(list(zip(corners[::2], corners[1::2], strict=True)))
    raise ValueError("a line `position_plate: x y width height` or `corners:` must say the place")
