"""Simulated seeds and plates with a known truth, to count how often an interval holds it."""

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr, ndtri

from lpr_core.statistics.intervals import Interval
from tests.kit.planted_outcomes import plant_outcome
from tests.kit.planted_variants import Variant

STRENGTHS = (0.0, 0.01, 0.03, 0.05, 0.08, 0.12, 0.18, 0.26)
CHANCE = 0.07
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


_START, _SLOPE = 1.3, 9.0  # probits read without noise, and lost per unit of it
_LEVEL_SPREAD, _SLOPE_SPREAD = 0.15, 1.0  # of seeds
_PLATE_SPREAD, _TILT_SPREAD, _DRAW_SPREAD, _OWN_SPREAD = 0.6, 2.0, 0.3, 0.4


def draw_response(
    repeat: int, num_seeds: int, num_plates: int = 150, *, seeds_differ: bool = True
) -> np.ndarray:
    """Shares of right characters `(R, K, P)` by seed, strength and plate.

    Seeds differ in what they read without noise and in what noise costs them, plates likewise, and
    the noise drawn for a plate is the same for all seeds.
    """
    rng = np.random.default_rng([repeat, num_seeds])
    strengths = np.array(STRENGTHS)
    level, slope = seeds_differ * rng.standard_normal((2, num_seeds, 1))
    seeds = _LEVEL_SPREAD * level - (_SLOPE + _SLOPE_SPREAD * slope) * strengths  # (R, K)
    plate, tilt = rng.standard_normal((2, num_plates))
    drawn = rng.standard_normal((len(strengths), num_plates)) * (strengths > 0)[:, None]
    plates = _PLATE_SPREAD * plate + _TILT_SPREAD * strengths[:, None] * tilt  # (K, P)
    own = _OWN_SPREAD * rng.standard_normal((num_seeds, 1, num_plates))
    probits = _START + seeds[:, :, None] + plates + _DRAW_SPREAD * drawn + own
    return rng.binomial(7, CHANCE + (1 - CHANCE) * ndtr(probits)) / 7


def expect_response(*, seeds_differ: bool = True) -> np.ndarray:
    """The same `(K,)`, averaged over all seeds and plates there could be."""
    strengths = np.array(STRENGTHS)
    of_seeds = seeds_differ * (_LEVEL_SPREAD**2 + (_SLOPE_SPREAD * strengths) ** 2)
    of_plates = _PLATE_SPREAD**2 + (_TILT_SPREAD * strengths) ** 2 + _OWN_SPREAD**2
    spread = np.sqrt(1 + of_seeds + of_plates + _DRAW_SPREAD**2 * (strengths > 0))
    return CHANCE + (1 - CHANCE) * ndtr((_START - _SLOPE * strengths) / spread)
