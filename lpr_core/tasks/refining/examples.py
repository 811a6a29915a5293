"""Plates as a refiner learns from them: each box of a photo, and how far off it is shown."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.data.formats.boxes import PLATE_CLASS
from lpr_core.data.photos import read_photos
from lpr_core.tasks.refining.config import RefiningConfig
from lpr_core.tasks.refining.cuts import encode_plate, enlarge_box, shift_edges


def read_examples(manifest_path: Path, config: RefiningConfig) -> pd.DataFrame:
    """Return one row a box: `image_path, split, country, box, corners, is_plate, shifts`.

    `shifts` are how far each edge lies off where nothing is drawn anew, always the same.

    Raises:
        ManifestError: A row cannot be used.
    """
    rng = np.random.default_rng(0)
    rows = [
        {
            **{key: row[key] for key in ("image_path", "split", "country")},
            "box": tuple(map(float, box)),
            "corners": tuple(map(float, np.ravel(corners))),
            "is_plate": name == PLATE_CLASS,
            "shifts": tuple(rng.normal(0, config.jitter, 4).round(4).tolist()),
        }
        for _, row in read_photos(manifest_path).iterrows()
        for box, corners, name in zip(row["boxes"], row["corners"], row["classes"], strict=True)
        if config.verifies or name == PLATE_CLASS
    ]
    return pd.DataFrame(rows)


def place_cut(
    edges: NDArray[np.floating], shifts: NDArray[np.floating], config: RefiningConfig
) -> NDArray[np.floating]:
    """Return the edges of the cut around a box whose edges are off by these shares."""
    found = shift_edges(edges, shifts, config.margin / (1 + 2 * config.margin))
    return enlarge_box(found, config.margin)


def encode_row(row: pd.Series, config: RefiningConfig) -> NDArray[np.float32]:
    """Return a row's target `(TARGET_WIDTH,)` in the cut that its shifts make."""
    edges, corners = np.array(row["box"]), np.array(row["corners"]).reshape(4, 2)
    cut = place_cut(edges, np.array(row["shifts"]), config)
    return encode_plate(edges, corners, cut, is_plate=bool(row["is_plate"]))
