"""The plates of a study: a person's manifest, or plates that it draws once for all designs."""

import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from lpr_core.data.manifest import fingerprint, write_manifest
from lpr_core.data.samples import read_crop
from lpr_core.data.splits import name_groups
from lpr_core.places import user_data_dir
from lpr_core.study.designs import NUM_FOLDS, PlateChoice
from lpr_core.study.folder.record import DataRecord, PlatesKind
from lpr_core.study.presets import DrawnPlates
from lpr_core.tasks.task import NetworkConfig, find_task

DRAWN_TASK = "reading"
"""The task that plates can be drawn for."""

_PICTURE_HEIGHT = 48
_PICTURE_QUALITY = 80


@dataclass(frozen=True)
class StudyPlates:
    """The plates that a study has.

    Attributes:
        manifest_path: The CSV, with the splits `train` and `validation`.
        frame: Rows of these two splits, as `read_manifest` returns them.
        kind: Drawn by the study, or a person's own.
        description: For people.
        task: What they are examples of.
    """

    manifest_path: Path
    frame: pd.DataFrame
    kind: PlatesKind
    description: str
    task: str = DRAWN_TASK

    def rows_of(self, split: str) -> pd.DataFrame:
        """Return the rows of a split, in the manifest's order."""
        return self.frame[self.frame["split"] == split].reset_index(drop=True)

    def shorten(self, image_path: str) -> str:
        """Return a picture's path below the manifest's folder, or its name."""
        path, folder = Path(image_path), self.manifest_path.parent.resolve()
        return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def read_plates(manifest_path: Path, network: NetworkConfig) -> StudyPlates:
    """Read a person's plates.

    Raises:
        ValueError: A row is bad, or the manifest has no plates to learn from or to measure on.
        FileNotFoundError: There is no such file.
    """
    frame = _read_both_splits(manifest_path, network)
    # `us-ny` and thirty others are told as `us`, or a page's first line would hold nothing else.
    known = frame.get("plate_region", pd.Series(dtype=str))
    families = {region.partition("-")[0] for region in known} - {""}
    units = find_task(network.task).words.units
    description = f"own {units}, {', '.join(sorted(families)) or 'regions unknown'}"
    return StudyPlates(manifest_path.resolve(), frame, "own", description, network.task)


def draw_plates(order: DrawnPlates, network: NetworkConfig, jobs: int | None = None) -> StudyPlates:
    """Return drawn plates; they are drawn at the first call and kept among the user's data."""
    low, high = order.severity
    count = order.num_train + order.num_validation
    name = f"{order.region}-{count}-severity-{low:g}-{high:g}-seed-{order.seed}"
    folder = user_data_dir() / "drawn" / name
    drawn_path = folder / "manifest.csv"
    if not drawn_path.is_file():
        from lpr_core.synthesis import PlateOrder, generate_plates

        drawing = PlateOrder((order.region,), count, order.seed, order.severity)
        generate_plates(drawing, folder, jobs)
    path = folder / f"train-{order.num_train}.csv"
    if not path.is_file():
        drawn = find_task(network.task).read_examples(drawn_path, network)
        write_manifest(_split_drawn(drawn, order), path)
    description = f"drawn plates, {order.region}, severity {low:g} to {high:g}"
    return StudyPlates(path, _read_both_splits(path, network), "drawn", description)


def describe_plates(plates: StudyPlates, network: NetworkConfig) -> DataRecord:
    """Return what a study's record says about its plates."""
    train, validation = plates.rows_of("train"), plates.rows_of("validation")
    return DataRecord(
        description=plates.description,
        kind=plates.kind,
        train_rows=len(train),
        validation_rows=len(validation),
        fingerprint=fingerprint(plates.frame),
        baseline=find_task(network.task).measure_baseline(train, validation, network),
    )


def choose_plates(plates: StudyPlates, choice: PlateChoice, seed: int) -> pd.DataFrame:
    """Return the rows that a variant gets, with their splits.

    A smaller share is part of every larger one of the same seed. Folds do not depend on the seed.
    """
    if choice.fold is not None:
        is_asked = _fold_of(plates) == choice.fold
        return plates.frame.assign(split=np.where(is_asked, "validation", "train"))
    train = plates.rows_of("train")
    order = np.random.default_rng([seed, 5]).permutation(len(train))
    rows = np.sort(order[: max(1, round(choice.share * len(train)))])
    return pd.concat([train.iloc[rows], plates.rows_of("validation")], ignore_index=True)


def list_asked_plates(plates: StudyPlates, choices: tuple[PlateChoice, ...]) -> pd.DataFrame:
    """Return the plates that any of the choices measures on, in order."""
    if any(choice.fold is not None for choice in choices):
        return plates.frame
    return plates.rows_of("validation")


def find_asked_rows(plates: StudyPlates, choice: PlateChoice) -> np.ndarray:
    """Return which of `list_asked_plates` a variant is measured on `(P,)`."""
    if choice.fold is None:
        return np.arange(len(plates.rows_of("validation")))
    return np.flatnonzero(_fold_of(plates) == choice.fold)


def tabulate_plates(plates: StudyPlates, asked: pd.DataFrame) -> pd.DataFrame:
    """Return the table of `StudyFolder.plates`."""
    known = find_task(plates.task).tabulate_truth(asked)
    known["image_path"] = [plates.shorten(path) for path in asked["image_path"]]
    known.insert(0, "plate", np.arange(len(asked)))
    first = ["plate", "image_path", "truth"]
    return known[[*first, *known.columns.drop(first)]]


def write_pictures(asked: pd.DataFrame, folder: Path) -> None:
    """Write a small JPEG of each plate, `<row>.jpg`; those that are there already stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (_, row) in enumerate(asked.iterrows()):
        path = folder / f"{number}.jpg"
        if not path.is_file():
            crop = read_crop(row)
            width = max(1, round(crop.shape[1] * _PICTURE_HEIGHT / crop.shape[0]))
            small = cv2.resize(crop, (width, _PICTURE_HEIGHT), interpolation=cv2.INTER_AREA)
            quality = [cv2.IMWRITE_JPEG_QUALITY, _PICTURE_QUALITY]
            cv2.imwrite(os.fspath(path), cv2.cvtColor(small, cv2.COLOR_RGB2BGR), quality)


def _read_both_splits(manifest_path: Path, network: NetworkConfig) -> pd.DataFrame:
    frame = find_task(network.task).read_examples(manifest_path, network)
    for split in ("train", "validation"):
        if not (frame["split"] == split).any():
            raise ValueError(
                f"{manifest_path} must have plates in the split {split}; `lpr data split` makes "
                "splits."
            )
    return frame[frame["split"].isin(("train", "validation"))].reset_index(drop=True)


def _split_drawn(frame: pd.DataFrame, order: DrawnPlates) -> pd.DataFrame:
    """Return the first rows as training plates, and of the rest what is on none of them."""
    split = np.where(np.arange(len(frame)) < order.num_train, "train", "validation")
    known = set(frame["plate_text"][: order.num_train])
    is_new = ~frame["plate_text"].isin(known) | (split == "train")
    return frame.assign(split=split)[is_new]


def _fold_of(plates: StudyPlates) -> np.ndarray:
    """Return the fold of each row `(N,)`: what is one group, or one track, stays together."""
    texts = name_groups(plates.frame, find_task(plates.task).group)
    unique = sorted(set(texts))
    order = np.random.default_rng(0).permutation(len(unique))
    folds = {unique[position]: index % NUM_FOLDS for index, position in enumerate(order)}
    return texts.map(folds).to_numpy()
