"""How well plates were read: accuracies with intervals, edit distance, calibration."""

from collections.abc import Hashable, Sequence
from operator import eq
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from lpr_core.statistics import wilson_interval

_CONFIDENCE_LEVEL = 0.95
_NUM_RESAMPLES = 10_000
_BOOTSTRAP_SEED = 0  # the same readings give the same interval, in every report
_NUM_CALIBRATION_BINS = 15


class TextScores(TypedDict):
    """Scores of plate texts, ready for JSON.

    `plate_accuracy` is the share of plates with every character right, with its Wilson interval;
    `character_accuracy` the share of positions with the right character, with its bootstrap
    interval over plates; both intervals are `[low, high]` at 95 %. `mean_edit_distance` counts
    inserted, deleted and replaced characters per plate.
    """

    count: int
    plate_accuracy: float
    plate_accuracy_interval: list[float]
    character_accuracy: float
    character_accuracy_interval: list[float]
    mean_edit_distance: float


class PlateScores(TextScores):
    """`TextScores` and what only a reader's probabilities tell.

    `slot_accuracy` has one share per slot; `top3_accuracy` is the share of characters among the
    three most probable symbols of their slot; `expected_calibration_error` the mean gap, over
    plates, between confidence (the product of the slots' highest probabilities) and accuracy.
    """

    slot_accuracy: list[float]
    top3_accuracy: float
    expected_calibration_error: float


def score_plates(truth: NDArray[np.int64], probabilities: NDArray[np.float32]) -> PlateScores:
    """Score slot probabilities `(N, S, V)` against true alphabet positions `(N, S)`.

    Every slot counts as a character, those that hold a pad too; `score_texts` leaves pads out.

    Raises:
        ValueError: No plate, shapes that do not match, or rows that are no probabilities.
    """
    _check_probabilities(truth, probabilities)
    ranked = np.argsort(-probabilities, axis=2, kind="stable")  # (N, S, V), best symbol first
    read = ranked[:, :, 0]
    right = read == truth  # (N, S)
    num_right = right.sum(axis=1)
    num_slots = np.full_like(num_right, truth.shape[1])
    confidence = probabilities.max(axis=2).prod(axis=1)
    return {
        **_score_positions(num_right, num_slots, _edit_distances(truth.tolist(), read.tolist())),
        "slot_accuracy": right.mean(axis=0).tolist(),
        "top3_accuracy": float((ranked[:, :, :3] == truth[:, :, None]).any(axis=2).mean()),
        "expected_calibration_error": expected_calibration_error(confidence, right.all(axis=1)),
    }


def score_texts(truth: Sequence[str], read: Sequence[str]) -> TextScores:
    """Score texts of any length, as they stand: the caller normalises both sides alike.

    A character is right when it stands at its true position; the positions of a plate are the
    longer of its two texts, so a missing or an additional character counts as wrong.

    Raises:
        ValueError: No plate, an empty true text, or not one reading per true text.
    """
    if len(truth) != len(read):
        raise ValueError(
            f"there must be one reading per true text. Received: {len(truth)} and {len(read)}"
        )
    if not truth:
        raise ValueError("scores need at least one plate. Received: 0")
    if not all(truth):
        raise ValueError(f"true texts must not be empty. Received: '' at {list(truth).index('')}")
    return _score_positions(
        np.array([sum(map(eq, *pair)) for pair in zip(truth, read, strict=True)]),
        np.array([max(map(len, pair)) for pair in zip(truth, read, strict=True)]),
        _edit_distances(truth, read),
    )


def expected_calibration_error(confidence: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """Return the mean of |accuracy - confidence| over 15 equal bins, weighted by their counts.

    Args:
        confidence: What the reader promised, `(N,)` in [0, 1].
        right: What came true, `(N,)`.

    Guo et al. 2017, https://arxiv.org/abs/1706.04599, equation 3.
    """
    bins = np.minimum(
        (confidence * _NUM_CALIBRATION_BINS).astype(np.int64), _NUM_CALIBRATION_BINS - 1
    )
    gaps = np.bincount(bins, weights=right - confidence, minlength=_NUM_CALIBRATION_BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def _score_positions(
    num_right: NDArray[np.int64], num_positions: NDArray[np.int64], distances: NDArray[np.int64]
) -> TextScores:
    """Return the scores that follow from right characters, characters and edits per plate."""
    count = len(num_right)
    num_plates_right = int((num_right == num_positions).sum())
    return {
        "count": count,
        "plate_accuracy": num_plates_right / count,
        "plate_accuracy_interval": wilson_interval(num_plates_right, count),
        "character_accuracy": float(num_right.sum() / num_positions.sum()),
        "character_accuracy_interval": _bootstrap_ratio(num_right, num_positions),
        "mean_edit_distance": float(distances.mean()),
    }


def _bootstrap_ratio(num_right: NDArray[np.int64], num_positions: NDArray[np.int64]) -> list[float]:
    """Return the percentile interval of sum(num_right) / sum(num_positions) over plates.

    Plates with equal counts are interchangeable, so drawing how often each *kind* of plate comes
    up (multinomial) is the same as drawing plates, and costs a few kinds instead of N plates.
    """
    pairs = np.stack([num_right, num_positions], axis=1)
    kinds, frequencies = np.unique(pairs, axis=0, return_counts=True)
    rng = np.random.default_rng(_BOOTSTRAP_SEED)
    draws = rng.multinomial(len(pairs), frequencies / len(pairs), size=_NUM_RESAMPLES)
    sums = draws @ kinds  # (resamples, 2)
    tail = (1 - _CONFIDENCE_LEVEL) / 2
    return [float(bound) for bound in np.quantile(sums[:, 0] / sums[:, 1], [tail, 1 - tail])]


def _edit_distances(
    truth: Sequence[Sequence[Hashable]], read: Sequence[Sequence[Hashable]]
) -> NDArray[np.int64]:
    """Return the Levenshtein distance of each pair."""
    pairs = zip(truth, read, strict=True)
    return np.array([Levenshtein.distance(*pair) for pair in pairs], dtype=np.int64)


def _check_probabilities(truth: NDArray[np.int64], probabilities: NDArray[np.float32]) -> None:
    if truth.ndim != 2 or probabilities.ndim != 3 or probabilities.shape[:2] != truth.shape:
        raise ValueError(
            "truth must have the shape (N, S) and probabilities (N, S, V). "
            f"Received: {truth.shape} and {probabilities.shape}"
        )
    if truth.size == 0:
        raise ValueError("scores need at least one plate. Received: 0")
    if truth.min() < 0 or truth.max() >= probabilities.shape[2]:
        raise ValueError(
            f"truth must lie in 0..{probabilities.shape[2] - 1}. "
            f"Received: {truth.min()}..{truth.max()}"
        )
    sums = probabilities.sum(axis=2)
    # 1e-2: probabilities may have been stored with half precision.
    if not (probabilities.min() >= 0 and np.allclose(sums, 1, atol=1e-2)):
        raise ValueError(
            "probabilities must be finite, at least 0 and sum to 1 in each slot. "
            f"Received: a minimum of {probabilities.min()}, sums of {sums.min()} to {sums.max()}"
        )
