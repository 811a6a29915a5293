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

from lpr_core.data.batches import Batch, BatchOptions, PictureBatches
from lpr_core.training.config import TrainingConfig


class FeatureBatches(keras.utils.PyDataset):
    """The batches of a `PictureBatches` with features in the place of pictures.

    Args:
        batches: Decide which rows are in a batch.
        features: What was seen in each row `(rows, ...)`.
    """

    def __init__(self, batches: PictureBatches, features: NDArray[np.float32]) -> None:
        super().__init__(workers=1)
        self.truth = batches.truth
        self.options = batches.options
        self.epoch = 0
        self._batches = batches
        self._features = features

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> Batch:
        rows = self._batches.rows_of(self.epoch, index)
        return self._features[rows], np.stack([self._batches.target_of(row) for row in rows])


Batches = PictureBatches | FeatureBatches


def has_fixed_features(config: TrainingConfig) -> bool:
    """Whether what reaches the head of a run depends on the stored picture alone."""
    is_clean = (
        config.noise_strength == 0
        and config.camera_severity is None
        and config.extra_manifest is None
        and config.photos is None
        and config.scene_share == 0
    )
    return config.network.is_frozen and is_clean


def has_one_map(network: keras.Model) -> bool:
    """Whether the head of a network listens to its backbone's last map alone."""
    return len(network.get_layer("backbone").outputs) == 1


def cut_to_features(
    network: keras.Model,
    examples: tuple[pd.DataFrame, pd.DataFrame],
    batches: tuple[PictureBatches, PictureBatches],
    config: TrainingConfig,
    feature_dir: Path,
) -> tuple[keras.Model, tuple[FeatureBatches, FeatureBatches]]:
    """Return the upper part of a network and batches of what it is given.

    The part shares its layers with the network: to train it is to train the network's head.

    Args:
        network: The whole network; its backbone is frozen.
        examples: Rows to learn from, and rows to be measured on.
        batches: Their pictures.
        config: The run's.
        feature_dir: Keeps the features.
    """
    seen = _find_cut(network)
    front = keras.Model(network.input, seen, name="front")
    head = keras.Model(seen, network.output, name="head")
    train, validation = (
        FeatureBatches(pictures, _read_features(front, frame, config, feature_dir))
        for frame, pictures in zip(examples, batches, strict=True)
    )
    return head, (train, validation)


def _find_cut(network: keras.Model) -> keras.KerasTensor:
    """Return the input of the first layer above the backbone that learns or is random."""
    layers = network.layers
    above = layers.index(network.get_layer("backbone")) + 1
    while not layers[above].weights and not isinstance(layers[above], keras.layers.Dropout):
        above += 1
    return layers[above].input


def _read_features(
    front: keras.Model, examples: pd.DataFrame, config: TrainingConfig, feature_dir: Path
) -> NDArray[np.float32]:
    """Return the features of all rows `(rows, ...)`, from the file of an earlier run if it can."""
    path = feature_dir / f"{_name_features(examples, config)}.npy"
    if path.is_file():
        kept: NDArray[np.float32] = np.load(path)
        return kept
    options = BatchOptions(config.batch_size)
    pictures = config.task.make_batches(examples, config.network, options)
    features: NDArray[np.float32] = front.predict(pictures, verbose=0)
    feature_dir.mkdir(parents=True, exist_ok=True)
    draft_path = path.with_suffix(f".{uuid.uuid4().hex}.npy")
    np.save(draft_path, features)
    draft_path.replace(path)
    return features


def _name_features(examples: pd.DataFrame, config: TrainingConfig) -> str:
    """Return a name that is equal where examples and everything below the head are equal."""
    network = config.network.model_dump(mode="json")
    below = {
        # Of what the task adds, some decides where the head begins: all of it is named.
        "network": network,
        # Random values differ from seed to seed.
        "seed": config.seed if config.network.weights == "none" else None,
        "examples": examples.drop(columns="split").to_csv(index=False),
    }
    return hashlib.sha256(json.dumps(below).encode()).hexdigest()[:16]
