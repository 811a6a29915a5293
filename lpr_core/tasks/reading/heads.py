"""Heads: from a feature map `(N, H', W', C)` to the symbol probabilities `(N, S, V)` of a plate."""

from typing import Any

import keras

from lpr_core.plates.format import PlateFormat
from lpr_core.tasks.reading.layers import PositionEmbedding2D, SlotAttention

_MIN_PROJECTED_CHANNELS = 16


def pooled_head(features: Any, plate_format: PlateFormat, dense_units: int, dropout: float) -> Any:
    """Return the first account's head: everything is averaged over the picture, position is lost.

    `avg_pool`, dropout, then one branch for each slot.
    """
    features = keras.layers.GlobalAveragePooling2D(name="avg_pool")(features)
    features = keras.layers.Dropout(dropout, name="top_dropout")(features)
    return _branches(features, plate_format, dense_units, dropout)


def positional_head(
    features: Any, plate_format: PlateFormat, dense_units: int, dropout: float
) -> Any:
    """Return the account's branches over features that keep their place along the width.

    The map is averaged over its height only, and each of its W' columns is projected to C // W'
    channels (at least 16), so that a branch reads about C numbers, as in `pooled_head`: the two
    heads differ in position and hardly in size. Each branch sees the whole width.
    """
    _, height, width, channels = features.shape
    projected = max(channels // width, _MIN_PROJECTED_CHANNELS)
    features = keras.layers.AveragePooling2D((height, 1), name="height_pool")(features)
    features = keras.layers.Dense(projected, name="column_projection")(features)
    features = keras.layers.Flatten(name="columns")(features)
    features = keras.layers.Dropout(dropout, name="top_dropout")(features)
    return _branches(features, plate_format, dense_units, dropout)


def attention_head(
    features: Any, plate_format: PlateFormat, dense_units: int, dropout: float
) -> Any:
    """Return a head that looks at its own place for each slot, and then reads all slots alike."""
    features = PositionEmbedding2D(name="position")(features)
    slots = SlotAttention(plate_format.slots, name="slot_attention")(features)
    slots = keras.layers.Dense(dense_units, activation="relu", name="slot_dense")(slots)
    slots = keras.layers.Dropout(dropout, name="slot_dropout")(slots)
    return keras.layers.Dense(plate_format.num_symbols, activation="softmax", name="plate")(slots)


def _branches(features: Any, plate_format: PlateFormat, dense_units: int, dropout: float) -> Any:
    outputs = [
        _branch(features, f"branch_{slot}", plate_format.num_symbols, dense_units, dropout)
        for slot in range(plate_format.slots)
    ]
    joined = keras.layers.Concatenate(axis=1, name="branches")(outputs)
    shape = (plate_format.slots, plate_format.num_symbols)
    return keras.layers.Reshape(shape, name="plate")(joined)


def _branch(features: Any, name: str, num_symbols: int, dense_units: int, dropout: float) -> Any:
    features = keras.layers.Dense(dense_units, name=f"{name}_Dense_{dense_units}")(features)
    features = keras.layers.BatchNormalization(name=f"{name}_bn")(features)
    features = keras.layers.ReLU(name=f"{name}_relu")(features)
    features = keras.layers.Dropout(dropout, name=f"{name}_dropout")(features)
    return keras.layers.Dense(num_symbols, activation="softmax", name=f"{name}_output")(features)
