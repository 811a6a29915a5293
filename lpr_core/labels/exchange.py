"""Hand out labels: a manifest to train on, the same with its pictures, and the whole history."""

import csv
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from lpr_core.labels.database import explain_errors
from lpr_core.labels.rows import Mark, PlateRecord
from lpr_core.labels.store import LabelStore

MANIFEST_COLUMNS = ("image_path", "plate_text", "plate_region")
HISTORY_FORMAT = "lpr-labels-1"
_FORMULA_STARTS = ("=", "+", "-", "@")


class ExportKind(StrEnum):
    """What can be handed out, named as its file."""

    MANIFEST = "manifest.csv"
    PLATES = "plates.zip"
    HISTORY = "history.json"


def export_labels(store: LabelStore, kind: ExportKind, path: Path) -> None:
    """Write labels to `path`.

    - `MANIFEST`: CSV with `MANIFEST_COLUMNS`, one row for each plate that a person has marked
      correct or corrected. Image paths are relative to the store's data folder.
    - `PLATES`: a ZIP of that manifest and the pictures that it names.
    - `HISTORY`: JSON of all plates with every reading and every revision, as `PlateRecord.to_dict`.

    Raises:
        StoreError: The database cannot be read, or `path` cannot be written.
    """
    with explain_errors():
        if kind is ExportKind.PLATES:
            _write_zip(store, path)
            return
        write = _write_manifest if kind is ExportKind.MANIFEST else _write_history
        with path.open("w", encoding="utf-8", newline="") as stream:
            write(store, stream)


def _write_manifest(store: LabelStore, stream: TextIO) -> None:
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(MANIFEST_COLUMNS)
    rows.writerows(_manifest_row(record) for record in _readable(store))


def _write_zip(store: LabelStore, path: Path) -> None:
    """Pack without compressing: PNG and JPEG do not shrink."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        with archive.open(ExportKind.MANIFEST, "w") as entry:
            stream = TextIOWrapper(entry, encoding="utf-8", newline="")
            _write_manifest(store, stream)
            stream.detach().flush()
        for record in _readable(store):
            source = store.pictures_dir / record.picture.file_name
            archive.write(source, _image_path(record))


def _write_history(store: LabelStore, stream: TextIO) -> None:
    """Write plate by plate, so that a large store does not need as much memory."""
    exported_at = datetime.now(UTC).isoformat(timespec="seconds")
    stream.write(f'{{"format": "{HISTORY_FORMAT}", "exported_at": "{exported_at}", "plates": [')
    for number, record in enumerate(store.records()):
        stream.write(",\n" if number else "\n")
        json.dump(record.to_dict(), stream, ensure_ascii=False)
    stream.write("\n]}\n")


def _readable(store: LabelStore) -> Iterator[PlateRecord]:
    return (
        record for record in store.records() if record.revision and record.revision.mark.is_readable
    )


def _manifest_row(record: PlateRecord) -> list[str]:
    return [_safe_cell(cell) for cell in (_image_path(record), record.text, _region(record))]


def _image_path(record: PlateRecord) -> str:
    return f"pictures/{record.picture.file_name}"


def _region(record: PlateRecord) -> str:
    """Return the region of the reading, unless a correction has another shape than its pattern."""
    if record.reading is None or record.reading.region is None:
        return ""
    same_shape = _shape(record.reading.text) == _shape(record.text)
    return record.reading.region if record.mark == Mark.CORRECT or same_shape else ""


def _shape(text: str) -> str:
    """Write each letter as L and each digit as N, as patterns do."""
    return "".join("N" if symbol.isdigit() else "L" for symbol in text)


def _safe_cell(cell: str) -> str:
    """Keep a spreadsheet from running a cell.

    See https://owasp.org/www-community/attacks/CSV_Injection: a quote before a formula's first
    sign, no control characters.
    """
    printable = "".join(symbol if symbol.isprintable() else " " for symbol in cell).strip()
    return f"'{printable}" if printable.startswith(_FORMULA_STARTS) else printable
