"""Scores of many photos: of a network's, of a table's, and of a box that never looks."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lpr_core.tasks.finding.boxes.decoding import Found
from lpr_core.tasks.finding.boxes.geometry import Floats
from lpr_core.tasks.finding.examples import take_things
from lpr_core.tasks.finding.predictions import read_found, read_things
from lpr_core.tasks.finding.scores import (
    STRICT,
    choose_threshold,
    false_boxes_at,
    match_photo,
    mean_average_precision,
    recall_at,
    score_photos,
)


def score_found(found: Sequence[Found], truth: Floats) -> dict[str, Any]:
    """Return the scores of photos.

    Keys: `count` (photos), `photo_f1` (mean, as `score_photos`), `ap_70`, `ap_50`, `threshold` (the
    one with the highest mean F1 on these photos) and, at it, `recall_70`, `recall_50` and
    `false_boxes` a photo, on no thing at an overlap of 0.5.

    Args:
        found: Of each photo.
        truth: `(N, M, TRUTH_WIDTH)`.
    """
    things = [take_things(rows) for rows in truth]
    strict, loose = (
        [match_photo(*pair, overlap) for pair in zip(found, things, strict=True)]
        for overlap in (STRICT, 0.5)
    )
    threshold = choose_threshold(strict)
    return {
        "count": len(found),
        "photo_f1": float(score_photos(strict).mean()),
        "ap_70": mean_average_precision(found, things, STRICT),
        "ap_50": mean_average_precision(found, things, 0.5),
        "threshold": threshold,
        "recall_70": recall_at(strict, threshold),
        "recall_50": recall_at(loose, threshold),
        "false_boxes": false_boxes_at(loose, threshold),
    }


def score_said(truth: Iterable[str], found: Iterable[str]) -> NDArray[np.float64]:
    """Return the F1 of each photo `(P,)` from the texts of two tables."""
    pairs = zip(truth, found, strict=True)
    return score_photos([match_photo(read_found(f), read_things(t), STRICT) for t, f in pairs])


def measure_fixed_box(known: Floats, asked: Floats) -> dict[str, Any]:
    """Return the mean F1 of photos in which one box is said: the medians of the known ones' edges.

    Args:
        known: Truth of the photos to learn from `(N, M, TRUTH_WIDTH)`.
        asked: Of those that are scored.
    """
    rows = known[known[..., 0] > 0]
    box = np.median(rows[:, 1:5], axis=0)
    one = int(np.bincount(rows[:, 0].astype(int)).argmax())
    corners = np.full((1, 8), np.nan, np.float32)
    found = Found(np.array([one]), np.ones(1, np.float32), box[None].astype(np.float32), corners)
    scores = [match_photo(found, take_things(rows), STRICT).f1_at(0.5) for rows in asked]
    return {"photo_f1": float(np.mean(scores)), "box": [round(float(edge), 4) for edge in box]}
