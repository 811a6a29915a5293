"""What a finished network says when its pictures are noisy, and what of its own examples."""

from collections.abc import Iterable, Iterator
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.augment.noise import add_noise
from lpr_core.study.designs import NOISE_GRID
from lpr_core.tasks.task import NetworkConfig, find_task

MAX_TRAIN_EXAMPLES = 1_000
_CHUNK = 256
_BATCH = 64


def read_noisy(
    network: keras.Model,
    config: NetworkConfig,
    examples: pd.DataFrame,
    strengths: Iterable[float] = NOISE_GRID,
) -> pd.DataFrame:
    """Show a network pictures with noise of each strength.

    The noise lies on the pictures at the network's size, as in training. It depends on the strength
    and on the picture's place, not on the network: all runs see the same pictures.

    Args:
        network: A network with its weights.
        config: What it is made of.
        examples: Rows of a manifest.
        strengths: Standard deviations as fractions of the range.

    Returns:
        Columns `strength, plate` (the row) and the task's `noisy_columns`, all rows for each
        strength.
    """
    pictures = find_task(config.task).read_pictures(examples, config)
    return pd.concat(
        [_read_at(network, config, pictures, strength) for strength in strengths],
        ignore_index=True,
    )


def score_train(
    network: keras.Model, config: NetworkConfig, examples: pd.DataFrame
) -> dict[str, Any]:
    """Score a network on clean training examples, as it serves and not as it learns.

    Args:
        network: A network with its weights.
        config: What it is made of.
        examples: Rows that it learned from; at most 1,000 of them, evenly spread, are taken.
    """
    task = find_task(config.task)
    count = min(len(examples), MAX_TRAIN_EXAMPLES)
    chosen = examples.iloc[np.linspace(0, len(examples) - 1, count).astype(int)]
    outputs = _predict(network, task.read_pictures(chosen, config))
    scores = task.score(task.encode_targets(chosen, config), outputs, config)
    return {key: scores[key] for key in (*task.scores, "count")}


def make_noisy(pictures: NDArray[np.uint8], strength: float) -> Iterator[NDArray[np.uint8]]:
    """Yield the pictures with the noise that all runs are tested with, in chunks."""
    for start in range(0, len(pictures), _CHUNK):
        seed = round(strength * 1_000_000) + start
        yield add_noise(pictures[start : start + _CHUNK], strength, seed=seed)


def _read_at(
    network: keras.Model, config: NetworkConfig, pictures: NDArray[np.uint8], strength: float
) -> pd.DataFrame:
    task = find_task(config.task)
    chunks = [_predict(network, chunk) for chunk in make_noisy(pictures, strength)]
    said = task.tabulate_outputs(np.concatenate(chunks), config)
    numbers = {"strength": strength, "plate": np.arange(len(pictures))}
    return pd.concat([pd.DataFrame(numbers), said[list(task.noisy_columns)].round(3)], axis=1)


def _predict(network: keras.Model, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    # `predict` would build an input pipeline for each call, which costs more than the answers.
    batches = (pictures[start : start + _BATCH] for start in range(0, len(pictures), _BATCH))
    outputs = [network.predict_on_batch(batch.astype(np.float32)) for batch in batches]
    return np.concatenate(outputs)
