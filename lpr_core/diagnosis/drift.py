"""How far fine-tuning moves a backbone: its weights, its features, what can be read from them."""

import keras
import numpy as np
from numpy.typing import NDArray

from lpr_core.diagnosis.differences import compare_on_plates
from lpr_core.diagnosis.probes import Parts, probe_slots
from lpr_core.diagnosis.stages import Pictures, average_down, split_batches
from lpr_core.evidence.suspects.measurements import DriftMeasurement, LayerDrift

_MOST_COMPARED = 16  # layers: enough for a curve, and their maps fit into memory
_SMALLEST_NORM = 1e-12


def linear_cka(first: NDArray, second: NDArray, *, debiased: bool = True) -> float:
    """Return the linear centred kernel alignment of two sets of features of the same examples.

    1 for features that are equal up to rotation, shift and one common scale, about 0 for unrelated
    ones (Kornblith et al. 2019, https://arxiv.org/abs/1905.00414, equation 4). The plain form grows
    towards 1 with the number of features, whatever these are; the debiased one puts the unbiased
    estimator of HSIC in its place (Song et al. 2012,
    https://jmlr.csail.mit.edu/papers/v13/song12a.html) and can fall slightly below 0.

    Args:
        first: `(N, ...)`, at least 4 examples.
        second: `(N, ...)`; numbers per example may differ.
        debiased: Use the debiased form.

    Raises:
        ValueError: The examples are fewer than 4, or not equally many.
    """
    if len(first) != len(second) or len(first) < 4:
        raise ValueError(
            "CKA needs the same examples twice, at least 4. "
            f"Received: {len(first)} and {len(second)}"
        )
    center = _center_unbiased if debiased else _center
    grams = [center(_multiply(features)) for features in (first, second)]
    norms = [float(np.linalg.norm(gram)) for gram in grams]
    if min(norms) == 0:
        return 0.0  # features that are the same for all examples have nothing to compare
    return float((grams[0] * grams[1]).sum() / (norms[0] * norms[1]))


def measure_weight_change(before: keras.Layer, after: keras.Layer) -> float:
    """Return the norm of the change of a layer's weights, divided by the norm that they had."""
    old, new = (
        np.concatenate([np.asarray(weights).ravel() for weights in layer.weights])
        for layer in (before, after)
    )
    length = max(float(np.linalg.norm(old)), _SMALLEST_NORM)
    return float(np.linalg.norm(new - old)) / length


def compare_backbones(
    before: keras.Model, after: keras.Model, pictures: Pictures
) -> list[LayerDrift]:
    """Return the drift of each layer with a kernel, from the picture upwards.

    Features are compared at up to 16 of them, evenly spread, the first and the last included, on
    maps that are averaged down to `stages.GRID`.

    Args:
        before: The start network.
        after: The same network, trained.
        pictures: `(N, H, W, 3)`; a few hundred do.
    """
    # By their places: Keras numbers the layers of a second network on.
    pairs = [pair for pair in zip(before.layers, after.layers, strict=True) if _has_kernel(pair[0])]
    places = np.linspace(0, len(pairs) - 1, min(_MOST_COMPARED, len(pairs)))
    compared = [pairs[round(place)] for place in places]
    old = _extract_layers(before, [first for first, _ in compared], pictures)
    new = _extract_layers(after, [second for _, second in compared], pictures)
    similarities = {
        first.name: linear_cka(old[first.name], new[second.name]) for first, second in compared
    }
    return [
        LayerDrift(
            name=first.name,
            weight_change=measure_weight_change(first, second),
            cka=similarities.get(first.name),
        )
        for first, second in pairs
    ]


def measure_drift(
    layers: list[LayerDrift],
    frozen: Parts,
    tuned: Parts,
    truth: Parts,
    num_symbols: int,
    source: str,
) -> DriftMeasurement:
    """Probe the features before and after, in the form that the head reads.

    Args:
        layers: As `compare_backbones` gives them.
        frozen: Features `(N, ...)` of the start network.
        tuned: Of the fine-tuned one.
        truth: Alphabet positions `(N, S)`.
        num_symbols: Length of the alphabet.
        source: Where the fine-tuned weights come from, for people.
    """
    before, after = (probe_slots(parts, truth, num_symbols) for parts in (frozen, tuned))
    return DriftMeasurement(
        source=source,
        layers=layers,
        frozen=before.accuracy,
        tuned=after.accuracy,
        gained=compare_on_plates(after.correct, before.correct),
    )


def _has_kernel(layer: keras.Layer) -> bool:
    """Whether it is a convolution of any kind; a normalisation has no kernel."""
    return any("kernel" in weights.name for weights in layer.weights)


def _extract_layers(
    network: keras.Model, layers: list[keras.Layer], pictures: Pictures
) -> dict[str, NDArray[np.float32]]:
    coarse = {layer.name: average_down(layer.output) for layer in layers}
    taps = keras.Model(network.input, coarse)
    parts = [taps.predict_on_batch(batch) for batch in split_batches(pictures)]
    return {name: np.concatenate([np.asarray(part[name]) for part in parts]) for name in coarse}


def _multiply(features: NDArray) -> NDArray[np.float64]:
    rows = features.reshape(len(features), -1)
    rows = rows - rows.mean(axis=0, dtype=np.float64).astype(rows.dtype)
    return (rows @ rows.T).astype(np.float64)


def _center(gram: NDArray[np.float64]) -> NDArray[np.float64]:
    means = gram.mean(axis=0)
    return gram - means - means[:, None] + means.mean()


def _center_unbiased(gram: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centre as Székely and Rizzo do (https://doi.org/10.1214/14-AOS1255, definition 2)."""
    count = len(gram)
    gram = gram - np.diag(np.diag(gram))
    sums = gram.sum(axis=0) / (count - 2)
    centered = gram - sums - sums[:, None] + sums.sum() / (count - 1)
    np.fill_diagonal(centered, 0)
    return centered
