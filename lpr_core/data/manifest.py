"""Read and write manifests: CSV files that say which plate is in which picture.

Columns: `image_path, plate_text`, optionally `plate_region, split, rows, x, y, width, height,
camera, taken_at, track`; others are ignored. Paths are relative to the CSV. fast-plate-ocr reads
the same columns. What a valid row is, `lpr_core.data.formats.manifest` says.
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import pandas as pd

from lpr_core.data.duplicates import hash_contents
from lpr_core.data.formats.cells import guard_cell
from lpr_core.data.formats.labels import PictureLabel, change_labels
from lpr_core.data.formats.manifest import read_manifest_rows
from lpr_core.data.formats.named_files import NamedFiles
from lpr_core.data.samples import (
    BOX_COLUMNS,
    TEXT_COLUMNS,
    ManifestError,
    Sample,
    build_frame,
    cut_plate,
)
from lpr_core.files import write_text_atomic
from lpr_core.pictures.decoding import PictureError
from lpr_core.plates.format import PlateFormat

PictureCheck = Literal["exists", "decode"]
"""How far `read_manifest` looks at pictures: is there a file, or can the plate be cut out of it."""

_WRITTEN_COLUMNS = [*TEXT_COLUMNS, "rows", *BOX_COLUMNS, "camera", "taken_at", "track"]
_GUARDED_COLUMNS = ("plate_region", "camera", "track")


def read_manifest(
    path: Path, plate_format: PlateFormat | None, check_pictures: PictureCheck | None = "exists"
) -> pd.DataFrame:
    """Read a manifest into a frame with one row for each plate.

    The columns are `image_path` (absolute), `plate_text`, `plate_region`, `split` (empty text where
    nothing is said), `x, y, width, height` (int64) when the manifest has boxes, and those of
    `rows, camera, taken_at, track` that it has (text, empty where nothing is said).

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
    folder = path.parent.resolve()
    found = list(read_manifest_rows(path, plate_format))
    files = NamedFiles(folder)
    samples = {
        one.place: _make_sample(one, files) for one in found if isinstance(one, PictureLabel)
    }
    faults = _check_pictures(samples, check_pictures)

    def pick(label: PictureLabel) -> Sample:
        if problem := faults.get(label.place):
            raise ValueError(problem)
        return samples[label.place]

    good, problems = change_labels(found, pick)
    if problems:
        raise ManifestError(f"{path} has {len(problems)} bad rows:", problems)
    return build_frame(good)


def write_manifest(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as `read_manifest` reads it; paths below the CSV's folder become relative.

    Columns that other tasks have stand behind the known ones.
    """
    folder = path.parent.resolve()
    columns = _order_columns(frame, _WRITTEN_COLUMNS)
    paths = [_relative_path(Path(image_path), folder) for image_path in frame["image_path"]]
    typed = {name: frame[name].map(guard_cell) for name in _GUARDED_COLUMNS if name in frame}
    table = frame[columns].assign(image_path=paths, **typed)
    write_text_atomic(path, table.to_csv(index=False, lineterminator="\n"))


def fingerprint(frame: pd.DataFrame) -> str:
    """Return a SHA-256 of what the rows say and of the pictures' bytes.

    Neither the order of the rows nor the place of the files matters, nor what no network learns
    from: rows, camera, time and track.
    """
    columns = _order_columns(frame, TEXT_COLUMNS[1:] + BOX_COLUMNS)
    said = zip(*(frame[column].astype(str) for column in columns), strict=True)
    lines = sorted(
        repr((content, *fields)) for content, fields in zip(hash_contents(frame), said, strict=True)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _order_columns(frame: pd.DataFrame, wanted: Sequence[str]) -> list[str]:
    """Return the wanted columns that are there, and behind them those that no manifest has."""
    others = [str(column) for column in frame if column not in _WRITTEN_COLUMNS]
    return [*(column for column in wanted if column in frame), *others]


def _make_sample(label: PictureLabel, files: NamedFiles) -> Sample:
    assert label.said is not None  # every row has a text
    path = files.find(label.picture)
    return Sample(path, label.said.text, label.region, label.split, label.box, label.facts)


def _check_pictures(samples: dict[str, Sample], check: PictureCheck | None) -> dict[str, str]:
    """Return what is wrong with pictures, by the keys of the samples."""
    if check is None:
        return {}
    find_problem = _find_unreadable if check == "decode" else _find_missing
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = zip(samples, pool.map(find_problem, samples.values()), strict=True)
        return {place: problem for place, problem in problems if problem}


def _find_missing(sample: Sample) -> str:
    return "" if sample.image_path.is_file() else f"there is no file {sample.image_path}"


def _find_unreadable(sample: Sample) -> str:
    try:
        cut_plate(sample.image_path, sample.box)
    except PictureError as error:
        return str(error)
    return ""


def _relative_path(path: Path, folder: Path) -> str:
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()
