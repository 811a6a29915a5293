"""Labels as PaddleOCR's recognition training reads them: `rec_gt.txt`."""

from collections.abc import Iterable
from typing import TextIO

from lpr_core.labels.exchange.paths import image_path_of
from lpr_core.labels.tables.rows import PlateRecord


def write_paddle(records: Iterable[PlateRecord], stream: TextIO) -> None:
    """Write `path<TAB>text`, a line for each plate that a person could read.

    It keeps the text and nothing else: no mark, author, time, region, history, nor other facts.
    Source: https://github.com/PFCCLab/PPOCRLabel, "Export Recognition Result"
    """
    for record in records:
        if record.revision is not None and record.revision.mark.is_readable:
            stream.write(f"{image_path_of(record.picture)}\t{record.text}\n")
