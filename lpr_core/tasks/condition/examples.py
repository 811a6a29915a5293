"""Examples with a class: rows of a table, or the pictures of two folders."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from lpr_core.data.formats.pictures import PICTURE_SUFFIXES
from lpr_core.data.formats.tables import open_table
from lpr_core.data.samples import BOX_COLUMNS, SPLITS, ManifestError
from lpr_core.tasks.condition.config import ConditionConfig

LABEL_COLUMNS = ("label", "condition", "class")
"""Where a table says the class, the first of them that it has."""

_SPLIT_NAMES = {"train": "train", "validation": "validation", "val": "validation", "test": "test"}
_MOST_ROWS = 10_000_000


def read_labelled(path: Path, config: ConditionConfig) -> pd.DataFrame:
    """Return `image_path, label, split` of a table or a folder, and a box where the table has one.

    Args:
        path: A table with `image_path` and one of `LABEL_COLUMNS`, and optionally `split` and a
            box (`x, y, width, height` in pixels), paths relative to it; or a folder
            `class/picture`, or `split/class/picture`.
        config: Says which classes there are.

    Raises:
        ManifestError: Rows are bad, all of which are named; or there is no example.
        FileNotFoundError: There is no such file or folder.
    """
    frame = _read_folder(path, config) if path.is_dir() else _read_table(path, config)
    if frame.empty:
        raise ManifestError(f"{path} must have examples of {' and '.join(config.classes)}.")
    return frame


def _read_folder(folder: Path, config: ConditionConfig) -> pd.DataFrame:
    names = {child.name: child for child in sorted(folder.iterdir()) if child.is_dir()}
    splits = {split: names[name] for name, split in _SPLIT_NAMES.items() if name in names}
    rows = [
        (str(path), label, split)
        for split, place in (splits or {"": folder}).items()
        for path, label in _list_pictures(place, config)
    ]
    return pd.DataFrame(rows, columns=["image_path", "label", "split"], dtype=str)


def _list_pictures(folder: Path, config: ConditionConfig) -> Iterator[tuple[Path, str]]:
    for child in sorted(folder.iterdir()):
        index = config.class_of(child.name) if child.is_dir() else None
        if index is None:
            continue
        for path in sorted(child.rglob("*")):
            if path.suffix.lower().removeprefix(".") in PICTURE_SUFFIXES and path.is_file():
                yield path, config.classes[index]


def _read_table(path: Path, config: ConditionConfig) -> pd.DataFrame:
    rows: list[dict[str, str | int]] = []
    problems: list[str] = []
    with open_table(path) as table:
        header = table.header
        label_column = next((name for name in LABEL_COLUMNS if name in header), None)
        if "image_path" not in header or label_column is None:
            raise ManifestError(
                f"{path} must have the columns image_path and label. "
                f"Received: {', '.join(header) or 'nothing'}"
            )
        for cells in table.rows:
            if not any(cell.strip() for cell in cells):
                continue
            row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            try:
                rows.append(_read_row(row, label_column, path.parent, config))
            except ValueError as error:
                problems.append(f"line {table.rows.line_num}: {error}")
            if len(rows) > _MOST_ROWS:
                raise ManifestError(f"{path} must have at most {_MOST_ROWS:,} rows.")
    if problems:
        raise ManifestError(f"{path} has {len(problems)} rows that cannot be used:", problems)
    boxed = set(BOX_COLUMNS) <= set(header)
    columns = ["image_path", "label", "split", *(BOX_COLUMNS if boxed else ())]
    return pd.DataFrame(rows, columns=columns)


def _read_row(
    row: Mapping[str, str], label_column: str, folder: Path, config: ConditionConfig
) -> dict[str, str | int]:
    label = row.get(label_column, "")
    index = config.class_of(label)
    if index is None:
        raise ValueError(f"the label must be {' or '.join(config.classes)}. Received: {label!r}")
    split = row.get("split", "")
    if split not in ("", *SPLITS):
        raise ValueError(f"the split must be one of {', '.join(SPLITS)}. Received: {split!r}")
    picture = folder / row.get("image_path", "")
    if not picture.is_file():
        raise ValueError(f"there is no picture {row.get('image_path', '')!r}")
    read = {"image_path": str(picture), "label": config.classes[index], "split": split}
    return {**read, **_read_box(row)}


def _read_box(row: Mapping[str, str]) -> dict[str, int]:
    if not set(BOX_COLUMNS) <= set(row):
        return {}
    try:
        return {column: round(float(row[column])) for column in BOX_COLUMNS}
    except (ValueError, OverflowError):
        told = ", ".join(row[column] for column in BOX_COLUMNS)
        raise ValueError(f"a box must be four numbers. Received: {told}") from None
