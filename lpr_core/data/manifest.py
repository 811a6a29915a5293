"""Read and write manifests: CSV files that say which plate is in which picture.

Columns: `image_path, plate_text`, optionally `plate_region, split, x, y, width, height`; others are
ignored. Paths are relative to the CSV. fast-plate-ocr reads the same columns.
"""

import csv
import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pandas as pd

from lpr_core.data.duplicates import hash_contents
from lpr_core.data.samples import (
    BOX_COLUMNS,
    MAX_LABEL_BYTES,
    SPLITS,
    TEXT_COLUMNS,
    Box,
    ManifestError,
    Sample,
    build_frame,
    cut_plate,
)
from lpr_core.files import write_text_atomic
from lpr_core.pictures.decoding import PictureError
from lpr_core.plates.format import PlateFormat, normalize_plate
from lpr_core.untrusted import FileRefusedError, open_untrusted

PictureCheck = Literal["exists", "decode"]
"""How far `read_manifest` looks at pictures: is there a file, or can the plate be cut out of it."""

Row = tuple[int, dict[str, str]]
"""A line number and the row's fields by column."""


def read_manifest(
    path: Path, plate_format: PlateFormat | None, check_pictures: PictureCheck | None = "exists"
) -> pd.DataFrame:
    """Read a manifest into a frame with one row for each plate.

    The columns are `image_path` (absolute), `plate_text`, `plate_region`, `split` (empty text where
    nothing is said), and `x, y, width, height` (int64) when the manifest has boxes.

    Args:
        path: The CSV file, UTF-8.
        plate_format: Texts are normalised as this format writes them, and must fit; `None` keeps
            them as they are.
        check_pictures: "exists" wants a file at each path, "decode" also reads each picture, `None`
            looks at none.

    Raises:
        ManifestError: One or more rows are bad; all are listed with their line numbers.
        FileNotFoundError: There is no such file.
    """
    path = Path(path)
    problems: dict[int, str] = {}
    samples: dict[int, Sample] = {}
    first_lines: dict[tuple[Path, Box | None], int] = {}
    for line, row in _read_rows(path, problems):
        try:
            sample = _parse_row(row, path.parent.resolve())
            if plate_format is not None:
                text = normalize_plate(sample.plate_text, plate_format)
                sample = replace(sample, plate_text=text)
            first = first_lines.setdefault((sample.image_path, sample.box), line)
            if first != line:
                raise ValueError(f"the picture stands on line {first} already")
        except ValueError as error:
            problems[line] = str(error)
        else:
            samples[line] = sample
    _check_pictures(samples, check_pictures, problems)
    _raise_problems(path, problems, len(samples))
    return build_frame(samples.values())


def write_manifest(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as `read_manifest` reads it; paths below the CSV's folder become relative.

    Columns that other tasks have stand behind the known ones.
    """
    folder = path.parent.resolve()
    columns = _order_columns(frame)
    paths = [_relative_path(Path(image_path), folder) for image_path in frame["image_path"]]
    table = frame[columns].assign(image_path=paths)
    write_text_atomic(path, table.to_csv(index=False, lineterminator="\n"))


def fingerprint(frame: pd.DataFrame) -> str:
    """Return a SHA-256 of what the rows say and of the pictures' bytes.

    Neither the order of the rows nor the place of the files matters.
    """
    columns = _order_columns(frame)[1:]
    said = zip(*(frame[column].astype(str) for column in columns), strict=True)
    lines = sorted(
        repr((content, *fields)) for content, fields in zip(hash_contents(frame), said, strict=True)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _order_columns(frame: pd.DataFrame) -> list[str]:
    known = [column for column in TEXT_COLUMNS + BOX_COLUMNS if column in frame]
    return [*known, *(str(column) for column in frame if column not in known)]


def _read_rows(path: Path, problems: dict[int, str]) -> Iterator[Row]:
    """Yield each row; rows of another length than the header go to the problems."""
    with io.TextIOWrapper(_open_manifest(path), encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        try:
            header = _check_header(path, [name.strip() for name in next(reader, [])])
            for fields in reader:
                if len(fields) == len(header):
                    yield reader.line_num, dict(zip(header, map(str.strip, fields), strict=True))
                elif fields:
                    problems[reader.line_num] = (
                        f"a row must have {len(header)} fields as the header has. "
                        f"Received: {len(fields)}"
                    )
        except csv.Error as error:
            problems[reader.line_num] = f"the file cannot be read further: {error}"
        except UnicodeDecodeError as error:
            raise ManifestError(f"{path} must be UTF-8 text: {error}.") from None


def _open_manifest(path: Path) -> io.BufferedReader:
    try:
        return open_untrusted(path, MAX_LABEL_BYTES)
    except FileRefusedError as error:
        raise ManifestError(str(error)) from None


def _check_header(path: Path, header: list[str]) -> list[str]:
    known = [name for name in header if name in TEXT_COLUMNS + BOX_COLUMNS]
    boxes = set(known) & set(BOX_COLUMNS)
    if not {"image_path", "plate_text"} <= set(known):
        rule = "must have the columns image_path and plate_text"
    elif boxes and len(boxes) < len(BOX_COLUMNS):
        rule = f"must have all of the columns {', '.join(BOX_COLUMNS)} or none"
    elif len(set(known)) < len(known):
        rule = "must not repeat a column"
    else:
        return header
    raise ManifestError(f"{path} {rule}. Received: {', '.join(header) or 'an empty file'}")


def _parse_row(row: dict[str, str], folder: Path) -> Sample:
    for column in ("image_path", "plate_text"):
        if not row[column]:
            raise ValueError(f"{column} is empty")
    split = row.get("split", "")
    if split and split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, or empty. Received: {split!r}")
    return Sample(
        image_path=folder / row["image_path"],
        plate_text=row["plate_text"],
        plate_region=row.get("plate_region", ""),
        split=split,
        box=_parse_box([row.get(column, "") for column in BOX_COLUMNS]),
    )


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


def _check_pictures(
    samples: dict[int, Sample], check: PictureCheck | None, problems: dict[int, str]
) -> None:
    if check == "exists":
        problems.update(
            (line, f"there is no file {sample.image_path}")
            for line, sample in samples.items()
            if not sample.image_path.is_file()
        )
    if check == "decode":
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = pool.map(_find_unreadable, samples.values())
            problems.update(
                (line, problem)
                for line, problem in zip(samples, found, strict=True)
                if problem is not None
            )


def _find_unreadable(sample: Sample) -> str | None:
    try:
        cut_plate(sample.image_path, sample.box)
    except PictureError as error:
        return str(error)
    return None


def _raise_problems(path: Path, problems: dict[int, str], num_good: int) -> None:
    if problems:
        lines = [f"line {line}: {problems[line]}" for line in sorted(problems)]
        raise ManifestError(f"{path} has {len(lines)} bad rows:", lines)
    if not num_good:
        raise ManifestError(f"{path} must have at least one row. Received: only a header")


def _relative_path(path: Path, folder: Path) -> str:
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()
