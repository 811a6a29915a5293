"""Labelled photos as a finder learns from them: what is where on the network's canvas."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.augment.photo_options import PhotoOptions
from lpr_core.augment.photo_places import PhotoPlace, letterbox_scale
from lpr_core.data.photos import list_classes, read_photos
from lpr_core.pictures.decoding import Picture, PictureError, measure_picture, read_picture
from lpr_core.tasks.finding.boxes.fitting import fit_default_boxes
from lpr_core.tasks.finding.boxes.geometry import Floats
from lpr_core.tasks.finding.boxes.matching import TRUTH_WIDTH
from lpr_core.tasks.finding.config import FindingConfig
from lpr_core.tasks.finding.predictions import write_things
from lpr_core.tasks.finding.scores import Things

_ZOOMS = 8  # sizes at which each box counts when default boxes are fitted to changed photos


class Photo(NamedTuple):
    """A photo with what is in it.

    Attributes:
        picture: `(H, W, 3)` uint8 RGB.
        boxes: Left, top, right and bottom edge in pixels `(n, 4)`.
        corners: `(n, 4, 2)`, NaN where unknown.
        classes: Index of each class `(n,)`, 1 being the first.
    """

    picture: Picture
    boxes: NDArray[np.float64]
    corners: NDArray[np.float64]
    classes: NDArray[np.int64]


def read_examples(manifest_path: Path, config: FindingConfig) -> pd.DataFrame:
    """Return the rows of `read_photos` and `height`, `width` of each photo and `truth`, as text.

    Things of other classes than the network's are left out.

    Raises:
        ManifestError: A row cannot be used.
        PictureError: A photo cannot be read.
    """
    frame = read_photos(manifest_path)
    config = name_classes(frame, config)
    sizes = [measure_photo(Path(path)) for path in frame["image_path"]]
    frame = frame.assign(height=[size[0] for size in sizes], width=[size[1] for size in sizes])
    truth = encode_things(frame, config)
    return frame.assign(truth=[write_things(take_things(rows)) for rows in truth])


def read_photo(path: Path) -> Picture:
    """Return a photo; a fault names the file."""
    try:
        return read_picture(path)
    except PictureError as error:
        raise PictureError(f"{path}: {error}") from error


def name_classes(photos: pd.DataFrame, config: FindingConfig) -> FindingConfig:
    """Return the network with all classes of some photos, where it names none.

    Raises:
        ValueError: There is nothing in the photos.
    """
    if config.classes:
        return config
    classes = list_classes(photos)
    if not classes:
        raise ValueError("there is nothing to be found in these photos: none has a box.")
    return config.model_copy(update={"classes": classes})


def measure_photo(path: Path) -> tuple[int, int]:
    """Return height and width of an upright photo from its header; a fault names the file."""
    try:
        return measure_picture(path)
    except PictureError as error:
        raise PictureError(f"{path}: {error}") from error


def take_photo(row: pd.Series, picture: Picture, config: FindingConfig) -> Photo:
    """Return a row's photo with the things of the network's classes in it.

    Args:
        row: Of `read_examples`.
        picture: The photo at any size; boxes are brought to it.
        config: Knows the classes.
    """
    scale = np.array(picture.shape[1::-1]) / (row["width"], row["height"])
    wanted = [name in config.classes for name in row["classes"]]
    names = [name for name in row["classes"] if name in config.classes]
    boxes = np.asarray(row["boxes"], np.float64).reshape(-1, 4)[wanted]
    corners = np.asarray(row["corners"], np.float64).reshape(-1, 4, 2)[wanted]
    classes = np.array([1 + config.classes.index(name) for name in names], np.int64)
    return Photo(picture, boxes * np.tile(scale, 2), corners * scale, classes)


def encode_things(examples: pd.DataFrame, config: FindingConfig) -> Floats:
    """Return what is in each photo as shares of the canvas `(N, M, TRUTH_WIDTH)`; see `matching`.

    M is what the fullest photo holds; rows of class 0 are none.
    """
    rows = [_encode_photo(row, config) for _, row in examples.iterrows()]
    truth = np.zeros((len(rows), max(map(len, rows), default=0), TRUTH_WIDTH), np.float32)
    for index, things in enumerate(rows):
        truth[index, : len(things)] = things
    return truth


def tabulate_things(
    boxes: NDArray[np.floating],
    corners: NDArray[np.floating],
    classes: NDArray[np.integer],
    size: tuple[int, int],
) -> Floats:
    """Return things on a canvas of that height and width, in pixels, as rows of truth."""
    scale = np.array(size[::-1], np.float64)
    points = (corners / scale).reshape(-1, 8)
    known = np.asarray(np.isfinite(points).all(axis=1, keepdims=True))
    parts = [classes[:, None], boxes / np.tile(scale, 2), np.where(known, points, 0), known]
    return np.concatenate(parts, axis=1).astype(np.float32)


def take_things(truth: Floats) -> Things:
    """Return the things of one photo's rows of truth `(M, TRUTH_WIDTH)`."""
    rows = truth[truth[:, 0] > 0]
    return Things(rows[:, 0].astype(np.int64), rows[:, 1:5])


def fit_network(
    examples: pd.DataFrame, config: FindingConfig, changes: PhotoOptions | None
) -> FindingConfig:
    """Return the network with classes and default boxes of the photos, where it has none."""
    return fit_boxes(examples, name_classes(examples, config), changes)


def fit_boxes(
    examples: pd.DataFrame, config: FindingConfig, changes: PhotoOptions | None
) -> FindingConfig:
    """Return the network with default boxes that fit the photos, where it needs and has none.

    Args:
        examples: Photos to learn from.
        config: The network.
        changes: How far photos are zoomed while it learns.
    """
    if config.head == "ssd300" or config.default_boxes:
        return config
    truth = encode_things(examples, config)
    edges = truth[truth[..., 0] > 0][:, 1:5]
    sizes = edges[:, 2:] - edges[:, :2]
    if changes is not None:
        sizes = _zoom(sizes, config, changes)
    shapes = fit_default_boxes(sizes, config.num_default_boxes)
    return config.model_copy(update={"default_boxes": shapes})


def _encode_photo(row: pd.Series, config: FindingConfig) -> Floats:
    size, canvas = (int(row["height"]), int(row["width"])), (config.height, config.width)
    photo = take_photo(row, np.broadcast_to(np.uint8(0), (*size, 3)), config)
    matrix = PhotoPlace(letterbox_scale(size, canvas)).build_matrix(size, canvas)
    moved = photo.boxes.reshape(-1, 2, 2) @ matrix[:, :2].T + matrix[:, 2]
    corners = photo.corners @ matrix[:, :2].T + matrix[:, 2]
    return tabulate_things(moved.reshape(-1, 4), corners, photo.classes, canvas)


def _zoom(sizes: Floats, config: FindingConfig, changes: PhotoOptions) -> Floats:
    """Return sizes as they come out of the changes, each several times."""
    rng = np.random.default_rng(0)
    sizes = np.repeat(sizes, _ZOOMS, axis=0)
    widths = sizes[:, 0] * config.width
    outwards = np.clip(widths / changes.least_width, 1, changes.zoom_out)
    inwards = np.minimum(changes.zoom_in, 1 / sizes.max(axis=1))
    chance, depth = rng.random((2, len(sizes)))
    is_in = chance < changes.zoom_out_share + changes.zoom_in_share
    factor = np.where(is_in, np.maximum(inwards, 1) ** depth, 1.0)
    factor = np.where(chance < changes.zoom_out_share, outwards**-depth, factor)
    zoomed: Floats = sizes * factor[:, None]
    return zoomed
