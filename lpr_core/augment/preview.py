"""One plate at several noise strengths, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lpr_core.augment.noise import add_noise, measure_psnr


@dataclass(frozen=True)
class NoisyPicture:
    """A picture with noise and how strong the noise is.

    Attributes:
        strength: Nominal standard deviation as a fraction of the range, in [0, 1].
        sigma: The same in grey levels, 0 to 255.
        psnr: Measured peak signal-to-noise ratio in dB, infinite without noise.
        picture: `(H, W, 3)` uint8 RGB.
    """

    strength: float
    sigma: float
    psnr: float
    picture: NDArray[np.uint8]


def noise_grid(
    picture: NDArray[np.uint8],
    strengths: Sequence[float],
    *,
    per_channel: bool = True,
    seed: int = 0,
) -> tuple[NoisyPicture, ...]:
    """Return a picture `(H, W, 3)` at each strength, in the order given.

    All share one seed: the same grain at each strength, only weaker or stronger.

    Raises:
        ValueError: As `add_noise`.
    """
    return tuple(
        _add_noise_to_one(picture, strength, per_channel=per_channel, seed=seed)
        for strength in strengths
    )


def _add_noise_to_one(
    picture: NDArray[np.uint8], strength: float, *, per_channel: bool, seed: int
) -> NoisyPicture:
    noisy = add_noise(picture[None], strength, per_channel=per_channel, seed=seed)[0]
    return NoisyPicture(strength, strength * 255, measure_psnr(picture, noisy), noisy)
