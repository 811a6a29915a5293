"""Photos in, one text out: the pipeline beside RapidOCR's whole pipeline, same photos, same run.

`python -m tests.benchmarks.end_to_end --split test` takes photos of `plate-photos` whose plate is
among the crops of `world-plates` too, told by its looks, and that text for the truth. Photos
without such a crop are left out and counted.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import pandas as pd
import typer
from numpy.typing import NDArray

from lpr_core.data.manifest import read_manifest
from lpr_core.data.photos import read_photos
from lpr_core.pictures.cuts import cut_region
from lpr_core.pictures.decoding import Picture, read_picture
from lpr_core.serving.evaluation import SURE_FROM, fold_label, select_split
from lpr_core.serving.pipeline import Pipeline
from lpr_core.statistics import wilson_interval

DATASETS = Path("../shared/datasets")
LOOKS = (24, 72)
"""Rows and columns at which looks are compared."""
ALIKE_FROM = 0.9
"""Correlation of looks from which two pictures show the same plate."""
MARGIN = 0.08
"""Share of a box that the crops of `world-plates` have around it."""

Answer = tuple[str, float]
"""A text and how sure it is; empty where no plate is seen."""


@dataclass(frozen=True)
class Photo:
    """A photo with one plate whose text is known, and the plate's width in it in pixels."""

    path: Path
    text: str
    width: float


def match_photos(photos: pd.DataFrame, crops: pd.DataFrame) -> tuple[list[Photo], int]:
    """Return the photos whose plate is among the crops, and how many are left out."""
    looks = np.stack([_look(read_picture(Path(path))) for path in crops["image_path"]])
    matched = []
    for _, row in photos[photos["boxes"].map(len) == 1].iterrows():
        box = row["boxes"][0]
        across, down = (box[2] - box[0]) * MARGIN, (box[3] - box[1]) * MARGIN
        edges = box + np.array([-across, -down, across, down])
        path = Path(row["image_path"])
        alike = looks @ _look(cut_region(read_picture(path), edges, LOOKS))
        best = int(alike.argmax())
        if alike[best] >= ALIKE_FROM:
            text = fold_label(crops["plate_text"].iloc[best])
            matched.append(Photo(path, text, float(box[2] - box[0])))
    return matched, len(photos) - len(matched)


def _look(picture: Picture) -> NDArray[np.float64]:
    """Return a small grey version with mean 0 and length 1."""
    grey = cv2.cvtColor(
        cv2.resize(picture, LOOKS[::-1], interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY
    )
    flat = grey.astype(float).ravel() - grey.mean()
    return flat / max(float(np.linalg.norm(flat)), 1e-9)


def list_readers(
    reader: Path | None, finder: Path | None
) -> Iterator[tuple[str, Callable[[Picture], Answer]]]:
    """Yield what reads whole photos; RapidOCR may not be installed."""
    pipeline = Pipeline.load(reader, finder)

    def ours(picture: Picture) -> Answer:
        plate = pipeline.read(picture).answer
        return (
            ("", 0.0)
            if plate is None
            else (fold_label(plate.reading.text), plate.reading.confidence)
        )

    yield "this pipeline", ours
    if find_spec("rapidocr") is not None:
        yield "RapidOCR, its surest line", make_rapidocr()


def make_rapidocr() -> Callable[[Picture], Answer]:
    """Return RapidOCR's detector and recogniser; its surest line is the answer."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical"})

    def read(picture: Picture) -> Answer:
        said = engine(np.ascontiguousarray(picture[..., ::-1]))
        if said.txts is None:
            return "", 0.0
        lines = [
            (fold_label(text), float(score))
            for text, score in zip(said.txts, said.scores, strict=True)
        ]
        return max((line for line in lines if line[0]), key=lambda line: line[1], default=("", 0.0))

    return read


def measure(read: Callable[[Picture], Answer], photos: Sequence[Photo]) -> dict[str, object]:
    """Return how many photos one reads right, and what was wrong where it was sure."""
    answers, seconds = [], 0.0
    for photo in photos:
        picture = read_picture(photo.path)
        started = time.perf_counter()
        answers.append(read(picture))
        seconds += time.perf_counter() - started
    right = np.array([text == photo.text for (text, _), photo in zip(answers, photos, strict=True)])
    sure = np.array([confidence >= SURE_FROM for _, confidence in answers])
    wide = np.array([photo.width >= 80 for photo in photos])
    return {
        "photos": len(photos),
        "right": float(right.mean()),
        "interval": wilson_interval(int(right.sum()), len(right)),
        "nothing_seen": sum(not text for text, _ in answers),
        "right_under_80_px": _share(right[~wide]),
        "right_from_80_px": _share(right[wide]),
        "sure": float(sure.mean()),
        "wrong_when_sure": _share(~right[sure]),
        "milliseconds": 1000 * seconds / len(photos),
    }


def _share(flags: NDArray[np.bool_]) -> float | None:
    return float(flags.mean()) if len(flags) else None


def main(
    split: str = "validation",
    reader: Annotated[Path | None, typer.Option()] = None,
    finder: Annotated[Path | None, typer.Option()] = None,
    datasets: Path = DATASETS,
) -> None:
    photos = select_split(read_photos(datasets / "plate-photos" / "manifest.csv"), split)
    crops = select_split(read_manifest(datasets / "world-plates" / "manifest.csv", None), split)
    crops = crops[~crops["plate_text"].str.contains("?", regex=False)].reset_index(drop=True)
    matched, left_out = match_photos(photos, crops)
    results: dict[str, object] = {"split": split, "left_out": left_out}
    for name, read in list_readers(reader, finder):
        results[name] = measure(read, matched)
    typer.echo(json.dumps(results, indent=2))


if __name__ == "__main__":
    typer.run(main)
