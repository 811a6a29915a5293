"""The moving average of a run's weights, made fit for use."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np

from lpr_core.backbones.norms import list_norms
from lpr_core.training.features import Batches

_NUM_PICTURES = 1024


@contextmanager
def averaged_weights(model: keras.Model, train: Batches) -> Iterator[None]:
    """Put the moving average of the weights into the model for a while, where it keeps one.

    BatchNormalization's statistics are measured anew meanwhile, on about a thousand training
    pictures: those at hand belong to the last weights, not to the average, and cost a network in
    training several points of plate accuracy (https://arxiv.org/abs/1803.05407, section 3.2).
    """
    if not model.optimizer.use_ema:
        yield
        return
    statistics = _norm_statistics(model)
    kept = [np.asarray(variable).copy() for variable in statistics]
    swap = keras.callbacks.SwapEMAWeights()
    swap.set_model(model)
    swap.on_test_begin()
    try:
        _measure_norms(model, train)
        yield
    finally:
        swap.on_test_end()
        for variable, value in zip(statistics, kept, strict=True):
            variable.assign(value)


def _open_norms(model: keras.Model) -> list[keras.layers.BatchNormalization]:
    """Return the layers that learn; a frozen one keeps the statistics that it came with."""
    return [layer for layer in list_norms(model) if layer.trainable]


def _norm_statistics(model: keras.Model) -> list[keras.Variable]:
    return [
        variable
        for layer in _open_norms(model)
        for variable in (layer.moving_mean, layer.moving_variance)
    ]


def _measure_norms(model: keras.Model, train: Batches) -> None:
    """Set each statistic to its mean over the first batches of the present epoch."""
    norms = _open_norms(model)
    momenta = [layer.momentum for layer in norms]
    num_batches = max(1, min(_NUM_PICTURES // train.options.batch_size, len(train)))
    try:
        for index in range(num_batches):
            for layer in norms:
                layer.momentum = index / (index + 1)
            model(train[index][0], training=True)
    finally:
        for layer, momentum in zip(norms, momenta, strict=True):
            layer.momentum = momentum
