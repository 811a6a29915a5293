"""How well two classes were told apart: accuracy, balanced accuracy, area under the curve."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lpr_core.statistics import wilson_interval

_LEAST = 1e-7
_BINS = 10


def measure_loss(
    truth: NDArray[np.float32],
    chances: NDArray[np.float32],
    label_smoothing: float,
    second_weight: float,
) -> dict[str, float]:
    """Return the training's own loss and all scores of validation pictures.

    Args:
        truth: 0 or 1 `(N, 1)`.
        chances: Of the second class `(N, 1)`.
        label_smoothing: The training's, so that both losses can be compared.
        second_weight: Likewise.
    """
    sure = np.clip(chances.astype(np.float64), _LEAST, 1 - _LEAST)
    smooth = truth * (1 - label_smoothing) + 0.5 * label_smoothing
    entropy = -(smooth * np.log(sure) + (1 - smooth) * np.log(1 - sure))
    weights = (1 + (second_weight - 1) * truth) * 2 / (1 + second_weight)
    scores = score_chances(truth[:, 0], chances[:, 0])
    return {
        "loss": float((entropy * weights).mean()),
        **{name: scores[name] for name in SCORES},
    }


SCORES = ("picture_accuracy", "balanced_accuracy", "area_under_curve")


def score_chances(truth: NDArray[Any], chances: NDArray[Any]) -> dict[str, Any]:
    """Return all scores of some pictures, ready for JSON.

    Args:
        truth: 0 or 1 `(N,)`.
        chances: Of class 1 `(N,)`.

    Returns:
        `count`, `picture_accuracy` with its interval (Wilson), `balanced_accuracy` (the mean of
        both classes' shares) with its own (each share's Wilson interval, their squared halves
        added), `area_under_curve` (the chance that a picture of class 1 is told a higher chance
        than one of class 0; 0.5 where a class is missing) with its interval (Hanley and McNeil
        1982, https://doi.org/10.1148/radiology.143.1.7063747), `calibration_error` (mean distance
        of told chance and share over ten bins) and the shares of each class.
    """
    truth = np.asarray(truth).astype(bool).ravel()
    chances = np.asarray(chances, np.float64).ravel()
    right = (chances > 0.5) == truth
    shares = [_share(right[truth == is_second]) for is_second in (False, True)]
    known = [share for share in shares if share is not None]
    area = _area(truth, chances)
    return {
        "count": len(truth),
        "picture_accuracy": float(right.mean()),
        "picture_accuracy_interval": wilson_interval(int(right.sum()), len(right)),
        "balanced_accuracy": float(np.mean(known)),
        "balanced_accuracy_interval": _balance_interval(right, truth),
        "area_under_curve": area,
        "area_under_curve_interval": _area_interval(area, truth),
        "calibration_error": _calibration_error(truth, chances),
        "class_accuracy": shares,
        "class_count": [int((~truth).sum()), int(truth.sum())],
    }


def _share(right: NDArray[np.bool_]) -> float | None:
    return float(right.mean()) if len(right) else None


def _balance_interval(right: NDArray[np.bool_], truth: NDArray[np.bool_]) -> list[float]:
    parts = [right[truth == is_second] for is_second in (False, True)]
    parts = [part for part in parts if len(part)]
    shares = np.array([part.mean() for part in parts])
    ends = np.array([wilson_interval(int(part.sum()), len(part)) for part in parts])
    low, high = (np.sqrt(((ends[:, end] - shares) ** 2).sum()) / len(parts) for end in (0, 1))
    mean = float(shares.mean())
    return [max(0.0, mean - float(low)), min(1.0, mean + float(high))]


def _area(truth: NDArray[np.bool_], chances: NDArray[np.float64]) -> float:
    """Return Mann and Whitney's U over all pairs; equal chances count half."""
    from scipy.stats import rankdata  # its import takes a second

    seconds = int(truth.sum())
    firsts = len(truth) - seconds
    if not seconds or not firsts:
        return 0.5
    ranks = float(rankdata(chances)[truth].sum())
    return (ranks - seconds * (seconds + 1) / 2) / (seconds * firsts)


def _area_interval(area: float, truth: NDArray[np.bool_]) -> list[float]:
    seconds = int(truth.sum())
    firsts = len(truth) - seconds
    if not seconds or not firsts:
        return [0.0, 1.0]
    first, second = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (seconds - 1) * (first - area**2)
    variance = (variance + (firsts - 1) * (second - area**2)) / (seconds * firsts)
    half = 1.96 * max(variance, 0.0) ** 0.5
    return [max(0.0, area - half), min(1.0, area + half)]


def _calibration_error(truth: NDArray[np.bool_], chances: NDArray[np.float64]) -> float:
    bins = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    gaps = [
        (bins == number).mean() * abs(chances[bins == number].mean() - truth[bins == number].mean())
        for number in np.unique(bins)
    ]
    return float(np.sum(gaps))
