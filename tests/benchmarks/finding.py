"""A finder beside OpenCV's plate cascade and RapidOCR's detector: the same photos, the same run.

`python -m tests.benchmarks.finding --split test` looks at `plate-photos`.
"""

import json
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from lpr_core.data.photos import read_photos
from lpr_core.pictures.decoding import Picture
from lpr_core.serving.evaluation import select_split
from lpr_core.serving.finding.evaluation import Detector, look_at, score_detections
from lpr_core.serving.finding.finder import Finder
from lpr_core.serving.finding.measuring import LEAST_SCORE
from lpr_core.tasks.finding.boxes.decoding import Found
from lpr_core.tasks.finding.scores import STRICT, choose_threshold

DEFAULT_PHOTOS = Path("../shared/datasets/plate-photos/manifest.csv")
NUM_CHOOSING = 60
"""Validation photos that choose each detector's threshold; RapidOCR takes a second for each."""

SHOWN = ("ap_50", "ap_70", "photo_f1", "recall_50", "false_boxes", "edge_error")


def compare_detectors(manifest: Path, split: str, model_dir: Path | None = None) -> dict:
    """Return what each detector scores, its threshold chosen on the validation photos."""
    photos = read_photos(manifest)
    chosen, asked = (select_split(photos, name) for name in ("validation", split))
    results = {}
    for name, detect in list_detectors(model_dir).items():
        rows = chosen.head(NUM_CHOOSING).iterrows()
        known = [look_at(detect, row, ("plate",)) for _, row in rows]
        threshold = choose_threshold([photo.match(STRICT) for photo in known])
        started = time.perf_counter()
        looked = [look_at(detect, row, ("plate",)) for _, row in asked.iterrows()]
        seconds = time.perf_counter() - started
        scores = score_detections(looked, threshold)
        results[name] = {**scores, "milliseconds": 1000 * seconds / len(looked)}
    return results


def list_detectors(model_dir: Path | None) -> dict[str, Detector]:
    """Return the detectors that are there; RapidOCR may not be installed."""
    finder = Finder.load(model_dir)
    detectors: dict[str, Callable[[Picture], Found]] = {
        finder.version: lambda picture: finder.look(picture, LEAST_SCORE),
        "OpenCV's cascade": make_cascade(),
    }
    if find_spec("rapidocr") is not None:
        detectors["RapidOCR's detector"] = make_rapidocr()
    return detectors


def make_cascade() -> Detector:
    """Return OpenCV's plate cascade; its weights are the scores."""
    path = Path(cv2.data.haarcascades) / "haarcascade_russian_plate_number.xml"
    cascade = cv2.CascadeClassifier(str(path))

    def detect(picture: Picture) -> Found:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        boxes, _, weights = cascade.detectMultiScale3(grey, 1.1, 3, outputRejectLevels=True)
        if not len(boxes):
            return make_boxes(np.zeros((0, 4)), np.zeros(0))
        edges = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
        # A logistic curve brings weights into the range of thresholds, in their order.
        return make_boxes(edges, 1 / (1 + np.exp(-np.ravel(weights) / 2)))

    return detect


def make_rapidocr() -> Detector:
    """Return RapidOCR's detector of text lines; each line's box counts as a plate's."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})

    def detect(picture: Picture) -> Found:
        found = engine(picture[..., ::-1], use_det=True, use_cls=False, use_rec=False)
        if found.boxes is None:
            return make_boxes(np.zeros((0, 4)), np.zeros(0))
        points = np.array(found.boxes)
        edges = np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1)
        return make_boxes(edges, np.array(found.scores, float))

    return detect


def make_boxes(edges: np.ndarray, scores: np.ndarray) -> Found:
    """Return boxes of one class, surest first."""
    order = np.argsort(-scores, kind="stable")
    corners = np.full((len(order), 8), np.nan, np.float32)
    classes = np.ones(len(order), np.int64)
    return Found(
        classes, scores[order].astype(np.float32), edges[order].astype(np.float32), corners
    )


def describe_detectors(results: dict) -> str:
    """Return the results for people, one detector a line."""
    lines = [f"{'':24}" + "".join(f"{name:>22}" for name in SHOWN)]
    for name, scores in results.items():
        cells = [_format(scores[key]) for key in SHOWN]
        shown = "".join(f"{cell:>22}" for cell in cells)
        lines.append(f"{name:24}{shown}  {scores['milliseconds']:.0f} ms")
    return "\n".join(lines)


def _format(value: float | list) -> str:
    if not isinstance(value, list):
        return f"{value:.3f}"
    return "unknown" if value[0] is None else "{:.3f} [{:.3f}, {:.3f}]".format(*value)


def main(
    manifest: Annotated[Path, typer.Option(help="Labelled photos.")] = DEFAULT_PHOTOS,
    split: Annotated[str, typer.Option(help="Photos of this split.")] = "validation",
    model: Annotated[Path | None, typer.Option(help="Bundle; the shipped one by default.")] = None,
    json_path: Annotated[Path | None, typer.Option("--json", help="File for the results.")] = None,
) -> None:
    """Compare a finder with the detectors that come without training."""
    results = compare_detectors(manifest, split, model)
    typer.echo(describe_detectors(results))
    if json_path:
        json_path.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    typer.run(main)
