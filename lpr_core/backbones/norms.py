"""The BatchNormalization layers of a network."""

import keras


def list_norms(model: keras.Model) -> list[keras.layers.BatchNormalization]:
    """Return a network's BatchNormalization layers, those of nested networks included."""
    nested = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    return [
        layer
        for network in (model, *nested)
        for layer in network.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
