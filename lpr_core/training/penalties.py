"""How much of a loss is penalty on the weights, whatever the network says."""

import keras
import numpy as np

from lpr_core.tasks.task import PENALTIES


def measure_penalties(network: keras.Model) -> dict[str, float]:
    """Return the penalties of weights that learn and of those that do not, by `PENALTIES`.

    Only the first are in the loss that Keras 3 tells; Keras 2 added the others too.
    """
    learning = {id(weight) for weight in network.trainable_weights}
    sums = dict.fromkeys(PENALTIES, 0.0)
    for weight in network.weights:
        if weight.regularizer is not None:
            value = float(np.asarray(weight.regularizer(weight)))
            sums[PENALTIES[0] if id(weight) in learning else PENALTIES[1]] += value
    return sums
