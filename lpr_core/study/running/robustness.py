"""What a finished network reads when its plates are noisy, and what it reads of its own plates."""

from collections.abc import Iterable, Iterator
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.augment.noise import add_noise
from lpr_core.data.samples import read_crop
from lpr_core.pictures.decoding import fit_picture
from lpr_core.plates.format import decode_plate, encode_plates
from lpr_core.plates.metrics import score_plates
from lpr_core.study.designs import NOISE_GRID
from lpr_core.tasks.reading.config import RecognizerConfig

MAX_TRAIN_PLATES = 1_000
_CHUNK = 256


def read_noisy(
    recognizer: keras.Model,
    config: RecognizerConfig,
    plates: pd.DataFrame,
    strengths: Iterable[float] = NOISE_GRID,
) -> pd.DataFrame:
    """Read plates with noise of each strength.

    The noise lies on the pictures at the network's size, as in training. It depends on the strength
    and on the plate's place, not on the network: all runs read the same pictures.

    Args:
        recognizer: A network with its weights.
        config: Its size and plate format.
        plates: Rows of a manifest.
        strengths: Standard deviations as fractions of the range.

    Returns:
        Columns `strength, plate` (the row)`, text, confidence`, all plates for each strength.
    """
    pictures = load_pictures(plates, config)
    return pd.concat(
        [_read_at(recognizer, config, pictures, strength) for strength in strengths],
        ignore_index=True,
    )


def score_train(
    recognizer: keras.Model, config: RecognizerConfig, plates: pd.DataFrame
) -> dict[str, Any]:
    """Score a network on clean training plates, as it reads and not as it learns.

    Args:
        recognizer: A network with its weights.
        config: Its size and plate format.
        plates: Rows that it learned from; at most 1,000 of them, evenly spread, are read.
    """
    count = min(len(plates), MAX_TRAIN_PLATES)
    chosen = plates.iloc[np.linspace(0, len(plates) - 1, count).astype(int)]
    truth = encode_plates(list(chosen["plate_text"]), config.plate_format)
    scores = score_plates(truth, _predict(recognizer, load_pictures(chosen, config)))
    return {key: scores[key] for key in ("character_accuracy", "plate_accuracy", "count")}


def load_pictures(plates: pd.DataFrame, config: RecognizerConfig) -> NDArray[np.uint8]:
    """Return the pictures of a manifest's rows at a network's size `(N, H, W, 3)`."""
    size = (config.height, config.width)
    return np.stack([fit_picture(read_crop(row), *size) for _, row in plates.iterrows()])


def make_noisy(pictures: NDArray[np.uint8], strength: float) -> Iterator[NDArray[np.uint8]]:
    """Yield the pictures with the noise that all runs are tested with, in chunks."""
    for start in range(0, len(pictures), _CHUNK):
        seed = round(strength * 1_000_000) + start
        yield add_noise(pictures[start : start + _CHUNK], strength, seed=seed)


def _read_at(
    recognizer: keras.Model, config: RecognizerConfig, pictures: NDArray[np.uint8], strength: float
) -> pd.DataFrame:
    chunks = [_predict(recognizer, chunk) for chunk in make_noisy(pictures, strength)]
    probabilities = np.concatenate(chunks)  # (N, S, V)
    return pd.DataFrame(
        {
            "strength": strength,
            "plate": np.arange(len(pictures)),
            "text": [decode_plate(row, config.plate_format) for row in probabilities.argmax(2)],
            "confidence": probabilities.max(axis=2).prod(axis=1).round(3),
        }
    )


def _predict(recognizer: keras.Model, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    probabilities: NDArray[np.float32] = recognizer.predict(
        pictures.astype(np.float32), batch_size=64, verbose=0
    )
    return probabilities
