"""What is planted in each variant of each design."""

from dataclasses import dataclass
from typing import Any

from lpr_core.plates.format import SEVEN

STRENGTHS = (0.0, 0.01, 0.03, 0.05, 0.08, 0.12, 0.18, 0.26)

SLOTS = SEVEN.slots

ALPHABET = SEVEN.alphabet


@dataclass(frozen=True)
class Variant:
    """What is planted in one variant.

    Attributes:
        name: As in the study's record.
        factors: As in the study's record.
        accuracy: Character accuracy on clean validation plates, on average over seeds.
        train_accuracy: The same on training plates.
        knee: Noise strength at which half of the way to chance is lost.
        label: What people read; empty is the name.
    """

    name: str
    factors: dict[str, Any]
    accuracy: float
    train_accuracy: float = 0.99
    knee: float = 0.12
    label: str = ""


def hypotheses_variants(**accuracies: float) -> list[Variant]:
    """The 3 x 2 of transfer and noise; accuracies by name, `_` for `+` and `-`."""
    rows = [
        ("none", "none", 0.0, 0.92, 0.995, "From scratch"),
        ("none+noise", "none", 0.1, 0.90, 0.97, "From scratch, with noise"),
        ("frozen", "frozen", 0.0, 0.45, 0.95, "Frozen"),
        ("frozen+noise", "frozen", 0.1, 0.40, 0.85, "Frozen, with noise"),
        ("fine-tuned", "fine-tuned", 0.0, 0.95, 0.999, "Fine-tuned"),
        ("fine-tuned+noise", "fine-tuned", 0.1, 0.94, 0.99, "Fine-tuned, with noise"),
    ]
    return [
        Variant(
            name=name,
            factors={"transfer": transfer, "noise": noise},
            accuracy=accuracies.get(name.replace("+", "_").replace("-", "_"), accuracy),
            train_accuracy=train,
            knee=0.2 if noise else 0.09,
            label=label,
        )
        for name, transfer, noise, accuracy, train, label in rows
    ]


def noise_variants() -> list[Variant]:
    """Trained with each strength of the grid; a little noise costs nothing, much costs a lot."""
    return [
        Variant(
            name=f"noise-{strength:.2f}",
            factors={"transfer": "fine-tuned", "noise": strength},
            accuracy=0.95 - 1.5 * strength**1.5,
            knee=0.08 + 0.8 * strength,
            label=f"Trained with noise {strength:.2f}",
        )
        for strength in STRENGTHS
    ]


def freeze_variants() -> list[Variant]:
    """Three backbones, five shares of them frozen."""
    tops = {"xception": 0.9, "efficientnet_b0": 0.93, "efficientnet_lite0": 0.94}
    return [
        Variant(
            name=f"{backbone}-{round(100 * share):03d}",
            factors={
                "backbone": backbone,
                "freeze": share,
                "transfer": "fine-tuned",
                "noise": 0.0,
            },
            accuracy=top - 0.5 * share**2,
            label=f"{backbone}, {100 * share:.0f} % frozen",
        )
        for backbone, top in tops.items()
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]


def share_variants() -> list[Variant]:
    """With and without transfer on a growing share of the training plates."""
    return [
        Variant(
            name=f"{transfer}-{round(100 * share):03d}",
            factors={"transfer": transfer, "noise": 0.0, "share": share},
            accuracy=top - 0.3 * (1 - share) ** 3,
            label=f"{label}, {100 * share:.0f} % of the plates",
        )
        for share in (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
        for transfer, top, label in _TWO_WAYS
    ]


def fold_variants() -> list[Variant]:
    """Five folds, with and without transfer."""
    return [
        Variant(
            name=f"{transfer}-fold-{fold}",
            factors={"transfer": transfer, "noise": 0.0, "fold": fold},
            accuracy=top,
            label=f"{label}, fold {fold} of 5",
        )
        for fold in range(1, 6)
        for transfer, top, label in _TWO_WAYS
    ]


def remedy_variants() -> list[Variant]:
    """The frozen, noisy network and one remedy at a time."""
    rows = [
        ("frozen", "Frozen, pooled, noisy", "frozen", 0.1, "pooled", 0.4),
        ("unfreeze", "Unfrozen", "fine-tuned", 0.1, "pooled", 0.8),
        ("keep-position", "Position kept", "frozen", 0.1, "positional", 0.6),
        ("milder-noise", "Milder noise", "frozen", 0.03, "pooled", 0.43),
        ("all", "All three", "fine-tuned", 0.03, "positional", 0.95),
    ]
    return [
        Variant(name, {"transfer": way, "noise": noise, "head": head}, accuracy, label=label)
        for name, label, way, noise, head, accuracy in rows
    ]


_TWO_WAYS = (("none", 0.9, "From scratch"), ("fine-tuned", 0.95, "Fine-tuned"))

DESIGNS = {
    "hypotheses": hypotheses_variants,
    "noise": noise_variants,
    "freeze-depth": freeze_variants,
    "learning-curve": share_variants,
    "cross-validation": fold_variants,
    "remedies": remedy_variants,
}

QUESTIONS = {
    "hypotheses": "Do transfer learning and augmentation help to read plates?",
    "noise": "How much noise is too much?",
    "freeze-depth": "How much of a backbone may be frozen?",
    "learning-curve": "How many plates does it take?",
    "cross-validation": "How much does the split decide?",
    "remedies": "Which remedy helps the frozen network?",
}
