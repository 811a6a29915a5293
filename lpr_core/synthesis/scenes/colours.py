"""Colours of things that people build: more grey than a draw from the whole cube."""

import numpy as np
from numpy.typing import NDArray


def draw_colour(
    rng: np.random.Generator, vividness: float = 0.25, low: float = 15, high: float = 240
) -> NDArray[np.float64]:
    """Return a colour `(3,)`, 0 to 255.

    Args:
        rng: All randomness comes from here.
        vividness: The farthest that channels lie from their grey, as a share of the range.
        low: The darkest grey.
        high: The brightest grey.
    """
    spread = rng.uniform(0, vividness) * 255
    tint = rng.uniform(-0.5, 0.5, 3)
    return np.clip(rng.uniform(low, high) + spread * (tint - tint.mean()), 0, 255)
