"""Cuts around plates as batches: of photos and drawn scenes, moved and relit anew each time."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.augment.photo_light import relight_photo
from lpr_core.data.batches import BatchOptions
from lpr_core.pictures.cuts import cut_region
from lpr_core.pictures.decoding import Picture, PictureError, fit_picture, read_picture
from lpr_core.synthesis.scenes import SceneOptions, draw_scene
from lpr_core.tasks.refining.config import RefiningConfig
from lpr_core.tasks.refining.cuts import encode_plate
from lpr_core.tasks.refining.examples import encode_row, place_cut

_SCENES = SceneOptions(size=(256, 256), plate_shares=(0, 0.4, 0.3, 0.2, 0.1), least_width=20)
_LEAST_WIDTH = 14.0  # pixels of the narrowest plate that a photo is shrunk to


class CutSource:
    """Makes the examples of a refiner's batches.

    Args:
        examples: Rows of `read_examples`.
        config: The network.
        options: How cuts are changed, and how many photos are kept in memory.
    """

    def __init__(
        self, examples: pd.DataFrame, config: RefiningConfig, options: BatchOptions
    ) -> None:
        self._examples = examples
        self._config = config
        self._changes = options.photos
        self._scene_share = options.scene_share
        self._cache: dict[str, Picture] = {}
        self._cache_room = options.cache_bytes

    def make(
        self,
        row: int,
        severity: float | None,  # noqa: ARG002
        rng: np.random.Generator,
    ) -> tuple[Picture, NDArray[np.float32]]:
        """Return the cut `(H, W, 3)` uint8 and the target `(TARGET_WIDTH,)` of a row.

        Of drawn plates only the corners count: people leave some room around plates when they draw
        a box, and edges are to be where they draw them.
        """
        example = self._examples.iloc[row]
        if self._changes is None:
            return self._cut(self._read(example["image_path"]), example)
        if rng.random() < self._scene_share:
            scene = draw_scene(rng, _SCENES)
            if len(scene.boxes):
                index = int(rng.integers(len(scene.boxes)))
                part, target = self._change(
                    scene.picture, scene.boxes[index], scene.corners[index], rng
                )
                target[4] = 0.0
                return part, target
        edges, corners = np.array(example["box"]), np.array(example["corners"]).reshape(4, 2)
        part, target = self._change(self._read(example["image_path"]), edges, corners, rng)
        if not example["is_plate"]:
            target[[4, 13, 14]] = 0.0
        return part, target

    def target_of(self, row: int) -> NDArray[np.float32]:
        """Return the target of a row where nothing is drawn anew."""
        return encode_row(self._examples.iloc[row], self._config)

    def _cut(self, picture: Picture, row: pd.Series) -> tuple[Picture, NDArray[np.float32]]:
        cut = place_cut(np.array(row["box"]), np.array(row["shifts"]), self._config)
        size = (self._config.height, self._config.width)
        return cut_region(picture, cut, size), encode_row(row, self._config)

    def _change(
        self,
        picture: Picture,
        edges: NDArray[np.floating],
        corners: NDArray[np.floating],
        rng: np.random.Generator,
    ) -> tuple[Picture, NDArray[np.float32]]:
        assert self._changes is not None
        cut = place_cut(edges, rng.normal(0, self._config.jitter, 4), self._config)
        size = (self._config.height, self._config.width)
        target = encode_plate(edges, corners, cut)
        part = _coarsen(cut_region(picture, cut, size), cut, edges, rng)
        if rng.random() < self._changes.mirror_share:
            part, target = np.ascontiguousarray(part[:, ::-1]), mirror_target(target)
        return relight_photo(part, rng, self._changes), target

    def _read(self, path: str) -> Picture:
        if path in self._cache:
            return self._cache[path]
        try:
            picture = read_picture(Path(path))
        except PictureError as error:
            raise PictureError(f"{path}: {error}") from error
        if self._cache_room >= picture.nbytes:
            self._cache_room -= picture.nbytes
            self._cache[path] = picture
        return picture


def mirror_target(target: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the target of a cut with left and right swapped."""
    left, top, right, bottom = target[:4]
    points = target[5:13].reshape(4, 2)[[1, 0, 3, 2]] * [-1, 1] + [1, 0]
    edges = (1 - right, top, 1 - left, bottom)
    return np.array([*edges, target[4], *points.ravel(), *target[13:]], np.float32)


def _coarsen(
    part: Picture,
    cut: NDArray[np.floating],
    edges: NDArray[np.floating],
    rng: np.random.Generator,
) -> Picture:
    """Return a cut as if the plate had been smaller in its photo, every third time."""
    if rng.random() > 1 / 3:
        return part
    narrowest = min(_LEAST_WIDTH / float(edges[2] - edges[0]), 1.0)
    scale = float(np.exp(rng.uniform(np.log(narrowest), 0)))
    height, width = (max(4, round(float(cut[end] - cut[end - 2]) * scale)) for end in (3, 2))
    if height >= part.shape[0] or width >= part.shape[1]:
        return part
    return fit_picture(fit_picture(part, height, width), *part.shape[:2])
