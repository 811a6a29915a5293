"""Labels in manifests, the CSV that fast-plate-ocr reads too."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from lpr_core.data.formats.cells import unguard_cell
from lpr_core.data.formats.labels import Fault, Found, PictureLabel, Said
from lpr_core.data.formats.tables import Rows, has_plates, open_table
from lpr_core.data.samples import (
    BOX_COLUMNS,
    SPLITS,
    TEXT_COLUMNS,
    Box,
    ManifestError,
)
from lpr_core.plates.facts import FACT_COLUMNS, PlateFacts
from lpr_core.plates.format import PlateFormat, normalize_plate

_KNOWN_COLUMNS = (*TEXT_COLUMNS, *BOX_COLUMNS, *FACT_COLUMNS)
_GUARDED_COLUMNS = ("plate_region", "camera", "track", "author")

Row = tuple[int, dict[str, str]]
"""A line number and the row's fields by column."""


def read_manifest_rows(path: Path, plate_format: PlateFormat | None = None) -> Iterator[Found]:
    """CSV files of fast-plate-ocr: `image_path, plate_text` and optionally `plate_region`.

    Also optional: `split`, a box as `x, y, width, height` in pixels, `rows` (1 or 2), `camera`,
    `taken_at` (ISO 8601) and `track`; `mark`, `author` and `saved_at` as our exports have them.
    Commas, semicolons, tabs or bars stand between the fields; other usual names of the first two
    columns are understood, and rows without a word are no rows.
    Paths are relative to the CSV. A name such as `train.csv` or `val.csv` gives the split where the
    rows do not.
    Source: https://github.com/ankandrew/fast-plate-ocr

    Args:
        path: The CSV file, UTF-8, or UTF-16 with its mark.
        plate_format: Texts are normalised as this format writes them, and must fit; `None` keeps
            them as they are.

    Raises:
        ManifestError: The file as a whole cannot be read, or has no rows.
        FileNotFoundError: There is no such file.
    """
    first_lines: dict[tuple[Path, Box | None], int] = {}
    folder = path.parent.resolve()
    is_empty = True
    for row in read_rows(path, _check_header):
        is_empty = False
        if isinstance(row, Fault):
            yield row
            continue
        line, fields = row
        try:
            label = _parse_row(f"line {line}", fields, folder, plate_format)
            picture_path = folder / label.picture.replace("\\", "/")
            first = first_lines.setdefault((picture_path, label.box), line)
            if first != line:
                raise ValueError(f"the picture stands on line {first} already")
            yield label
        except ValueError as error:
            yield Fault(f"line {line}", str(error))
    if is_empty:
        raise ManifestError(f"{path} must have at least one row. Received: only a header")


def read_rows(
    path: Path, check_header: Callable[[Path, list[str]], list[str]]
) -> Iterator[Row | Fault]:
    """Yield each row that says something; one of another length than the header is a fault.

    Args:
        path: The table, as `open_table` takes it.
        check_header: Returns the header, or raises what is wrong with it.

    Raises:
        ManifestError: The file as a whole cannot be read.
    """
    with open_table(path) as table:
        yield from _pair_rows(check_header(path, table.header), table.rows)


def _pair_rows(header: Sequence[str], rows: Rows) -> Iterator[Row | Fault]:
    try:
        for fields in map(_strip_fields, rows):
            if len(fields) == len(header):
                if any(fields):
                    yield rows.line_num, dict(zip(header, fields, strict=True))
            elif any(fields):
                rule = f"a row must have {len(header)} fields as the header has"
                yield Fault(f"line {rows.line_num}", f"{rule}. Received: {len(fields)}")
    except csv.Error as error:
        yield Fault(f"line {rows.line_num}", f"the file cannot be read further: {error}")


def _strip_fields(fields: Sequence[str]) -> list[str]:
    return [field.strip() for field in fields]


def _check_header(path: Path, header: list[str]) -> list[str]:
    known = [name for name in header if name in _KNOWN_COLUMNS]
    boxes = set(known) & set(BOX_COLUMNS)
    if not has_plates(known):
        rule = "must have the columns image_path and plate_text"
    elif boxes and len(boxes) < len(BOX_COLUMNS):
        rule = f"must have all of the columns {', '.join(BOX_COLUMNS)} or none"
    elif len(set(known)) < len(known):
        rule = "must not repeat a column"
    else:
        return header
    raise ManifestError(f"{path} {rule}. Received: {', '.join(header) or 'an empty file'}")


def _parse_row(
    place: str, row: Mapping[str, str], folder: Path, plate_format: PlateFormat | None
) -> PictureLabel:
    for column in ("image_path", "plate_text"):
        if not row[column]:
            raise ValueError(f"{column} is empty")
    split = check_split(row.get("split", ""))
    text = row["plate_text"]
    typed = {name: unguard_cell(row.get(name, "")) for name in _GUARDED_COLUMNS}
    return PictureLabel(
        place,
        row["image_path"],
        Said(
            text if plate_format is None else normalize_plate(text, plate_format),
            row.get("mark", ""),
            typed["author"],
            row.get("saved_at", ""),
        ),
        typed["plate_region"],
        split,
        _parse_box([row.get(column, "") for column in BOX_COLUMNS]),
        facts=PlateFacts.parse({**row, **typed}),
        not_found=f"there is no file {folder / row['image_path']}",
    )


def check_split(split: str) -> str:
    """Return a split.

    Raises:
        ValueError: It is none of `SPLITS`, nor empty.
    """
    if split and split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, or empty. Received: {split!r}")
    return split


def _parse_box(fields: Sequence[str]) -> Box | None:
    if not any(fields):
        return None
    try:
        numbers = [int(field) for field in fields]
    except ValueError:
        raise ValueError(
            f"{', '.join(BOX_COLUMNS)} must be whole numbers, or all empty. "
            f"Received: {', '.join(map(repr, fields))}"
        ) from None
    return Box(*numbers)
