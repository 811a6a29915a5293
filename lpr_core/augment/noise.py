"""Additive Gaussian noise of imgaug: the one definition for preview, training and evaluation."""

import math
import threading
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

_PEAK = 255.0
_import_lock = threading.Lock()


def add_noise(
    images: NDArray[np.uint8], strength: float, *, per_channel: bool = True, seed: int
) -> NDArray[np.uint8]:
    """Return a copy of pictures with normally distributed noise on every pixel.

    Each picture gets its own noise, which depends on the seed and the picture's place in the batch,
    not on what else is in it. Values are rounded and cut off at 0 and 255, so that pictures with
    much black or white get less than the nominal standard deviation.

    Args:
        images: `(N, H, W, 3)` uint8.
        strength: Standard deviation as a fraction of the range, in [0, 1]: 0.1 is sigma 25.5.
        per_channel: Draw red, green and blue apart (coloured grain) or once for all (grey grain).
        seed: Equal seeds give equal noise. At least 0.

    Raises:
        ValueError: `strength` is not in [0, 1] or `images` is no batch of uint8 RGB pictures.
    """
    if not 0 <= strength <= 1:
        raise ValueError(f"strength must lie in [0, 1]. Received: {strength}")
    if images.ndim != 4 or images.shape[3] != 3 or images.dtype != np.uint8:
        raise ValueError(
            f"images must be (N, H, W, 3) uint8. Received: {images.shape} {images.dtype}"
        )
    if strength == 0:
        return images.copy()
    augmenter = _import_augmenters().AdditiveGaussianNoise(
        scale=strength * _PEAK, per_channel=per_channel, seed=seed
    )
    noisy: NDArray[np.uint8] = augmenter(images=images)
    return noisy


def measure_psnr(clean: NDArray[np.uint8], noisy: NDArray[np.uint8]) -> float:
    """Return the peak signal-to-noise ratio in dB, infinite for equal pictures.

    10 log10(255² / mean squared error), over pixels and channels.

    Raises:
        ValueError: The pictures differ in shape.
    """
    if clean.shape != noisy.shape:
        raise ValueError(
            f"pictures must have the same shape. Received: {clean.shape} and {noisy.shape}"
        )
    squared_error = float(np.mean((clean.astype(np.float64) - noisy) ** 2))
    return math.inf if squared_error == 0 else 10 * math.log10(_PEAK**2 / squared_error)


def _import_augmenters() -> ModuleType:
    """Import imgaug's augmenters, giving it the table that NumPy 2 removed.

    imgaug 0.4.0 reads `np.sctypes` once, while it is imported; nobody else gets to see it after.
    """
    with _import_lock:
        is_missing = not hasattr(np, "sctypes")
        if is_missing:
            np.sctypes = {  # type: ignore[attr-defined]  # noqa: NPY201
                "int": [np.int8, np.int16, np.int32, np.int64],
                "uint": [np.uint8, np.uint16, np.uint32, np.uint64],
                "float": [np.float16, np.float32, np.float64],
            }
        try:
            import imgaug.augmenters
        finally:
            if is_missing:
                del np.sctypes  # type: ignore[attr-defined]  # noqa: NPY201
    augmenters: ModuleType = imgaug.augmenters
    return augmenters
