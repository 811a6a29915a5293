"""Heads: from a feature map `(N, H', W', C)` to the symbol probabilities `(N, S, V)` of a plate."""

from typing import Any

import keras

from lpr_core.plates.format import PlateFormat
from lpr_core.tasks.reading.layers import (
    PositionEmbedding2D,
    SlotAttention,
    SlotQueries,
    exact_gelu,
)

_MIN_PROJECTED_CHANNELS = 16
_NUM_BLOCKS = 2
_NUM_HEADS = 4


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


def context_head(features: Any, plate_format: PlateFormat, dense_units: int, dropout: float) -> Any:
    """Return a head that can count: places see each other, slots see places and each other.

    Two transformer blocks over all places of the picture, then a query for each slot that looks
    twice (https://arxiv.org/abs/1706.03762, before each part a normalisation:
    https://arxiv.org/abs/2002.04745). What stands in a slot may so depend on how many characters
    stand before it, on bands and on rows, which a fixed place for each slot cannot know.
    """
    _, height, width, channels = features.shape
    features = PositionEmbedding2D(name="position")(features)
    places = keras.layers.Reshape((height * width, channels), name="places")(features)
    for number in range(_NUM_BLOCKS):
        places = _attend(places, places, f"place_{number}", dropout)
        places = _think(places, dense_units, f"place_{number}", dropout)
    places = keras.layers.LayerNormalization(name="place_norm")(places)
    slots = SlotQueries(plate_format.slots, name="slots")(places)
    for number in range(_NUM_BLOCKS):
        slots = _attend(slots, places, f"look_{number}", dropout)
        slots = _attend(slots, slots, f"slot_{number}", dropout)
        slots = _think(slots, dense_units, f"slot_{number}", dropout)
    slots = keras.layers.LayerNormalization(name="slot_norm")(slots)
    return keras.layers.Dense(plate_format.num_symbols, activation="softmax", name="plate")(slots)


def _attend(asking: Any, asked: Any, name: str, dropout: float) -> Any:
    """Add what each of `asking` `(N, A, C)` finds in `asked` `(N, B, C)`."""
    width = asking.shape[-1]
    normal = keras.layers.LayerNormalization(name=f"{name}_query_norm")(asking)
    source = normal if asked is asking else asked
    attention = keras.layers.MultiHeadAttention(
        _NUM_HEADS, width // _NUM_HEADS, dropout=dropout, name=f"{name}_attention"
    )
    return keras.layers.Add(name=f"{name}_attended")([asking, attention(normal, source)])


def _think(values: Any, dense_units: int, name: str, dropout: float) -> Any:
    """Add what two layers make of each `(N, A, C)` alone."""
    inner = keras.layers.LayerNormalization(name=f"{name}_norm")(values)
    inner = keras.layers.Dense(dense_units, activation=exact_gelu, name=f"{name}_wide")(inner)
    inner = keras.layers.Dropout(dropout, name=f"{name}_dropout")(inner)
    inner = keras.layers.Dense(values.shape[-1], name=f"{name}_narrow")(inner)
    return keras.layers.Add(name=f"{name}_added")([values, inner])


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
