"""What is written of each picture: a row for each plate, or one that says why there is none."""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from lpr_core.pictures.decoding import read_picture
from lpr_core.plates.readable import hide_unreadable
from lpr_core.serving.pipeline import NO_PLATE, Pipeline

COLUMNS: dict[str, str] = {
    "picture": "text",
    "plate": "integer",
    "text": "text",
    "confidence": "number",
    "is_readable": "truth",
    "region": "text",
    "pattern": "text",
    "left": "number",
    "top": "number",
    "right": "number",
    "bottom": "number",
    "found": "number",
    "note": "text",
    "error": "text",
}
"""Columns and kinds of the table. `plate` counts the plates of a picture from 1, the likeliest
first; 0 where there is none, and then `note` or `error` says why."""

_NOTHING: dict[str, Any] = dict.fromkeys(COLUMNS)


def read_rows(
    names: Sequence[str],
    region: str | None,
    reader_dir: Path | None,
    finder_dir: Path | None,
) -> list[dict[str, Any]]:
    """Return the rows of some pictures; one that cannot be read is a row with its reason.

    Args:
        names: Paths.
        region: Where the plates come from, if that is known.
        reader_dir: Bundle of the reader; None takes the shipped one.
        finder_dir: Likewise of the finder.
    """
    pipeline = load_pipeline(reader_dir, finder_dir)
    return [row for name in names for row in _read_picture(pipeline, name, region)]


@lru_cache(maxsize=1)
def load_pipeline(reader_dir: Path | None, finder_dir: Path | None) -> Pipeline:
    """Return the pipeline of this process, loaded once."""
    return Pipeline.load(reader_dir, finder_dir)


def _read_picture(pipeline: Pipeline, name: str, region: str | None) -> list[dict[str, Any]]:
    shown = os.fsencode(name).decode("utf-8", errors="replace")
    nothing = {**_NOTHING, "picture": shown, "plate": 0, "is_readable": False}
    try:
        seen = pipeline.read(read_picture(Path(name)), region)
    except (ValueError, OSError, MemoryError) as error:
        return [{**nothing, "error": _tell(error)}]
    if not seen.plates:
        return [{**nothing, "note": NO_PLATE}]
    rows = []
    for number, plate in enumerate(seen.plates, start=1):
        told = hide_unreadable(plate.to_dict())
        box = told["box"] or [None] * 4
        rows.append(
            {
                **nothing,
                "plate": number,
                **{name: told[name] for name in ("text", "confidence", "is_readable")},
                **{name: told[name] for name in ("region", "pattern", "found")},
                **dict(zip(("left", "top", "right", "bottom"), box, strict=True)),
                "note": None if told["is_readable"] else "no plate that can be read",
            }
        )
    return rows


def _tell(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
