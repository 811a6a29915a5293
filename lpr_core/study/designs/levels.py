"""Levels that several designs have in common."""

from typing import Any

NOISE_GRID = (0.0, 0.01, 0.03, 0.05, 0.08, 0.12, 0.18, 0.26)
"""Noise strengths to train and to test with, fractions of the range; research: ImageNet-C's ladder
of Gaussian noise (https://arxiv.org/abs/1903.12261) from 0.08 on, three milder ones below."""

NOISE = 0.1
"""The noise of the account, whose strength is lost: imgaug's own example, `0.1 * 255`."""

NUM_FOLDS = 5


def set_transfer(level: str, weights: str) -> dict[str, Any]:
    """Return the network's settings for `none`, `frozen` or `fine-tuned`.

    Args:
        level: The way of transfer.
        weights: What transfer starts from, as in `ReadingConfig`.
    """
    return {
        "weights": "none" if level == "none" else weights,
        "freeze": 1.0 if level == "frozen" else 0.0,
    }


def name_cell(transfer: str, noise: float) -> str:
    """Return what a single training of this way of transfer and this noise is called."""
    return transfer + (f"+noise-{noise:g}" if noise else "")
