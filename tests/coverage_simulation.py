"""Simulated seeds and plates with a known truth, to count how often an interval holds it."""

from collections.abc import Callable

import numpy as np
from scipy.special import ndtri

from lpr_core.evidence.intervals import Interval
from tests.planted_study import Variant, plant_outcome

NONE, BETTER = Variant("none", {}, 0.90), Variant("better", {}, 0.93)


def count_covered(
    draw: Callable[[int], np.ndarray],
    interval: Callable[[np.ndarray], Interval],
    truth: float,
    repeats: int,
) -> float:
    """Return the share of intervals that hold the truth; `draw` gets the number of the repeat."""
    found = [interval(draw(repeat)) for repeat in range(repeats)]
    return float(np.mean([one.low <= truth <= one.high for one in found]))


def draw_cell(repeat: int, num_seeds: int = 8, num_plates: int = 150) -> np.ndarray:
    """Shares of right characters `(R, P)` of a cell with 90 % on average."""
    outcome = plant_outcome([NONE], range(num_seeds), num_plates, seed=repeat)
    return np.array([right.mean(axis=1) for right in outcome.correct.values()])


def draw_difference(repeat: int, num_seeds: int = 8, num_plates: int = 150) -> np.ndarray:
    """Paired differences `(R, P)` of two cells, 3 percentage points on average."""
    outcome = plant_outcome([NONE, BETTER], range(num_seeds), num_plates, seed=repeat)
    right = outcome.correct
    return np.array(
        [(right["better", n] * 1.0 - right["none", n]).mean(axis=1) for n in range(num_seeds)]
    )


def draw_normal(repeat: int, num_seeds: int = 8) -> np.ndarray:
    """Differences over seeds `(R,)` around 0."""
    return np.random.default_rng(repeat).standard_normal(num_seeds)


def draw_skewed(repeat: int, num_seeds: int = 8) -> np.ndarray:
    """Skewed differences over seeds `(R,)` around 0."""
    return np.random.default_rng(repeat).gamma(4, 0.5, num_seeds) - 2


def draw_plates(repeat: int, num_plates: int = 150) -> np.ndarray:
    """Shares of right characters of plates `(P,)`, 90 % on average, characters failing together."""
    rng = np.random.default_rng(repeat)
    latent = 0.6 * rng.standard_normal((num_plates, 1)) + 0.8 * rng.standard_normal((num_plates, 7))
    return (latent < ndtri(0.9)).mean(axis=1)
