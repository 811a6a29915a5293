"""How well plates were read, epoch by epoch and plate by plate."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.plates.format import PlateFormat, encode_plates


def measure_loss(
    truth: NDArray[np.int64], probabilities: NDArray[np.float32], label_smoothing: float
) -> dict[str, float]:
    """Return the loss and both accuracies of validation plates.

    Args:
        truth: Alphabet positions `(N, S)`.
        probabilities: `(N, S, V)`.
        label_smoothing: The training's, so that both losses can be compared.
    """
    logs = np.log(np.clip(probabilities.astype(np.float64), 1e-7, 1))  # (N, S, V)
    true_logs = np.take_along_axis(logs, truth[:, :, None], axis=2)[:, :, 0]
    smooth = (1 - label_smoothing) * true_logs + label_smoothing * logs.mean(axis=2)
    right = probabilities.argmax(axis=2) == truth
    return {
        "loss": float(-smooth.mean()),
        "character_accuracy": float(right.mean()),
        "plate_accuracy": float(right.all(axis=1).mean()),
    }


def compare_texts(truth: pd.Series, read: pd.Series) -> NDArray[np.bool_]:
    """Return which characters are right `(P, S)`, S being the longest true text's length.

    What stands past the end of a shorter true text counts as right where nothing was read.
    """
    slots = int(truth.str.len().max())
    symbols = [_spread(list(texts), slots) for texts in (truth, read)]
    return np.asarray(symbols[0] == symbols[1])


def _spread(texts: list[str], slots: int) -> NDArray[np.uint32]:
    """Return the first characters of each text as code points `(N, slots)`, spaces past its end."""
    padded = np.array([text.ljust(slots) for text in texts], f"U{slots}")
    return padded.view(np.uint32).reshape(len(texts), -1)[:, :slots]


def measure_baseline(
    train: pd.DataFrame, validation: pd.DataFrame, plate_format: PlateFormat
) -> dict[str, float | str]:
    """Return how far one gets by always saying the training plates' most frequent symbols."""
    known, asked = (
        encode_plates(list(frame["plate_text"]), plate_format) for frame in (train, validation)
    )  # (N, S)
    frequent = [int(np.bincount(column).argmax()) for column in known.T]  # (S,)
    return {
        "character_accuracy": float((asked == frequent).mean()),
        "symbols": "".join(plate_format.alphabet[index] for index in frequent),
    }
