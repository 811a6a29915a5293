"""Measure a finder bundle on labelled photos, choose its threshold, keep both in its card."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lpr_core.pictures.decoding import Picture
from lpr_core.serving.finding.bundle import read_finder_card, write_finder_card
from lpr_core.serving.finding.evaluation import evaluate_detector, read_labelled
from lpr_core.serving.finding.finder import Finder
from lpr_core.tasks.finding.boxes.decoding import Found

LEAST_SCORE = 0.02
"""What is less sure is left out of the precision-recall curve: it would change its last digits."""

_NUM_TIMED = 40


def measure_finder(finder: Finder, photos: pd.DataFrame, *, choose: bool = False) -> dict[str, Any]:
    """Return the scores of a finder, ready for JSON; see `evaluate_detector`.

    Args:
        finder: What is measured.
        photos: Rows of `read_photos`.
        choose: Choose the threshold on these photos instead of taking the card's.

    Raises:
        ValueError: There is no photo.
        PictureError: A photo cannot be read.
    """

    def detect(picture: Picture) -> Found:
        return finder.look(picture, LEAST_SCORE)

    card = finder.card
    threshold = None if choose else card.threshold
    canvas = max(card.height, card.width)
    return {
        "finder_version": finder.version,
        **evaluate_detector(detect, photos, card.classes, canvas, threshold),
        "milliseconds": time_finder(finder, photos),
    }


def time_finder(finder: Finder, photos: pd.DataFrame) -> dict[str, float]:
    """Return the median milliseconds a photo: `all`, and `decoding` and `refining` of that.

    Pictures are read before the clock starts.
    """
    pictures = [read_labelled(row) for _, row in photos.head(_NUM_TIMED).iterrows()]
    finder.find(pictures[0])  # makes the sessions
    times = np.median([_time_parts(finder, picture) for picture in pictures], axis=0) * 1000
    names = ("looking", "decoding", "refining")
    return {"all": float(times.sum()), **dict(zip(names, times.tolist(), strict=True))}


def record_finder(
    bundle_dir: Path, data_name: str, report: dict[str, Any] | None, threshold: float | None
) -> None:
    """Keep a report under the name of its data, and a threshold, in a finder's card."""
    card = read_finder_card(bundle_dir)
    if threshold is not None:
        provenance = {**card.provenance, "threshold_chosen_on": data_name}
        card = card.model_copy(update={"threshold": threshold, "provenance": provenance})
    if report is not None:
        accuracy = {**card.accuracy, data_name: json.loads(json.dumps(report))}
        card = card.model_copy(update={"accuracy": accuracy})
    write_finder_card(bundle_dir, card)


def _time_parts(finder: Finder, picture: Picture) -> list[float]:
    marks = [time.perf_counter()]
    said = finder.predict(picture)
    marks.append(time.perf_counter())
    found = finder.decode(said, picture.shape[:2], finder.card.threshold)
    marks.append(time.perf_counter())
    finder.refine(picture, found)
    marks.append(time.perf_counter())
    return np.diff(marks).tolist()
