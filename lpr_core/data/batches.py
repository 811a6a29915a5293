"""Batches of pictures for training and validation, the same on every Keras backend."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from lpr_core.augment.noise import add_noise
from lpr_core.augment.photo_options import PhotoOptions

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]


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
        photos: How far photos with boxes are changed; None leaves them as they are.
        scene_share: Share of photos in the place of which a scene is drawn.
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
    photos: PhotoOptions | None = None
    scene_share: float = 0.0
    cache_bytes: int = 0
    workers: int = 1

    def worst_severity(self, epoch: int) -> float | None:
        """Return the highest severity of the camera in an epoch."""
        if not isinstance(self.camera_severity, tuple):
            return self.camera_severity
        start, end = self.camera_severity
        return start + (end - start) * min(epoch / self.ramp_epochs, 1.0)


class PictureSource(Protocol):
    """Makes the examples of batches; `lpr_core.data.crops.CropSource` is one."""

    def make(
        self, row: int, severity: float | None, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Return a row's picture `(H, W, 3)` RGB and its target, changed as the options say.

        Args:
            row: Which example.
            severity: Highest severity of the camera in this epoch; None photographs nothing.
            rng: All randomness comes from here.
        """

    def target_of(self, row: int) -> NDArray[np.float32]:
        """Return a row's target where nothing is changed; no picture is read."""


class PictureBatches(keras.utils.PyDataset):
    """Pictures of a manifest's rows, each with its target.

    A batch is `(images (N, H, W, 3) float32 of 0..255, targets (N, ...) float32)`. What batch
    `index` of epoch `epoch` holds depends on `(seed, epoch, index)` and nothing else: not on the
    worker that makes it, nor on what was read before. Set `epoch` before an epoch begins.

    Args:
        source: Makes pictures and targets.
        count: Rows that it has.
        truth: What stands in each row's picture, for whoever measures; `(rows, ...)`.
        options: How batches are put together.

    Raises:
        ValueError: The rows do not fill one batch of a shuffled pass.
    """

    def __init__(
        self, source: PictureSource, count: int, truth: NDArray[Any], options: BatchOptions
    ) -> None:
        # Threads of our own: with workers=2 the queue of Keras 3.15 hands out batches of the past
        # epoch on JAX (it keeps what it had prepared when it was stopped).
        super().__init__(workers=1)
        if options.shuffle and count < options.batch_size:
            raise ValueError(
                f"the rows must fill a batch of {options.batch_size}. Received: {count} rows"
            )
        self.epoch = 0
        self.truth = truth
        self.options = options
        self._source = source
        self._count = count
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
        order = np.arange(self._count)
        if self.options.shuffle:
            order = np.random.default_rng([self.options.seed, 0, pass_index]).permutation(order)
        return order[position * size : (position + 1) * size]

    @property
    def _pass_length(self) -> int:
        if self.options.shuffle:
            return self._count // self.options.batch_size
        return -(-self._count // self.options.batch_size)

    def target_of(self, row: int) -> NDArray[np.float32]:
        """Return a row's target where nothing is changed."""
        return self._source.target_of(row)

    def _make(self, epoch: int, index: int) -> Batch:
        rows = self.rows_of(epoch, index)
        rng = np.random.default_rng([self.options.seed, 1, epoch, index])
        severity = self.options.worst_severity(epoch)
        examples = [self._source.make(row, severity, rng) for row in rows.tolist()]
        pictures = np.stack([picture for picture, _ in examples])  # (N, H, W, 3)
        if self.options.noise_strength:
            pictures = add_noise(
                pictures,
                self.options.noise_strength,
                per_channel=self.options.per_channel,
                seed=int(rng.integers(2**31)),
            )
        return pictures.astype(np.float32), np.stack([target for _, target in examples])


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
