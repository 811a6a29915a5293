"""Labels as PaddleOCR's recognition training reads them: `rec_gt.txt`."""

from collections.abc import Iterator
from pathlib import Path

from lpr_core.data.formats.labels import Fault, Found, PictureLabel, Said
from lpr_core.data.samples import MAX_LABEL_BYTES
from lpr_core.untrusted import read_untrusted_text


def read_paddle(path: Path) -> Iterator[Found]:
    """PaddleOCR's recognition lists: text files called `rec_gt...`, with `picture<TAB>TEXT` lines.

    The text fills each picture. Paths are relative to the list.
    Source: https://github.com/PFCCLab/PPOCRLabel, "Export Recognition Result"
    """
    for number, line in enumerate(_read_lines(path), start=1):
        fields = [field.strip() for field in line.split("\t")]
        place = f"line {number}"
        if len(fields) == 2 and all(fields):
            yield PictureLabel(place, fields[0], Said(fields[1]))
        elif len(fields) > 2:
            rule = "a line must be a path, a tab and a text, without a third column"
            yield Fault(place, f"{rule}. Received there: {fields[2][:40]!r}")
        elif line.strip():
            rule = "a line must be a path, a tab and a text"
            yield Fault(place, f"{rule}. Received: {line[:80]!r}")


def _read_lines(path: Path) -> list[str]:
    return read_untrusted_text(path, MAX_LABEL_BYTES).splitlines()
