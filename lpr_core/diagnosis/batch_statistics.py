"""BatchNormalization's stored statistics against the plates' own, and what the difference costs."""

from collections.abc import Callable

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from lpr_core.diagnosis.differences import compare_on_plates
from lpr_core.diagnosis.probes import Parts, probe_slots
from lpr_core.diagnosis.stages import Pictures, read_form, split_batches
from lpr_core.evidence.suspects.measurements import NormDistance, NormMeasurement

BackboneMaker = Callable[[], keras.Model]
"""Returns the same backbone, weights and all, anew each time."""


def measure_norms(
    make_backbone: BackboneMaker,
    pictures: Parts,
    maps: Parts,
    truth: Parts,
    num_symbols: int,
    head: str,
) -> NormMeasurement:
    """Probe features with the stored statistics and with those of each batch.

    Args:
        make_backbone: The frozen backbone.
        pictures: `(N, H, W, 3)` uint8.
        maps: What the frozen backbone makes of them, `(N, H', W', C)`.
        truth: Alphabet positions `(N, S)`.
        num_symbols: Length of the alphabet.
        head: Name of the study's head, which decides on the features' form.
    """
    stored = read_form(maps, head)
    batch = read_form(Parts(*(extract_in_batch_mode(make_backbone(), p) for p in pictures)), head)
    inference = probe_slots(stored, truth, num_symbols)
    own = probe_slots(batch, truth, num_symbols)
    mixed = probe_slots(Parts(batch.train, stored.validation), truth, num_symbols)
    return NormMeasurement(
        layers=measure_distances(make_backbone(), pictures.train),
        inference=inference.accuracy,
        batch=own.accuracy,
        mixed=mixed.accuracy,
        frozen_moves=measure_mode_change(make_backbone(), pictures.train),
        gained=compare_on_plates(own.correct, inference.correct),
    )


def measure_distances(network: keras.Model, pictures: Pictures) -> list[NormDistance]:
    """Return how far what reaches each BatchNormalization lies from what it has stored.

    The network runs in inference mode, so that each layer gets what it gets in use.
    """
    norms = list_norms(network)
    if not norms:
        return []
    taps = keras.Model(network.input, {layer.name: _standardised_moments(layer) for layer in norms})
    batches = [taps.predict_on_batch(batch) for batch in split_batches(pictures)]
    return [
        _describe_distance(
            layer.name, np.concatenate([np.asarray(batch[layer.name]) for batch in batches])
        )
        for layer in norms
    ]


def list_norms(network: keras.Model) -> list[keras.layers.BatchNormalization]:
    """Return the network's BatchNormalizations, from the picture upwards."""
    return [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]


def extract_in_batch_mode(network: keras.Model, pictures: Pictures) -> NDArray[np.float32]:
    """Return maps with every batch normalised by its own statistics, and nothing dropped.

    Changes the network: its layers are open and its moving statistics follow the pictures.
    """
    _silence_dropout(network)
    network.trainable = True
    maps = [network(batch, training=True) for batch in split_batches(pictures)]
    return np.concatenate([ops.convert_to_numpy(part) for part in maps])


def measure_mode_change(network: keras.Model, pictures: Pictures) -> float:
    """Return the largest difference that `training=True` makes to features, in one batch.

    A frozen network must give 0: its BatchNormalization runs in inference mode
    (https://keras.io/api/layers/normalization_layers/batch_normalization). Dropout is another
    thing, and is switched off for good.
    """
    _silence_dropout(network)
    batch = split_batches(pictures)[0]
    features = [
        ops.convert_to_numpy(network(batch, training=training)) for training in (True, False)
    ]
    return float(np.abs(features[0] - features[1]).max())


def _silence_dropout(network: keras.Model) -> None:
    for layer in network.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0


def _standardised_moments(layer: keras.layers.BatchNormalization) -> keras.KerasTensor:
    """Mean and mean square of each channel `(N, 2, C)`, in units of the stored statistics.

    So that a large stored mean costs no digits, and distances need no division later.
    """
    mean = np.asarray(layer.moving_mean)
    spread = np.sqrt(np.asarray(layer.moving_variance) + layer.epsilon)
    places = list(range(1, len(layer.input.shape) - 1))
    inputs = (layer.input - mean) / spread
    return ops.stack(
        [ops.mean(inputs, axis=places), ops.mean(ops.square(inputs), axis=places)], axis=1
    )


def _describe_distance(name: str, moments: NDArray[np.float32]) -> NormDistance:
    mean, square = moments.mean(axis=0, dtype=np.float64)  # (C,) each
    deviation = np.sqrt(np.maximum(square - mean**2, 1e-6))
    return NormDistance(
        name=name,
        mean_shift=float(np.sqrt((mean**2).mean())),
        scale_shift=float(np.sqrt((np.log2(deviation) ** 2).mean())),
    )
