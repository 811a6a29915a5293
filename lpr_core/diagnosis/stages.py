"""The stages of a backbone: what its maps hold of pictures, and how much of that can be read."""

from collections.abc import Mapping

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from lpr_core.diagnosis.differences import compare_on_plates
from lpr_core.diagnosis.probes import Parts, ProbeResult, probe_slots
from lpr_core.evidence.suspects.measurements import FeaturesMeasurement, StageScore

GRID = (8, 16)
"""Most places, in rows and columns, that a map is probed with: two columns for each of seven slots.
Larger maps are averaged down, which keeps early stages affordable and about equally large."""

PICTURE = "picture"
_PICTURE_SIZE = (16, 48)  # rows and columns: about as many numbers as a stage has
_BATCH = 32

Pictures = NDArray[np.uint8] | NDArray[np.float32]
"""`(N, H, W, 3)`: uint8 as they are stored, or float32 of any range."""


def extract_maps(network: keras.Model, pictures: Pictures) -> NDArray[np.float32]:
    """Return a backbone's last feature maps `(N, H', W', C)` in inference mode."""
    maps = [network.predict_on_batch(batch) for batch in split_batches(pictures)]
    return np.concatenate([np.asarray(part, dtype=np.float32) for part in maps])


def extract_stages(network: keras.Model, pictures: Pictures) -> dict[str, NDArray[np.float32]]:
    """Return the maps `(N, h, w, C)` of each stage by name, averaged down to at most `GRID`."""
    coarse = {name: average_down(layer.output) for name, layer in list_stages(network).items()}
    stages = keras.Model(network.input, coarse)
    parts = [stages.predict_on_batch(batch) for batch in split_batches(pictures)]
    return {name: np.concatenate([np.asarray(part[name]) for part in parts]) for name in coarse}


def list_stages(network: keras.Model) -> dict[str, keras.Layer]:
    """Return the last layer at each height of the maps, from the picture upwards.

    The names say the height as a fraction of the picture's: `1/2`, `1/4` and so on, by the nearest
    power of two. Layers that only pad are no stage.
    """
    height = network.input.shape[1]
    stages: dict[str, keras.Layer] = {}
    for layer in network.layers:
        shape = layer.output.shape
        if isinstance(layer, keras.layers.ZeroPadding2D) or len(shape) != 4:
            continue
        step = 2 ** round(np.log2(height / shape[1]))
        if step > 1:
            stages[f"1/{step}"] = layer
    return stages


def average_down(features: keras.KerasTensor) -> keras.KerasTensor:
    """Return a map `(N, H', W', C)` averaged over neighbours until it fits into `GRID`."""
    size = [-(-have // most) for have, most in zip(features.shape[1:3], GRID, strict=True)]
    if size == [1, 1]:
        return features
    return keras.layers.AveragePooling2D(size, padding="same")(features)


def measure_features(
    stages: Mapping[str, Parts], random: Parts, pictures: Parts, truth: Parts, num_symbols: int
) -> FeaturesMeasurement:
    """Probe every stage of a frozen backbone, and what costs no training, on the same plates.

    Args:
        stages: Maps `(N, h, w, C)` by name, the one that the head reads last.
        random: Maps of the last stage with random weights.
        pictures: `(N, H, W, 3)` uint8.
        truth: Alphabet positions `(N, S)`.
        num_symbols: Length of the alphabet.
    """
    last = list(stages)[-1]
    maps = {
        PICTURE: Parts(*(_shrink(part) for part in pictures)),
        **stages,
        f"random {last}": random,
    }
    probes = {name: probe_slots(parts, truth, num_symbols) for name, parts in maps.items()}
    best = max((name for name in maps if name != last), key=lambda name: probes[name].accuracy)
    return FeaturesMeasurement(
        stages=[
            _score_stage(name, parts, probes[name], truth, num_symbols)
            for name, parts in maps.items()
        ],
        last=last,
        best=best,
        missed=compare_on_plates(probes[best].correct, probes[last].correct),
    )


def read_form(maps: Parts, head: str) -> Parts:
    """Return maps in the form that a head reads: averaged over their places when it is `pooled`."""
    return Parts(*(part.mean(axis=(1, 2)) for part in maps)) if head == "pooled" else maps


def split_batches(pictures: Pictures) -> list[NDArray[np.float32]]:
    """Return the pictures as float32 in batches of about equal size, at most 32."""
    count = -(-len(pictures) // _BATCH)
    return [batch.astype(np.float32) for batch in np.array_split(pictures, count)]


def _score_stage(
    name: str, maps: Parts, unpooled: ProbeResult, truth: Parts, num_symbols: int
) -> StageScore:
    pooled = probe_slots(read_form(maps, "pooled"), truth, num_symbols)
    return StageScore(name=name, pooled=pooled.accuracy, unpooled=unpooled.accuracy)


def _shrink(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    height, width = _PICTURE_SIZE
    shrunk = [
        cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA) for picture in pictures
    ]
    return np.stack(shrunk).astype(np.float32)
