"""Crops as examples of batches: read, cut, photographed, stretched."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.data.batches import BatchOptions
from lpr_core.pictures.decoding import PictureError, fit_picture, read_picture
from lpr_core.synthesis import photograph, rephotograph

_BOX = ["x", "y", "width", "height"]


class CropSource:
    """Makes the examples of a `PictureBatches` from rows with one thing in each picture.

    Args:
        frame: Rows with `image_path`, and optionally a box in pixels (`x, y, width, height`),
            which is cut out first.
        targets: What the network is to say of each row `(rows, ...)` float32.
        size: Rows H and columns W of the pictures, which are stretched to it.
        options: How much is kept in memory, and whether the pictures are photos already.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        targets: NDArray[np.float32],
        size: tuple[int, int],
        options: BatchOptions,
    ) -> None:
        self._targets = targets
        self._paths = [Path(path) for path in frame["image_path"]]
        self._boxes = _read_boxes(frame)
        self._size = size
        self._are_photos = options.are_photos
        self._cache: dict[int, NDArray[np.uint8]] = {}
        self._cache_room = options.cache_bytes

    def make(
        self, row: int, severity: float | None, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return a row's picture `(H, W, 3)` and its target; see `PictureSource`."""
        picture = self._read(row)
        if severity is not None:
            severity = float(rng.uniform(0, severity))
            shoot = rephotograph if self._are_photos else photograph
            picture = shoot(picture, rng, severity, size=self._size)
        return fit_picture(picture, *self._size), self._targets[row]

    def target_of(self, row: int) -> NDArray[np.float32]:
        """Return a row's target, which no change of its picture touches."""
        return self._targets[row]

    def _read(self, row: int) -> NDArray[np.uint8]:
        if row in self._cache:
            return self._cache[row]
        try:
            picture = read_picture(self._paths[row])
        except PictureError as error:
            raise PictureError(f"{self._paths[row]}: {error}") from error
        if self._boxes is not None:
            left, top, width, height = self._boxes[row]
            picture = picture[top : top + height, left : left + width]
        if self._cache_room >= picture.nbytes:
            # Two workers that meet here may count one picture twice: no harm.
            self._cache_room -= picture.nbytes
            self._cache[row] = picture
        return picture


def _read_boxes(frame: pd.DataFrame) -> NDArray[np.int64] | None:
    if not set(_BOX) <= set(frame.columns):
        return None
    return frame[_BOX].to_numpy(dtype=np.int64)
