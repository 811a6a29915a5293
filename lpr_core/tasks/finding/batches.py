"""Photos as batches for a finder: read once, kept small, changed anew each time."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.augment.photo_places import letterbox_scale, scaled_size
from lpr_core.augment.photos import augment_photo, letterbox_photo
from lpr_core.data.batches import BatchOptions
from lpr_core.pictures.decoding import Picture
from lpr_core.synthesis import photograph
from lpr_core.synthesis.scenes import SceneOptions, draw_scene
from lpr_core.tasks.finding.boxes.geometry import Floats
from lpr_core.tasks.finding.boxes.matching import encode_truth
from lpr_core.tasks.finding.config import FindingConfig
from lpr_core.tasks.finding.examples import Photo, read_photo, tabulate_things, take_photo

_KEPT_SCALE = 1.5
"""Photos are kept at so many times the canvas, so that they can be zoomed in."""

SCENE_CLASS = "plate"
"""What is in drawn scenes."""

_BACKGROUND_SHARE = 0.5
_LEAST_BACKGROUND = 48


class PhotoSource:
    """Makes the examples of a finder's batches.

    Args:
        examples: Rows of `read_examples`.
        truth: What is in each `(N, M, TRUTH_WIDTH)`.
        defaults: Centred default boxes `(A, 4)`.
        config: The network.
        options: How photos are changed, and how many are kept in memory.
    """

    def __init__(
        self,
        examples: pd.DataFrame,
        truth: Floats,
        defaults: Floats,
        config: FindingConfig,
        options: BatchOptions,
    ) -> None:
        self._examples = examples
        self._truth = truth
        self._defaults = defaults
        self._config = config
        self._changes = options.photos
        self._scene_share = options.scene_share
        if options.scene_share and SCENE_CLASS not in config.classes:
            raise ValueError(
                f"drawn scenes have plates in them; the network must know the class {SCENE_CLASS}. "
                f"Received: {', '.join(config.classes)}"
            )
        self._cache: dict[int, Photo] = {}
        self._cache_room = options.cache_bytes

    def make(
        self, row: int, severity: float | None, rng: np.random.Generator
    ) -> tuple[Picture, Floats]:
        """Return the picture `(H, W, 3)` uint8 and the targets `(A, TRUTH_WIDTH)` of a row."""
        size = (self._config.height, self._config.width)
        if self._scene_share and rng.random() < self._scene_share:
            return self._draw_scene(rng)
        photo = self._read(row)
        if self._changes is None:
            moved = letterbox_photo(photo.picture, photo.boxes, photo.corners, size)
        else:
            background = self._draw_background(rng)
            moved = augment_photo(*photo[:3], rng, self._changes, size, background)
        picture = moved.picture
        if severity is not None:
            picture = photograph(picture, rng, float(rng.uniform(0, severity)), size=size)
        return picture, self._encode(moved.boxes, moved.corners, photo.classes[moved.kept])

    def target_of(self, row: int) -> Floats:
        """Return the targets of a row's photo as it is read."""
        return encode_truth(self._truth[row], self._defaults, self._config)

    def _draw_scene(self, rng: np.random.Generator) -> tuple[Picture, Floats]:
        options = SceneOptions(size=(self._config.height, self._config.width))
        scene = draw_scene(rng, options, self._draw_background(rng))
        plate = 1 + self._config.classes.index(SCENE_CLASS)
        classes = np.full(len(scene.boxes), plate)
        return scene.picture, self._encode(scene.boxes, scene.corners, classes)

    def _encode(
        self,
        boxes: NDArray[np.floating],
        corners: NDArray[np.floating],
        classes: NDArray[np.integer],
    ) -> Floats:
        size = (self._config.height, self._config.width)
        truth = tabulate_things(boxes, corners, classes, size)
        return encode_truth(truth, self._defaults, self._config)

    def _draw_background(self, rng: np.random.Generator) -> Picture | None:
        """Return a cut of another photo with nothing in it, every other time."""
        if rng.random() >= _BACKGROUND_SHARE:
            return None
        return cut_background(self._read(int(rng.integers(len(self._examples)))))

    def _read(self, index: int) -> Photo:
        if index in self._cache:
            return self._cache[index]
        row = self._examples.iloc[index]
        photo = take_photo(row, self._shrink(read_photo(Path(row["image_path"]))), self._config)
        if self._cache_room >= photo.picture.nbytes:
            # Two workers that meet here may count one picture twice: no harm.
            self._cache_room -= photo.picture.nbytes
            self._cache[index] = photo
        return photo

    def _shrink(self, picture: Picture) -> Picture:
        """Return a photo no larger than is of use; by area, as all photos shrink."""
        canvas = (self._config.height, self._config.width)
        scale = letterbox_scale(picture.shape[:2], canvas)
        scale *= 1.0 if self._changes is None else _KEPT_SCALE
        if scale >= 1:
            return picture
        height, width = scaled_size(picture.shape[:2], scale)
        shrunk = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        return shrunk.astype(np.uint8, copy=False)


def cut_background(photo: Photo) -> Picture | None:
    """Return the largest strip beside all things of a photo; None where it would be too small."""
    height, width = photo.picture.shape[:2]
    left, top, right, bottom = width, height, 0, 0
    if len(photo.boxes):
        left, top = np.floor(photo.boxes[:, :2].min(axis=0)).astype(int)
        right, bottom = np.ceil(photo.boxes[:, 2:].max(axis=0)).astype(int)
    picture = photo.picture
    strips = [picture[:top], picture[max(bottom, 0) :], picture[:, :left], picture[:, right:]]
    largest = max(strips, key=lambda strip: strip.shape[0] * strip.shape[1])
    return largest if min(largest.shape[:2]) >= _LEAST_BACKGROUND else None
