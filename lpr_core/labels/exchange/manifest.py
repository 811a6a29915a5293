"""Labels as a manifest: the CSV that `lpr train` and fast-plate-ocr read."""

import csv
from collections.abc import Collection, Iterable
from typing import TextIO

from lpr_core.data.formats.cells import guard_cell
from lpr_core.labels.exchange.paths import image_path_of, region_of
from lpr_core.labels.tables.rows import PlateRecord
from lpr_core.plates.facts import FACT_COLUMNS

COLUMNS = (
    "image_path",
    "plate_text",
    "plate_region",
    "mark",
    "author",
    "saved_at",
    "original_name",
)


def write_manifest_labels(
    records: Iterable[PlateRecord], stream: TextIO, facts: Collection[str] = FACT_COLUMNS
) -> None:
    """Write the plates that a person could read, one row each, with `COLUMNS` and some facts.

    It keeps the text, mark, author and time that stand, the region, the name of the file as it
    came, and what else is known. It cannot hold plates without a text (unreadable, not a plate,
    unchecked), earlier revisions, and what models read. Cells that people can type cannot become
    formulas, see `cells`.

    Args:
        records: What to write.
        stream: Takes one line for each, behind the header.
        facts: Which of `FACT_COLUMNS` are written.
    """
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow([*COLUMNS, *facts])
    for record in records:
        revision = record.revision
        if revision is not None and revision.mark.is_readable:
            cells = (
                image_path_of(record.picture),
                revision.after,
                region_of(record),
                revision.mark.value,
                revision.author,
                revision.saved_at.isoformat(),
                record.picture.name,
                *(said for name, said in record.picture.facts.write().items() if name in facts),
            )
            rows.writerow([guard_cell(cell) for cell in cells])
