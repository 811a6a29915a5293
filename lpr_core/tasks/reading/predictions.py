"""Readings as a table: each plate with what stands on it, what was read and how surely."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.plates.format import PlateFormat, decode_plate


def tabulate_truth(examples: pd.DataFrame) -> pd.DataFrame:
    """Return `image_path, plate_region` (empty when unknown)`, truth` of a manifest's rows."""
    names = {"image_path": "image_path", "plate_region": "plate_region", "plate_text": "truth"}
    return examples[list(names)].rename(columns=names).reset_index(drop=True)


def tabulate_readings(
    probabilities: NDArray[np.float32], plate_format: PlateFormat
) -> pd.DataFrame:
    """Return one row for each plate.

    Columns: `text, confidence` (the product of the slots' highest probabilities) and
    `slot_confidences` (these, separated by spaces).

    Args:
        probabilities: `(N, S, V)`.
        plate_format: Decodes the best symbols.
    """
    best = probabilities.max(axis=2)  # (N, S)
    return pd.DataFrame(
        {
            "text": [decode_plate(row, plate_format) for row in probabilities.argmax(axis=2)],
            "confidence": best.prod(axis=1).round(6),
            "slot_confidences": [" ".join(f"{value:.4f}" for value in row) for row in best],
        }
    )
