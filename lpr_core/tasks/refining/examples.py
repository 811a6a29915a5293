"""Plates as a refiner learns from them: each box of a photo, and how far off it is shown."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.data.photos import read_photos
from lpr_core.tasks.refining.config import RefiningConfig
from lpr_core.tasks.refining.cuts import encode_plate, enlarge_box, shift_edges


def read_examples(manifest_path: Path, config: RefiningConfig) -> pd.DataFrame:
    """Return one row a box: `image_path, split, country, box, corners, shifts`.

    `shifts` are how far each edge lies off where nothing is drawn anew, always the same.

    Raises:
        ManifestError: A row cannot be used.
    """
    rng = np.random.default_rng(0)
    rows = [
        {
            **{name: row[name] for name in ("image_path", "split", "country")},
            "box": tuple(map(float, box)),
            "corners": tuple(map(float, np.ravel(corners))),
            "shifts": tuple(rng.normal(0, config.jitter, 4).round(4).tolist()),
        }
        for _, row in read_photos(manifest_path).iterrows()
        for box, corners in zip(row["boxes"], row["corners"], strict=True)
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
    return encode_plate(edges, corners, place_cut(edges, np.array(row["shifts"]), config))
