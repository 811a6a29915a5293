"""Freezing: which layers of a backbone keep the weights that they start with."""

import keras


def freeze_backbone(
    backbone: keras.Model,
    fraction: float = 0.0,
    open_layers: int | None = None,
    *,
    freeze_batch_norm: bool = False,
) -> None:
    """Set `trainable` on each layer of a backbone, in place.

    Layers are counted from the picture upwards and all of them count, also those without weights,
    as in `for layer in base.layers[:-10]`. A frozen BatchNormalization runs in inference mode
    (https://keras.io/getting_started/faq/#whats-the-difference-between-the-training-argument-in-call-and-the-trainable-attribute).

    Args:
        backbone: The network.
        fraction: Share of the layers that is frozen, 0 to 1.
        open_layers: When given, the last so many layers learn and all others are frozen;
            `fraction` is then without effect.
        freeze_batch_norm: Keep the BatchNormalization of open layers in inference mode too.
    """
    num_layers = len(backbone.layers)
    num_frozen = round(fraction * num_layers)
    if open_layers is not None:
        num_frozen = max(num_layers - open_layers, 0)
    for index, layer in enumerate(backbone.layers):
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = index >= num_frozen and not (freeze_batch_norm and is_norm)
