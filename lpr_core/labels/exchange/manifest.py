"""Labels as a manifest: the CSV that `lpr train` and fast-plate-ocr read."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from lpr_core.data.manifest import read_manifest
from lpr_core.data.samples import ManifestError, read_box
from lpr_core.labels.exchange.cells import guard_cell, unguard_cell
from lpr_core.labels.exchange.paths import image_path_of, region_of
from lpr_core.labels.exchange.words import PlateLabels, Word, read_time
from lpr_core.labels.tables.rows import Mark, PlateRecord

COLUMNS = ("image_path", "plate_text", "plate_region", "mark", "author", "saved_at")


def write_manifest_labels(records: Iterable[PlateRecord], stream: TextIO) -> None:
    """Write the plates that a person could read, one row each, with `COLUMNS`.

    It keeps the text, mark, author and time that stand, and the region. It cannot hold plates
    without a text (unreadable, not a plate, unchecked), earlier revisions, and what models read.
    Cells that people can type cannot become formulas, see `cells`.
    """
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(COLUMNS)
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
            )
            rows.writerow([guard_cell(cell) for cell in cells])


def read_manifest_labels(path: Path) -> list[PlateLabels]:
    """Read any manifest; where it has our columns of mark, author and time, these too.

    Image paths come back absolute.

    Raises:
        ManifestError: One or more rows are bad; all are listed.
    """
    frame = read_manifest(path, None, check_pictures=None)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = [row for row in csv.reader(stream) if row]
    names = [name.strip() for name in header]
    labels, problems = [], []
    for number, (row, (_, fields)) in enumerate(zip(rows, frame.iterrows(), strict=True), start=1):
        cells = dict(zip(names, row, strict=True))
        try:
            word = Word(
                _read_mark(cells.get("mark", "").strip()),
                fields["plate_text"],
                unguard_cell(cells.get("author", "")),
                read_time(cells.get("saved_at", "").strip()),
            )
        except ValueError as error:
            problems.append(f"row {number}: {error}")
            continue
        region = unguard_cell(fields["plate_region"])
        labels.append(PlateLabels(fields["image_path"], word, region, read_box(fields)))
    if problems:
        raise ManifestError(f"{path.name} has {len(problems)} bad rows:", problems)
    return labels


def _read_mark(text: str) -> Mark | None:
    known = [mark.value for mark in Mark if mark.is_readable]
    if text and text not in known:
        raise ValueError(f"mark must be {' or '.join(known)}, or empty. Received: {text[:40]!r}")
    return Mark(text) if text else None
