"""Does averaging a feature map over its places throw the order of the symbols away?"""

import numpy as np
from numpy.typing import NDArray

from lpr_core.diagnosis.differences import compare_on_plates
from lpr_core.diagnosis.probes import Parts, ProbeResult, fit_ridge, probe_slots
from lpr_core.evidence.suspects.measurements import FormScore, PositionMeasurement

_FEWEST = 3  # plates of either kind that an area under a curve is computed from


def measure_position(
    maps: Parts, truth: Parts, num_symbols: int, head: str, seed: int = 0
) -> PositionMeasurement:
    """Probe a feature map whole, averaged over its places, and with its places in disorder.

    Args:
        maps: `(N, H, W, C)`.
        truth: Alphabet positions `(N, S)`.
        num_symbols: Length of the alphabet.
        head: Name of the study's head.
        seed: Of the disorder.
    """
    forms = {
        "pooled": Parts(*(part.mean(axis=(1, 2)) for part in maps)),
        "unpooled": maps,
        "scrambled": scramble_places(maps, seed),
    }
    probes = {name: probe_slots(form, truth, num_symbols) for name, form in forms.items()}
    scores = {
        name: _score_form(form, truth, probes[name], num_symbols) for name, form in forms.items()
    }
    without = max(("pooled", "scrambled"), key=lambda name: probes[name].accuracy)
    lost = compare_on_plates(probes["unpooled"].correct, probes[without].correct)
    return PositionMeasurement(head=head, lost=lost, **scores)


def scramble_places(maps: Parts, seed: int) -> Parts:
    """Return the maps `(N, H, W, C)` with the H * W places of each picture in an order of its own.

    Every number stays, and so does what stands together at one place; only where is lost.
    """
    rng = np.random.default_rng(seed)
    return Parts(*(_scramble(part, rng) for part in maps))


def _scramble(part: NDArray, rng: np.random.Generator) -> NDArray:
    count, height, width, channels = part.shape
    places = part.reshape(count, height * width, channels)
    orders = rng.permuted(np.tile(np.arange(height * width), (count, 1)), axis=1)
    return np.take_along_axis(places, orders[:, :, None], axis=1).reshape(part.shape)


def _score_form(features: Parts, truth: Parts, probe: ProbeResult, num_symbols: int) -> FormScore:
    return FormScore(
        accuracy=probe.accuracy,
        slots=probe.correct.mean(axis=0).tolist(),
        anywhere=_score_anywhere(features, truth, num_symbols),
        place=_score_place(probe.scores, truth.validation),
    )


def _score_anywhere(features: Parts, truth: Parts, num_symbols: int) -> float:
    """Return how well a probe tells the plates that have a symbol, averaged over symbols."""
    present = Parts(*(_mark_present(texts, num_symbols) for texts in truth))
    fit = fit_ridge(features, present.train.astype(np.float32), _mean_area_of_columns)
    return _mean_area_of_columns(present.validation, fit.predictions.validation)


def _score_place(scores: NDArray[np.float32], truth: NDArray[np.int64]) -> float:
    """Return how well slot scores `(N, S, V)` tell where a symbol stands on plates that have it.

    Once, that is: where a symbol stands twice, features without places would know the slots better
    than chance, by how strong the symbol is in them.
    """
    areas = []
    for symbol in range(scores.shape[2]):
        stands = truth == symbol  # (N, S)
        plates = stands.sum(axis=1) == 1
        for slot in range(truth.shape[1]):
            areas.append(area_under_curve(stands[plates, slot], scores[plates, slot, symbol]))
    return _mean_of_known(areas)


def area_under_curve(marked: NDArray, scores: NDArray) -> float | None:
    """Return the chance that a marked row scores higher than one that is not; ties count half.

    `None` when there are fewer than three rows of either kind.
    """
    from scipy.stats import rankdata

    marked = marked.astype(bool)
    num_marked, num_others = int(marked.sum()), int((~marked).sum())
    if min(num_marked, num_others) < _FEWEST:
        return None
    rank_sum = float(rankdata(scores)[marked].sum())
    return (rank_sum - num_marked * (num_marked + 1) / 2) / (num_marked * num_others)


def _mark_present(truth: NDArray[np.int64], num_symbols: int) -> NDArray[np.bool_]:
    return (truth[:, :, None] == np.arange(num_symbols)).any(axis=1)  # (N, V)


def _mean_area_of_columns(marked: NDArray, scores: NDArray) -> float:
    areas = [area_under_curve(*columns) for columns in zip(marked.T, scores.T, strict=True)]
    return _mean_of_known(areas)


def _mean_of_known(areas: list[float | None]) -> float:
    known = [area for area in areas if area is not None]
    return float(np.mean(known)) if known else 0.5
