"""Predictions as a table: each validation plate with what was read and how surely."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.plates.format import PlateFormat, decode_plate


def tabulate_predictions(
    frame: pd.DataFrame, probabilities: NDArray[np.float32], plate_format: PlateFormat
) -> pd.DataFrame:
    """Return one row for each row of `frame`, in its order.

    Columns: `image_path, plate_region` (empty when unknown)`, truth, text, confidence` (the product
    of the slots' highest probabilities) and `slot_confidences` (these, separated by spaces).

    Args:
        frame: Rows of a manifest.
        probabilities: `(N, S, V)`.
        plate_format: Decodes the best symbols.
    """
    best = probabilities.max(axis=2)  # (N, S)
    return pd.DataFrame(
        {
            "image_path": frame["image_path"],
            "plate_region": frame["plate_region"],
            "truth": frame["plate_text"],
            "text": [decode_plate(row, plate_format) for row in probabilities.argmax(axis=2)],
            "confidence": best.prod(axis=1).round(6),
            "slot_confidences": [" ".join(f"{value:.4f}" for value in row) for row in best],
        }
    )
