"""A self-check: which range of pictures does a backbone want, and what would a wrong one look like?

Every backbone here takes 0..255 and scales by itself. The usual accident is to scale before, too:
the network then gets almost the same grey for every picture.
"""

from collections.abc import Mapping
from typing import get_args

import keras
import numpy as np
from numpy.typing import NDArray

from lpr_core.backbones.build import find_backbone
from lpr_core.backbones.facts import BackboneName
from lpr_core.diagnosis.batch_statistics import list_norms, measure_distances
from lpr_core.diagnosis.differences import compare_on_plates
from lpr_core.diagnosis.probes import Parts, ProbeResult, probe_slots
from lpr_core.diagnosis.stages import extract_maps, read_form
from lpr_core.evidence.suspects.measurements import ScaleMeasurement, ScaleScore

Range = tuple[float, float]

SCALES: Mapping[str, tuple[float, float]] = {
    "0 to 255": (1.0, 0.0),
    "0 to 1": (1 / 255, 0.0),
    "-1 to 1": (1 / 127.5, -1.0),
}
"""Factor and offset that turn 0..255 into each range; the right one first."""


def measure_scales(
    network: keras.Model, pictures: Parts, truth: Parts, num_symbols: int, head: str
) -> ScaleMeasurement:
    """Feed a backbone with pictures of three ranges and probe its features.

    Args:
        network: The backbone, its preprocessing included.
        pictures: `(N, H, W, 3)` uint8.
        truth: Alphabet positions `(N, S)`.
        num_symbols: Length of the alphabet.
        head: Name of the study's head, which decides on the features' form.
    """
    scores, probes = [], []
    for name in SCALES:
        scaled = Parts(*(_rescale(part, name) for part in pictures))
        maps = Parts(*(extract_maps(network, part) for part in scaled))
        probe = probe_slots(read_form(maps, head), truth, num_symbols)
        probes.append(probe)
        scores.append(_score_scale(name, network, scaled.train, maps.train, probe))
    right, *wrong = probes
    best = max(wrong, key=lambda probe: probe.accuracy)
    return ScaleMeasurement(
        scales=scores,
        backbones={
            name: measure_inputs(find_backbone(name).preprocess())
            for name in get_args(BackboneName)
        },
        gained=compare_on_plates(best.correct, right.correct),
    )


def measure_inputs(preprocess: keras.Layer) -> dict[str, Range]:
    """Return lowest and highest value behind a preprocessing layer, for black and white pictures.

    By the range that the pictures come in, as in `SCALES`.
    """
    extremes = np.array([0, 255], np.uint8).reshape(2, 1, 1, 1).repeat(3, axis=3)  # (2, 1, 1, 3)
    return {name: _bounds(preprocess, _rescale(extremes, name)) for name in SCALES}


def _score_scale(
    name: str,
    network: keras.Model,
    pictures: NDArray[np.float32],
    maps: NDArray[np.float32],
    probe: ProbeResult,
) -> ScaleScore:
    shifts = measure_distances(network, pictures[:64]) if list_norms(network) else []
    return ScaleScore(
        name=name,
        inputs=_bounds(network.get_layer("preprocess"), pictures[:64]),
        spread=float(maps.mean(axis=(1, 2)).std(axis=0).mean()),
        norm_shift=shifts[0].mean_shift if shifts else None,
        accuracy=probe.accuracy,
    )


def _rescale(pictures: NDArray[np.uint8], name: str) -> NDArray[np.float32]:
    factor, offset = SCALES[name]
    return pictures.astype(np.float32) * np.float32(factor) + np.float32(offset)


def _bounds(preprocess: keras.Layer, pictures: NDArray[np.float32]) -> Range:
    values = keras.ops.convert_to_numpy(preprocess(pictures))
    return float(values.min()), float(values.max())
