"""How well things are found: average precision over all photos, and one score for each photo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lpr_core.tasks.finding.boxes.decoding import Found
from lpr_core.tasks.finding.boxes.geometry import Floats, overlap_boxes

STRICT = 0.7
"""Overlap from which a box counts in a photo's score."""

DEFAULT_THRESHOLD = 0.5
_THRESHOLDS = np.round(np.linspace(0.02, 0.98, 49), 2)


class Things(NamedTuple):
    """What is in a photo.

    Attributes:
        classes: Index of each class, 1 being the first `(m,)`.
        edges: Shares of the canvas `(m, 4)`.
    """

    classes: NDArray[np.int64]
    edges: Floats


@dataclass(frozen=True)
class MatchedPhoto:
    """Which of the things found in a photo are there.

    Attributes:
        scores: Of what was found, best first `(n,)`.
        right: Whether it is there `(n,)`: a thing counts for the surest box only.
        things: Which thing it is `(n,)`, -1 where none.
        count: Things in the photo.
    """

    scores: Floats
    right: NDArray[np.bool_]
    things: NDArray[np.int64]
    count: int

    def f1_at(self, threshold: float) -> float:
        """Return the F1 of what is at least so sure; 1 where nothing is there nor found."""
        num_found = int((self.scores >= threshold).sum())
        if num_found + self.count == 0:
            return 1.0
        return 2 * int(self.right[:num_found].sum()) / (num_found + self.count)


def match_photo(found: Found, truth: Things, overlap: float) -> MatchedPhoto:
    """Give each found thing, surest first, the free one of its class that it overlaps most."""
    overlaps = overlap_boxes(found.edges, truth.edges)
    overlaps[found.classes[:, None] != truth.classes[None]] = 0
    things = np.full(len(found), -1)
    for index in range(len(found)):
        if overlaps.shape[1] and overlaps[index].max() >= overlap:
            things[index] = overlaps[index].argmax()
            overlaps[:, things[index]] = 0
    return MatchedPhoto(found.scores, things >= 0, things, len(truth.classes))


def average_precision(
    photos: Sequence[MatchedPhoto], times: NDArray[np.integer] | None = None
) -> float:
    """Return the area under the precision-recall curve, all points, envelope from the right.

    As Pascal VOC from 2010 on (http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/). All
    things count as one class; NaN without any.

    Args:
        photos: What was found in each.
        times: How often each photo counts `(P,)`; once by default.
    """
    times = np.ones(len(photos), np.int64) if times is None else times
    count = sum(photo.count * int(time) for photo, time in zip(photos, times, strict=True))
    if not count:
        return float("nan")
    order = np.argsort(-np.concatenate([photo.scores for photo in photos]), kind="stable")
    right = np.concatenate([photo.right for photo in photos])[order]
    weights = np.repeat(times, [len(photo.scores) for photo in photos])[order]
    precision = np.cumsum(weights * right) / np.maximum(np.cumsum(weights), 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((envelope * weights * right).sum() / count)


def mean_average_precision(
    found: Sequence[Found], truth: Sequence[Things], overlap: float
) -> float:
    """Return the average precision, averaged over the classes that are there."""
    classes = np.unique(np.concatenate([things.classes for things in truth]))
    values = [
        average_precision(
            [
                match_photo(_only(photo, one), _only_things(things, one), overlap)
                for photo, things in zip(found, truth, strict=True)
            ]
        )
        for one in classes
    ]
    return float(np.mean(values)) if values else float("nan")


def recall_at(photos: Sequence[MatchedPhoto], threshold: float) -> float:
    """Return the share of things that were found at least so surely; NaN without any."""
    hits = sum(int(photo.right[photo.scores >= threshold].sum()) for photo in photos)
    count = sum(photo.count for photo in photos)
    return hits / count if count else float("nan")


def false_boxes_at(photos: Sequence[MatchedPhoto], threshold: float) -> float:
    """Return how many boxes a photo are at least so sure and on nothing."""
    wrong = sum(int((~photo.right[photo.scores >= threshold]).sum()) for photo in photos)
    return wrong / max(len(photos), 1)


def choose_threshold(photos: Sequence[MatchedPhoto]) -> float:
    """Return the score from which a thing counts, so that photos have the highest mean F1."""
    if not photos:
        return DEFAULT_THRESHOLD
    means = [np.mean([photo.f1_at(limit) for photo in photos]) for limit in _THRESHOLDS]
    best = np.flatnonzero(np.isclose(means, max(means)))
    return float(_THRESHOLDS[best[len(best) // 2]])


def score_photos(photos: Sequence[MatchedPhoto]) -> NDArray[np.float64]:
    """Return the F1 of each photo `(P,)`, the threshold chosen on the photos of the other half.

    Halves are every other photo: a photo never chooses the threshold that it is scored with.
    """
    scores = np.zeros(len(photos))
    for half in (0, 1):
        threshold = choose_threshold(photos[1 - half :: 2])
        scores[half::2] = [photo.f1_at(threshold) for photo in photos[half::2]]
    return scores


def _only(found: Found, one: int) -> Found:
    return found.take(found.classes == one)


def _only_things(things: Things, one: int) -> Things:
    rows = things.classes == one
    return Things(things.classes[rows], things.edges[rows])
