"""The shuffled-label control: what can a head learn where there is nothing to learn?

The study's head learns twice from the same frozen features, with the same start values, order and
steps: once with the true plates, once with the plates of other pictures. What it gets right on its
training plates the second time, above the most frequent symbols, is memory
(Zhang et al. 2017, https://arxiv.org/abs/1611.03530).
"""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from lpr_core.diagnosis.differences import compare_groups, compare_with_number
from lpr_core.diagnosis.probes import Parts
from lpr_core.evidence.suspects.measurements import MemoryMeasurement
from lpr_core.plates.format import one_hot
from lpr_core.tasks.networks import build_network
from lpr_core.tasks.reading.config import require_reading
from lpr_core.training.config import TrainingConfig
from lpr_core.training.optimizers import build_optimizer

Texts = NDArray[np.int64]
"""Alphabet positions `(N, S)`."""


def measure_memory(config: TrainingConfig, maps: Parts, truth: Parts) -> MemoryMeasurement:
    """Train the head of a configuration with true and with shuffled labels.

    Args:
        config: The frozen run's; noise and camera do not apply to features.
        maps: The frozen backbone's last maps `(N, H, W, C)`.
        truth: Alphabet positions `(N, S)`.
    """
    rng = np.random.default_rng(config.seed)
    shuffled = truth.train[rng.permutation(len(truth.train))]
    frequent = most_frequent(truth.train)
    with_true = _train_and_read(config, maps, truth.train)
    with_shuffled = _train_and_read(config, maps, shuffled)
    right = Parts(with_true.train == truth.train, with_true.validation == truth.validation)
    memory = with_shuffled.train == shuffled
    baseline = float((shuffled == frequent).mean())
    return MemoryMeasurement(
        epochs=config.epochs,
        num_train=len(truth.train),
        baseline=baseline,
        train_true=float(right.train.mean()),
        validation_true=float(right.validation.mean()),
        train_shuffled=float(memory.mean()),
        validation_shuffled=float((with_shuffled.validation == truth.validation).mean()),
        gap=compare_groups(right.train, right.validation),
        memorised=compare_with_number(memory, baseline),
    )


def most_frequent(texts: Texts) -> NDArray[np.int64]:
    """Return the most frequent symbol of each slot `(S,)`."""
    return np.array([np.bincount(column).argmax() for column in texts.T])


def train_head(config: TrainingConfig, maps: NDArray[np.float32], texts: Texts) -> keras.Model:
    """Return the head of a network, trained as configured on features instead of pictures.

    The network goes from maps `(N, H, W, C)` to symbol probabilities `(N, S, V)`. Start values,
    dropout and order follow from the configuration's seed.
    """
    head = _build_head(config)
    rows_per_batch = min(config.batch_size, len(maps))
    num_steps = config.epochs * (len(maps) // rows_per_batch)
    head.compile(
        optimizer=build_optimizer(config, num_steps),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=config.label_smoothing),
        jit_compile=False if keras.config.backend() == "tensorflow" else "auto",
    )
    targets = one_hot(texts, require_reading(config.network).plate_format)
    rng = np.random.default_rng([config.seed, 1])
    for _ in range(config.epochs):
        order = rng.permutation(len(maps))
        for start in range(0, len(maps) - rows_per_batch + 1, rows_per_batch):
            rows = order[start : start + rows_per_batch]
            head.train_on_batch(maps[rows], targets[rows])
    return head


def _build_head(config: TrainingConfig) -> keras.Model:
    """Cut the part above the backbone out of a new network."""
    network = build_network(config.network, seed=config.seed)
    above = network.layers.index(network.get_layer("backbone")) + 1
    return keras.Model(network.layers[above].input, network.output, name="head")


def _train_and_read(config: TrainingConfig, maps: Parts, texts: Texts) -> Parts:
    """Return the symbols `(N, S)` that the trained head reads, in inference mode."""
    head = train_head(config, maps.train, texts)
    return Parts(*(_read(head, part) for part in maps))


def _read(head: keras.Model, maps: NDArray[np.float32]) -> Any:
    return head.predict(maps, batch_size=64, verbose=0).argmax(axis=2)
