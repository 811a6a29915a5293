"""Which characters planted runs read: true in statistics, nothing trained.

A character is right where a normal variable stays below the quantile of its run's accuracy, so that
every run has exactly the accuracy that was planted, on average. Parts of that variable belong to
the plate (characters of one plate fail together) and to the character (all runs fail on it).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr, ndtri

from tests.kit.planted_variants import ALPHABET, SLOTS, Variant

_PLATE_SHARE, _CHARACTER_SHARE = 0.35, 0.3  # of the variance; the rest is the run's own


@dataclass
class Outcome:
    """Which characters of which plates each run reads.

    Attributes:
        truth: `P` texts of seven characters.
        correct: `(P, 7)` bool by variant and seed.
    """

    truth: list[str]
    correct: dict[tuple[str, int], np.ndarray] = field(default_factory=dict)


def plant_outcome(
    variants: Iterable[Variant],
    seeds: Iterable[int] = range(8),
    num_plates: int = 120,
    *,
    seed: int = 0,
    shared_spread: float = 0.06,
    own_spread: float = 0.06,
    own_share: float = 0.0,
    strength: float = 0.0,
) -> Outcome:
    """Plant what would be read at one noise strength; a pure function of its arguments.

    Args:
        variants: What is planted.
        seeds: Training seeds.
        num_plates: Validation plates.
        seed: Of the plates and of all else that is drawn.
        shared_spread: Standard deviation over seeds that all variants share, in probits.
        own_spread: The same for each variant on its own.
        own_share: Share of the variance by which characters suit one variant more than another, the
            same for all its seeds.
        strength: Noise on the validation plates.
    """
    rng = np.random.default_rng(seed)
    truth = ["".join(row) for row in rng.choice(list(ALPHABET), (num_plates, SLOTS))]
    common = _PLATE_SHARE**0.5 * rng.standard_normal((num_plates, 1))
    common = common + _CHARACTER_SHARE**0.5 * rng.standard_normal((num_plates, SLOTS))
    outcome = Outcome(truth)
    for variant_number, variant in enumerate(variants):
        suits = np.random.default_rng([seed, 3, variant_number]).standard_normal(common.shape)
        suited = own_share**0.5 * suits
        for run_seed in seeds:
            shared = np.random.default_rng([seed, 1, run_seed]).standard_normal()
            own_rng = np.random.default_rng([seed, 2, run_seed, variant_number])
            spread = shared_spread * shared + own_spread * own_rng.standard_normal()
            rest = (1 - _PLATE_SHARE - _CHARACTER_SHARE - own_share) ** 0.5
            latent = common + suited + rest * own_rng.standard_normal(common.shape)
            # Divided, so that the average over seeds is the planted accuracy.
            total = (1 + shared_spread**2 + own_spread**2) ** 0.5
            limit = ndtri(respond(variant, strength)) * total + spread
            outcome.correct[variant.name, run_seed] = latent < limit
    return outcome


def respond(variant: Variant, strength: float) -> float:
    """Return the planted accuracy on plates with noise: a smooth fall to chance."""
    chance = 1 / len(ALPHABET)
    steps = (strength - variant.knee) / 0.03
    at_rest = ndtr(variant.knee / 0.03)
    return chance + (variant.accuracy - chance) * float(ndtr(-steps) / at_rest)
