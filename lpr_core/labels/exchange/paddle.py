"""Labels as PaddleOCR's recognition training reads them: `rec_gt.txt`."""

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from lpr_core.data.samples import ManifestError
from lpr_core.labels.exchange.paths import image_path_of
from lpr_core.labels.exchange.tables import MAX_BYTES
from lpr_core.labels.exchange.words import PlateLabels, Word
from lpr_core.labels.tables.rows import PlateRecord
from lpr_core.untrusted import read_untrusted_text


def write_paddle(records: Iterable[PlateRecord], stream: TextIO) -> None:
    """Write `path<TAB>text`, a line for each plate that a person could read.

    It keeps the text and nothing else: no mark, author, time, region, history.
    Source: https://github.com/PFCCLab/PPOCRLabel, "Export Recognition Result"
    """
    for record in records:
        if record.revision is not None and record.revision.mark.is_readable:
            stream.write(f"{image_path_of(record.picture)}\t{record.text}\n")


def read_paddle(path: Path) -> list[PlateLabels]:
    """Read `path<TAB>text` lines.

    Raises:
        ManifestError: One or more lines are bad; all are listed.
    """
    labels, problems = [], []
    for number, line in enumerate(read_untrusted_text(path, MAX_BYTES).splitlines(), start=1):
        image_path, tab, text = line.partition("\t")
        if tab and image_path.strip() and text.strip():
            labels.append(PlateLabels(image_path.strip(), Word(None, text.strip())))
        elif line.strip():
            problems.append(
                f"line {number}: a line must be a path, a tab and a text. Received: {line[:80]!r}"
            )
    if problems:
        raise ManifestError(f"{path.name} has {len(problems)} bad lines:", problems)
    return labels
