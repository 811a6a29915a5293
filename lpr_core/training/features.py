"""A frozen backbone sees the same in a clean picture each time: look once, train the head on that.

The whole network is built as always, so the head has the start values, the dropout and the order of
plates that it would have had: the run is the same to rounding, and many times faster.
"""

import hashlib
import json
import uuid
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.data.batches import Batch, PlateBatches
from lpr_core.plates.format import one_hot
from lpr_core.training.config import TrainingConfig


class FeatureBatches(keras.utils.PyDataset):
    """The batches of a `PlateBatches` with features in the place of pictures.

    Args:
        batches: Decide which rows are in a batch.
        features: What was seen in each row `(rows, ...)`.
        targets: One-hot `(rows, S, V)`.
    """

    def __init__(
        self, batches: PlateBatches, features: NDArray[np.float32], targets: NDArray[np.float32]
    ) -> None:
        super().__init__(workers=1)
        self.truth = batches.truth
        self.batch_size = batches.batch_size
        self.epoch = 0
        self._batches = batches
        self._features = features
        self._targets = targets

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> Batch:
        rows = self._batches.rows_of(self.epoch, index)
        return self._features[rows], self._targets[rows]


Batches = PlateBatches | FeatureBatches


def has_fixed_features(config: TrainingConfig) -> bool:
    """Whether what reaches the head of a run depends on the stored picture alone."""
    recognizer = config.recognizer
    is_frozen = recognizer.freeze == 1 or recognizer.open_layers == 0
    return is_frozen and config.noise_strength == 0 and config.camera_severity is None


def cut_to_features(
    recognizer: keras.Model,
    plates: tuple[pd.DataFrame, pd.DataFrame],
    batches: tuple[PlateBatches, PlateBatches],
    config: TrainingConfig,
    feature_dir: Path,
) -> tuple[keras.Model, tuple[FeatureBatches, FeatureBatches]]:
    """Return the upper part of a recognizer and batches of what it is given.

    The part shares its layers with the recognizer: to train it is to train the recognizer's head.

    Args:
        recognizer: The whole network; its backbone is frozen.
        plates: Rows of the training and of the validation plates.
        batches: Their pictures.
        config: The run's.
        feature_dir: Keeps the features.
    """
    seen = _find_cut(recognizer)
    front = keras.Model(recognizer.input, seen, name="front")
    head = keras.Model(seen, recognizer.output, name="head")
    train, validation = (
        FeatureBatches(
            pictures,
            _read_features(front, frame, config, feature_dir),
            one_hot(pictures.truth, config.recognizer.plate_format),
        )
        for frame, pictures in zip(plates, batches, strict=True)
    )
    return head, (train, validation)


def _find_cut(recognizer: keras.Model) -> keras.KerasTensor:
    """Return the input of the first layer above the backbone that learns or is random."""
    layers = recognizer.layers
    above = layers.index(recognizer.get_layer("backbone")) + 1
    while not layers[above].weights and not isinstance(layers[above], keras.layers.Dropout):
        above += 1
    return layers[above].input


def _read_features(
    front: keras.Model, plates: pd.DataFrame, config: TrainingConfig, feature_dir: Path
) -> NDArray[np.float32]:
    """Return the features of all rows `(rows, ...)`, from the file of an earlier run if it can."""
    path = feature_dir / f"{_name_features(plates, config)}.npy"
    if path.is_file():
        kept: NDArray[np.float32] = np.load(path)
        return kept
    recognizer = config.recognizer
    pictures = PlateBatches(
        plates,
        recognizer.plate_format,
        height=recognizer.height,
        width=recognizer.width,
        batch_size=config.batch_size,
        seed=0,
        shuffle=False,
    )
    features: NDArray[np.float32] = front.predict(pictures, verbose=0)
    feature_dir.mkdir(parents=True, exist_ok=True)
    draft_path = path.with_suffix(f".{uuid.uuid4().hex}.npy")
    np.save(draft_path, features)
    draft_path.replace(path)
    return features


def _name_features(plates: pd.DataFrame, config: TrainingConfig) -> str:
    """Return a name that is equal where plates and everything below the head are equal."""
    recognizer = config.recognizer
    below = {
        "backbone": [recognizer.backbone, recognizer.height, recognizer.width, recognizer.head],
        "weights": recognizer.weights,
        # Random values differ from seed to seed.
        "seed": config.seed if recognizer.weights == "none" else None,
        "plates": plates.drop(columns="split").to_csv(index=False),
    }
    return hashlib.sha256(json.dumps(below).encode()).hexdigest()[:16]
