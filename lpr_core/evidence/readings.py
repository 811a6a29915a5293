"""Which characters each run read right, and averages of them over seeds and plates."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Correct = Mapping[tuple[str, int], NDArray[np.bool_]]
"""By variant and seed: which characters of which plates were read right, `(P, S)`."""

Factors = Mapping[str, Mapping[str, Any]]
"""By variant: the level of each factor."""


def list_seeds(correct: Correct, *variants: str) -> list[int]:
    """Return the seeds that all of the variants have, in order."""
    seeds = [{seed for name, seed in correct if name == variant} for variant in variants]
    return sorted(set.intersection(*seeds)) if seeds else []


def share_by_plate(
    correct: Correct, weights: Mapping[str, float]
) -> tuple[list[int], NDArray[np.float64]]:
    """Return a weighted sum of variants for each seed and plate, `(R, P)`, with the seeds.

    Weights of +1 and -1 give a paired difference; one weight of 1 is a cell's own share of right
    characters. Seeds that a variant lacks are left out, so each row has all variants.

    Raises:
        ValueError: The runs were measured on different plates.
    """
    seeds = list_seeds(correct, *weights)
    shapes = {correct[variant, seed].shape for seed in seeds for variant in weights}
    if len(shapes) > 1:
        raise ValueError(
            "runs can be compared on the same plates only. "
            f"Received: {', '.join(map(str, sorted(shapes)))}"
        )
    rows = [
        sum(weight * correct[variant, seed].mean(axis=1) for variant, weight in weights.items())
        for seed in seeds
    ]
    return seeds, np.array(rows) if rows else np.empty((0, 0))
