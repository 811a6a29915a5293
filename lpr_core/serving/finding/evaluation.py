"""Measure whatever finds boxes in photos: precision, recall, edges, false boxes, by plate width."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.pictures.decoding import Picture, PictureError, fit_picture, read_picture
from lpr_core.tasks.finding.boxes.decoding import Found
from lpr_core.tasks.finding.scores import (
    STRICT,
    MatchedPhoto,
    Things,
    average_precision,
    choose_threshold,
    false_boxes_at,
    match_photo,
    recall_at,
)

Detector = Callable[[Picture], Found]
"""Returns everything that may be a thing, edges in pixels of the photo, however unsure."""

Estimate = list[float | None]
"""A number and both ends of its interval."""

LOOSE = 0.5
"""Overlap from which a box is on a thing at all."""

RECALL = 0.95
"""False boxes are also told at the threshold that finds this share of things."""

WIDTHS = ((12, 20), (20, 40), (40, 80))
"""Plates of so many pixels on the canvas are told apart."""

_NUM_RESAMPLES = 1_000
_LEAST_STRIP = 48


class EvaluatedPhoto(NamedTuple):
    """A photo with what is in it and what was found.

    Attributes:
        found: Edges in pixels.
        truth: Likewise.
    """

    found: Found
    truth: Things

    def match(self, overlap: float) -> MatchedPhoto:
        """Return which of the found things are there."""
        return match_photo(self.found, self.truth, overlap)


def evaluate_detector(
    detect: Detector,
    photos: pd.DataFrame,
    classes: Sequence[str],
    canvas: int,
    threshold: float | None = None,
) -> dict[str, Any]:
    """Return the scores of a detector on labelled photos, ready for JSON.

    Args:
        detect: What is measured.
        photos: Rows of `read_photos`.
        classes: What it finds, in the order of its indices; other things do not count.
        canvas: Side of what the network sees, for plate widths.
        threshold: From which score a box counts; None chooses the one with the best mean F1 on
            these photos, and may be used on validation photos only.

    Raises:
        ValueError: There is no photo.
        PictureError: A photo cannot be read.
    """
    if photos.empty:
        raise ValueError("There must be at least one photo to look at; the split is empty.")
    started = time.perf_counter()
    looked = [look_at(detect, row, classes) for _, row in photos.iterrows()]
    seconds = time.perf_counter() - started
    if threshold is None:
        threshold = choose_threshold([photo.match(STRICT) for photo in looked])
    sure = find_sure_threshold([photo.match(LOOSE) for photo in looked], RECALL)
    return {
        **score_detections(looked, threshold),
        "plate_free": measure_plate_free(detect, photos, threshold, sure),
        "by_width": {
            f"{low}-{high}": score_width(detect, photos, classes, canvas, (low, high), threshold)
            for low, high in WIDTHS
        },
        "seconds": seconds,
    }


def look_at(detect: Detector, row: pd.Series, classes: Sequence[str]) -> EvaluatedPhoto:
    """Return what a detector finds in one labelled photo."""
    picture = read_labelled(row)
    return EvaluatedPhoto(detect(picture), list_things(row, classes))


def read_labelled(row: pd.Series) -> Picture:
    """Return a row's photo; a fault names the file."""
    path = Path(row["image_path"])
    try:
        return read_picture(path)
    except PictureError as error:
        raise PictureError(f"{path.name}: {error}") from error


def list_things(row: pd.Series, classes: Sequence[str]) -> Things:
    """Return the things of some classes in a row of `read_photos`, edges in pixels."""
    wanted = [index for index, name in enumerate(row["classes"]) if name in classes]
    indices = np.array([1 + classes.index(row["classes"][index]) for index in wanted], np.int64)
    return Things(indices, np.asarray(row["boxes"], np.float32).reshape(-1, 4)[wanted])


def score_detections(looked: Sequence[EvaluatedPhoto], threshold: float) -> dict[str, Any]:
    """Return average precision, recall, F1 and false boxes at a threshold, and edge errors.

    Each with its interval at 95 %, a percentile bootstrap over photos.
    """
    strict = [photo.match(STRICT) for photo in looked]
    loose = [photo.match(LOOSE) for photo in looked]
    errors = [measure_edges(photo, threshold) for photo in looked]
    return {
        "count": len(looked),
        "threshold": threshold,
        "ap_50": _with_interval(len(looked), lambda times: average_precision(loose, times)),
        "ap_70": _with_interval(len(looked), lambda times: average_precision(strict, times)),
        "photo_f1": _mean([photo.f1_at(threshold) for photo in strict]),
        "recall_50": recall_at(loose, threshold),
        "recall_70": recall_at(strict, threshold),
        "false_boxes": false_boxes_at(loose, threshold),
        "edge_error": _with_interval(
            len(looked),
            lambda times: _median([errors[i] for i in np.repeat(np.arange(len(times)), times)]),
        ),
    }


def measure_edges(photo: EvaluatedPhoto, threshold: float) -> NDArray[np.floating]:
    """Return how far left and right edges of found things are off, as shares of their widths."""
    matched = photo.match(LOOSE)
    rows = np.flatnonzero(matched.right & (matched.scores >= threshold))
    true = photo.truth.edges[matched.things[rows]]
    errors = np.abs(true - photo.found.edges[rows])[:, [0, 2]]
    shares: NDArray[np.floating] = (errors / (true[:, 2] - true[:, 0])[:, None]).ravel()
    return shares


def find_sure_threshold(photos: Sequence[MatchedPhoto], recall: float) -> float:
    """Return the highest threshold at which at least this share of things is found, 0 if none."""
    scores = np.sort(np.concatenate([photo.scores[photo.right] for photo in photos]))[::-1]
    needed = int(np.ceil(recall * sum(photo.count for photo in photos)))
    return float(scores[needed - 1]) if 0 < needed <= len(scores) else 0.0


def measure_plate_free(
    detect: Detector, photos: pd.DataFrame, threshold: float, sure: float
) -> dict[str, float | None]:
    """Return how many boxes are found where nothing is labelled.

    The pictures are the largest strips of photos beside everything that is labelled.

    Args:
        detect: What is measured.
        photos: Rows of `read_photos`.
        threshold: From which score a box counts.
        sure: The one that finds the share `RECALL` of the photos' things.

    Returns:
        `count` of pictures, `false_boxes` in each at the threshold, and the same `at_recall`;
        None without a picture.
    """
    strips = (cut_strip(row) for _, row in photos.iterrows())
    scores = [detect(strip).scores for strip in strips if strip is not None]
    if not scores:
        return {"count": 0, "false_boxes": None, "at_recall": None}
    return {
        "count": len(scores),
        "false_boxes": float(np.mean([(found >= threshold).sum() for found in scores])),
        "at_recall": float(np.mean([(found >= sure).sum() for found in scores])),
    }


def cut_strip(row: pd.Series) -> Picture | None:
    """Return the largest strip of a photo beside all boxes; None where it would be too small."""
    picture = read_labelled(row)
    height, width = picture.shape[:2]
    boxes = np.asarray(row["boxes"], float).reshape(-1, 4)
    left, top, right, bottom = width, height, 0, 0
    if len(boxes):
        left, top = np.floor(boxes[:, :2].min(axis=0)).astype(int).clip(0)
        right, bottom = np.ceil(boxes[:, 2:].max(axis=0)).astype(int).clip(0)
    strips = [picture[:top], picture[bottom:], picture[:, :left], picture[:, right:]]
    largest = max(strips, key=lambda strip: strip.shape[0] * strip.shape[1])
    return largest if min(largest.shape[:2]) >= _LEAST_STRIP else None


def score_width(
    detect: Detector,
    photos: pd.DataFrame,
    classes: Sequence[str],
    canvas: int,
    widths: tuple[int, int],
    threshold: float,
) -> dict[str, Any]:
    """Return the scores of photos pasted on canvases so large that plates are that narrow.

    Photos in which the narrowest plate is narrower already are left out.
    """
    rng = np.random.default_rng(0)
    looked = []
    for _, row in photos.iterrows():
        pasted = paste_small(row, classes, canvas, widths, rng)
        if pasted is not None:
            looked.append(EvaluatedPhoto(detect(pasted[0]), pasted[1]))
    if not looked:
        return {"count": 0}
    scores = score_detections(looked, threshold)
    return {name: scores[name] for name in ("count", "ap_50", "ap_70", "recall_50", "edge_error")}


def paste_small(
    row: pd.Series,
    classes: Sequence[str],
    canvas: int,
    widths: tuple[int, int],
    rng: np.random.Generator,
) -> tuple[Picture, Things] | None:
    """Return a photo on a canvas of its mean colour, its narrowest plate of some width in between.

    The canvas is so large that the plate has this width where the network sees it.
    """
    picture, things = read_labelled(row), list_things(row, classes)
    if not len(things.edges):
        return None
    narrowest = float((things.edges[:, 2] - things.edges[:, 0]).min())
    wanted = float(np.exp(rng.uniform(*np.log(widths))))
    side = round(narrowest * canvas / wanted)
    height, width = picture.shape[:2]
    if side < max(height, width):
        return None
    shrink = min(1.0, 1600 / side)  # a plate of a few pixels gains nothing from a larger canvas
    if shrink < 1:
        height, width = max(1, round(height * shrink)), max(1, round(width * shrink))
        picture = fit_picture(picture, height, width)
    side = round(side * shrink)
    pasted = np.empty((side, side, 3), np.uint8)
    pasted[:] = picture.mean(axis=(0, 1)).round()
    x, y = (int(rng.integers(0, side - size + 1)) for size in (width, height))
    pasted[y : y + height, x : x + width] = picture
    edges = things.edges * shrink + np.array([x, y, x, y], np.float32)
    return pasted, Things(things.classes, edges.astype(np.float32))


def _mean(values: Sequence[float]) -> Estimate:
    known = np.array(values)
    return _with_interval(len(known), lambda times: float((known * times).sum() / times.sum()))


def _median(parts: Sequence[NDArray[np.floating]]) -> float:
    values = np.concatenate(parts) if len(parts) else np.empty(0)
    return float(np.median(values)) if len(values) else float("nan")


def _with_interval(count: int, measure: Callable[[NDArray[np.int64]], float]) -> Estimate:
    """Return what is measured when each photo counts once, and its interval's ends.

    None stands for what cannot be told: nothing was found, or nothing is there.
    """
    once = measure(np.ones(count, np.int64))
    if np.isnan(once):
        return [None, None, None]
    low, high = np.nanquantile(list(_resample(count, measure)), [0.025, 0.975])
    return [once, float(low), float(high)]


def _resample(count: int, measure: Callable[[NDArray[np.int64]], float]) -> Iterator[float]:
    rng = np.random.default_rng(0)
    for _ in range(_NUM_RESAMPLES):
        yield measure(np.bincount(rng.integers(0, count, count), minlength=count))
