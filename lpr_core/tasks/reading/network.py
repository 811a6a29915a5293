"""The network that reads plates: from a picture to the symbol probabilities of every slot."""

from typing import Any

import keras
from keras import ops

from lpr_core.backbones.build import build_backbone
from lpr_core.tasks.reading.config import ReadingConfig
from lpr_core.tasks.reading.heads import (
    attention_head,
    context_head,
    pooled_head,
    positional_head,
)

_HEADS = {
    "pooled": pooled_head,
    "positional": positional_head,
    "attention": attention_head,
    "context": context_head,
}


def build_graph(config: ReadingConfig) -> keras.Model:
    """Return the network with random weights.

    Input `image` `(N, height, width, 3)` float32 RGB of 0..255; output `(N, S, V)`, each slot's
    probabilities summing to 1. The backbone is a layer called `backbone`.
    """
    backbone = build_backbone(config.backbone, config.height, config.width)
    image = keras.Input((config.height, config.width, 3), name="image")
    head = _HEADS[config.head]
    plate = head(backbone(image), config.plate_format, config.dense_units, config.dropout)
    return keras.Model(image, plate, name="recognizer")


@keras.saving.register_keras_serializable(package="lpr")
def plate_accuracy(truth: Any, probabilities: Any) -> Any:
    """Return for each plate 1.0 when all its slots are right, else 0.0: `(N, S, V)` to `(N,)`."""
    right = ops.equal(ops.argmax(truth, axis=-1), ops.argmax(probabilities, axis=-1))
    return ops.cast(ops.all(right, axis=-1), "float32")
