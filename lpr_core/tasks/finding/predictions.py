"""Things in photos as text, so that tables of predictions hold them: `1 0.98 0.1 0.2 0.3 0.4`.

Things are separated by semicolons. What is there has a class and four edges, what was found its
score between them; edges are shares of the canvas.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from lpr_core.tasks.finding.boxes.decoding import Found
from lpr_core.tasks.finding.boxes.geometry import Floats
from lpr_core.tasks.finding.scores import Things

_MOST = 20  # boxes of a photo that a table keeps


def write_things(things: Things) -> str:
    """Return what is in a photo as text."""
    return "; ".join(
        f"{one} {_write(edges)}" for one, edges in zip(things.classes, things.edges, strict=True)
    )


def write_found(found: Found) -> str:
    """Return the best of what was found in a photo as text."""
    rows = zip(found.classes, found.scores, found.edges, strict=True)
    return "; ".join(
        f"{one} {score:.4f} {_write(edges)}" for one, score, edges in list(rows)[:_MOST]
    )


def read_things(text: str) -> Things:
    """Return what `write_things` wrote."""
    numbers = _read(text, 5)
    return Things(numbers[:, 0].astype(np.int64), numbers[:, 1:])


def read_found(text: str) -> Found:
    """Return what `write_found` wrote; without corners."""
    numbers = _read(text, 6)
    corners = np.full((len(numbers), 8), np.nan, np.float32)
    return Found(numbers[:, 0].astype(np.int64), numbers[:, 1], numbers[:, 2:], corners)


def tabulate_found(photos: Sequence[Found]) -> pd.DataFrame:
    """Return one row a photo: `found` (as text), `confidence` of the best box, 0 without any."""
    return pd.DataFrame(
        {
            "found": pd.Series([write_found(photo) for photo in photos], dtype="str"),
            "confidence": [round(float(photo.scores.max(initial=0.0)), 6) for photo in photos],
        }
    )


def _write(edges: Floats) -> str:
    return " ".join(f"{edge:.5f}" for edge in edges)


def _read(text: str, width: int) -> Floats:
    rows: Iterable[str] = text.split(";") if text.strip() else ()
    return np.array([row.split() for row in rows], np.float32).reshape(-1, width)
