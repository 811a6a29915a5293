"""Batches of pictures for training and validation, the same on every Keras backend."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.augment.noise import add_noise
from lpr_core.pictures.decoding import PictureError, fit_picture, read_picture
from lpr_core.synthesis import photograph, rephotograph

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]
_BOX = ["x", "y", "width", "height"]


@dataclass(frozen=True)
class BatchOptions:
    """How batches are put together, whatever stands in the pictures.

    Attributes:
        batch_size: Examples N in a batch; the last one of an unshuffled pass may be smaller.
        seed: Start of all randomness.
        shuffle: Draw a new order for each pass over the rows and leave out the last, smaller batch.
        num_steps: Batches in an epoch. `None`: one pass over the rows. Otherwise epochs go on
            where the last one ended, and passes follow each other.
        noise_strength: Standard deviation of Gaussian noise as a fraction of the range.
        per_channel: Draw that noise for each colour channel on its own.
        camera_severity: When given, each stored picture is photographed with a severity drawn
            from 0 up to this one; a pair is the limit of the first epoch and of the one after
            `ramp_epochs`, with even steps between.
        ramp_epochs: Epochs that the pair spans.
        are_photos: The pictures are photos already, to be photographed anew and not drawn plates.
        cache_bytes: Keep decoded pictures in memory up to this size.
        workers: Threads that prepare batches.
    """

    batch_size: int
    seed: int = 0
    shuffle: bool = False
    num_steps: int | None = None
    noise_strength: float = 0.0
    per_channel: bool = True
    camera_severity: float | tuple[float, float] | None = None
    ramp_epochs: int = 1
    are_photos: bool = False
    cache_bytes: int = 0
    workers: int = 1

    def worst_severity(self, epoch: int) -> float | None:
        """Return the highest severity of the camera in an epoch."""
        if not isinstance(self.camera_severity, tuple):
            return self.camera_severity
        start, end = self.camera_severity
        return start + (end - start) * min(epoch / self.ramp_epochs, 1.0)


class PictureBatches(keras.utils.PyDataset):
    """Pictures of a manifest's rows, each with its target.

    A batch is `(images (N, H, W, 3) float32 of 0..255, targets (N, ...) float32)`. What batch
    `index` of epoch `epoch` holds depends on `(seed, epoch, index)` and nothing else: not on the
    worker that makes it, nor on what was read before. Set `epoch` before an epoch begins.

    Args:
        frame: Rows with `image_path`, and optionally a box in pixels (`x, y, width, height`),
            which is cut out first.
        truth: What stands in each row's picture, for whoever measures; `(rows, ...)`.
        targets: The same as the network is to say it `(rows, ...)` float32.
        size: Rows H and columns W of the pictures, which are stretched to it.
        options: How batches are put together.

    Raises:
        ValueError: The rows do not fill one batch of a shuffled pass.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        truth: NDArray[Any],
        targets: NDArray[np.float32],
        size: tuple[int, int],
        options: BatchOptions,
    ) -> None:
        # Threads of our own: with workers=2 the queue of Keras 3.15 hands out batches of the past
        # epoch on JAX (it keeps what it had prepared when it was stopped).
        super().__init__(workers=1)
        if options.shuffle and len(frame) < options.batch_size:
            raise ValueError(
                f"`frame` must fill a batch of {options.batch_size}. Received: {len(frame)} rows"
            )
        self.epoch = 0
        self.truth = truth
        self.targets = targets
        self.options = options
        self._paths = [Path(path) for path in frame["image_path"]]
        self._boxes = _read_boxes(frame)
        self._size = size
        self._cache: dict[int, NDArray[np.uint8]] = {}
        self._cache_room = options.cache_bytes
        self._num_ahead = 2 * options.workers
        self._pool = ThreadPoolExecutor(options.workers) if options.workers > 1 else None
        self._pending: dict[tuple[int, int], Future[Batch]] = {}

    def __len__(self) -> int:
        return self.options.num_steps or self._pass_length

    def __getitem__(self, index: int) -> Batch:
        if self._pool is None:
            return self._make(self.epoch, index)
        epoch = self.epoch
        pending = {key: batch for key, batch in self._pending.items() if key[0] == epoch}
        for ahead in range(index, min(index + self._num_ahead, len(self))):
            if (epoch, ahead) not in pending:
                pending[epoch, ahead] = self._pool.submit(self._make, epoch, ahead)
        batch = pending.pop((epoch, index))
        self._pending = pending
        return batch.result()

    def rows_of(self, epoch: int, index: int) -> NDArray[np.int64]:
        """Return the rows of the frame that batch `index` of an epoch holds."""
        step = epoch * len(self) + index
        pass_index, position = divmod(step, self._pass_length)
        size = self.options.batch_size
        order = np.arange(len(self._paths))
        if self.options.shuffle:
            order = np.random.default_rng([self.options.seed, 0, pass_index]).permutation(order)
        return order[position * size : (position + 1) * size]

    @property
    def _pass_length(self) -> int:
        if self.options.shuffle:
            return len(self._paths) // self.options.batch_size
        return -(-len(self._paths) // self.options.batch_size)

    def _make(self, epoch: int, index: int) -> Batch:
        rows = self.rows_of(epoch, index)
        rng = np.random.default_rng([self.options.seed, 1, epoch, index])
        severity = self.options.worst_severity(epoch)
        pictures = np.stack([self._prepare(row, severity, rng) for row in rows])  # (N, H, W, 3)
        if self.options.noise_strength:
            pictures = add_noise(
                pictures,
                self.options.noise_strength,
                per_channel=self.options.per_channel,
                seed=int(rng.integers(2**31)),
            )
        return pictures.astype(np.float32), self.targets[rows]

    def _prepare(
        self, row: int, severity: float | None, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        picture = self._read(row)
        if severity is not None:
            severity = float(rng.uniform(0, severity))
            shoot = rephotograph if self.options.are_photos else photograph
            picture = shoot(picture, rng, severity, size=self._size)
        return fit_picture(picture, *self._size)

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


class MixedBatches(keras.utils.PyDataset):
    """Batches of two kinds of examples, each batch with a fixed number of both.

    Args:
        main: Decides how long an epoch is.
        extra: What stands behind it in each batch; its epochs must be as long.

    Raises:
        ValueError: The epochs differ in length.
    """

    def __init__(self, main: PictureBatches, extra: PictureBatches) -> None:
        super().__init__(workers=1)
        if len(main) != len(extra):
            raise ValueError(
                f"`extra` must have {len(main)} batches an epoch. Received: {len(extra)}"
            )
        self._parts = (main, extra)
        self.options = main.options

    def __len__(self) -> int:
        return len(self._parts[0])

    @property
    def epoch(self) -> int:
        """The epoch whose batches are given."""
        return self._parts[0].epoch

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        for part in self._parts:
            part.epoch = epoch

    def __getitem__(self, index: int) -> Batch:
        (pictures, targets), (more_pictures, more_targets) = (part[index] for part in self._parts)
        return np.concatenate([pictures, more_pictures]), np.concatenate([targets, more_targets])


def _read_boxes(frame: pd.DataFrame) -> NDArray[np.int64] | None:
    if not set(_BOX) <= set(frame.columns):
        return None
    return frame[_BOX].to_numpy(dtype=np.int64)
