"""The designs: which variants are compared, by what metric, to answer which question.

A variant is a change of settings to one base configuration. Every variant runs with the same seeds,
and equal seeds give equal heads and an equal order of the plates, so differences are paired.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lpr_core.evidence.wording import name_scope
from lpr_core.study.folder.record import Factor, VariantRecord
from lpr_core.training.config import TrainingConfig

NOISE_GRID = (0.0, 0.01, 0.03, 0.05, 0.08, 0.12, 0.18, 0.26)
"""Noise strengths to train and to test with, fractions of the range; research: ImageNet-C's ladder
of Gaussian noise (https://arxiv.org/abs/1903.12261) from 0.08 on, three milder ones below."""

NOISE = 0.1
"""The noise of the account, whose strength is lost: imgaug's own example, `0.1 * 255`."""

NUM_FOLDS = 5

_METRIC = "character_accuracy"
_SHARES = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
_DEPTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
_DEPTH_BACKBONES = ("xception", "efficientnet_b0", "efficientnet_lite0")
_DEPTH_MIN_HEIGHT = 96  # Xception takes no less than 71
_TRANSFERS = ("none", "frozen", "fine-tuned")


@dataclass(frozen=True)
class PlateChoice:
    """Which of the study's plates a variant learns from and is measured on.

    Attributes:
        share: Share of the training plates; the runs of one seed have nested choices.
        fold: When given, training and validation plates are joined, split by plate text into
            `NUM_FOLDS`, and this fold, counted from 0, is the one to be measured on.
    """

    share: float = 1.0
    fold: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the plates stay as they are."""
        return self.share == 1 and self.fold is None


@dataclass(frozen=True)
class Variant:
    """One cell of a design.

    Attributes:
        name: Name of its folder.
        label: What people read.
        factors: Levels of what is compared.
        settings: Fields of `TrainingConfig` that differ from the base; a dictionary for
            `network` changes only the fields that it names.
        plates: Which plates.
    """

    name: str
    label: str
    factors: Mapping[str, Factor]
    settings: Mapping[str, Any]
    plates: PlateChoice = field(default_factory=PlateChoice)

    def record(self) -> VariantRecord:
        """Return what a study's record says about this variant."""
        return VariantRecord(name=self.name, label=self.label, factors=dict(self.factors))

    def configure(self, base: TrainingConfig, **settings: Any) -> TrainingConfig:
        """Return the base configuration with this variant's settings and, above them, others."""
        network = {**base.network.model_dump(), **self.settings.get("network", {})}
        return TrainingConfig.model_validate(
            {**base.model_dump(), **self.settings, **settings, "network": network}
        )


@dataclass(frozen=True)
class Design:
    """What is compared.

    Attributes:
        name: As `build_design` knows it.
        question: What the study answers, one sentence.
        variants: The cells; all of them run with all seeds.
        metric: Key of a run's metrics that decides.
        is_main: Whether it gets the preset's full number of seeds.
    """

    name: str
    question: str
    variants: tuple[Variant, ...]
    metric: str = _METRIC
    is_main: bool = False

    def find_variant(self, name: str) -> Variant:
        """Return the variant of this name.

        Raises:
            ValueError: There is none; the message lists all.
        """
        for variant in self.variants:
            if variant.name == name:
                return variant
        known = ", ".join(variant.name for variant in self.variants)
        raise ValueError(f"{self.name} has the variants {known}. Received: {name!r}")


def design_names() -> tuple[str, ...]:
    """Return the names that `build_design` knows."""
    return tuple(_DESIGNS)


def build_design(
    name: str, base: TrainingConfig, weights: str, backbone: str | None = None
) -> Design:
    """Return a design around a base configuration.

    Args:
        name: One of `design_names()`.
        base: What the variants change.
        weights: What transfer starts from, as in `ReadingConfig`.
        backbone: The backbone, where a person has chosen one; `freeze-depth` then has no other.

    Raises:
        ValueError: There is no such design.
    """
    if name == "freeze-depth":
        return _freeze_depth(base, {backbone: weights} if backbone else None)
    if name not in _DESIGNS:
        raise ValueError(f"The designs are {', '.join(_DESIGNS)}. Received: {name!r}")
    return _DESIGNS[name](base, weights)


def _hypotheses(_: TrainingConfig, weights: str) -> Design:
    """Transfer {none, frozen, fine-tuned} x noise {off, on}.

    The account's four runs are {none, frozen} x {off, on}; fine-tuning is what it was advised.
    """
    variants = [
        Variant(
            transfer + ("+noise" if strength else ""),
            f"{name_scope(transfer)}, {'with' if strength else 'without'} noise",
            {"transfer": transfer, "noise": strength},
            {"network": _transfer(transfer, weights), "noise_strength": strength},
        )
        for strength in (0.0, NOISE)
        for transfer in _TRANSFERS
    ]
    question = "Does the network suit plates, and do transfer, noise or both of them help?"
    return Design("hypotheses", question, tuple(variants), is_main=True)


def _noise(_: TrainingConfig, weights: str) -> Design:
    """Training strength; the test strength is what every run reads afterwards.

    Fine-tuned, because that is the arm that learns within every preset's budget.
    """
    variants = [
        Variant(
            f"noise-{strength:.2f}",
            f"Trained with noise {strength:.2f}",
            {"transfer": "fine-tuned", "noise": strength},
            {"network": _transfer("fine-tuned", weights), "noise_strength": strength},
        )
        for strength in NOISE_GRID
    ]
    question = "How much noise in training is too much, and what does it buy on noisy plates?"
    return Design("noise", question, tuple(variants))


def _freeze_depth(base: TrainingConfig, backbones: Mapping[str, str] | None) -> Design:
    """Share of the backbone's layers that is frozen, from the picture upwards."""
    chosen = backbones or dict.fromkeys(_DEPTH_BACKBONES, "imagenet")
    height = base.network.height
    if "xception" in chosen:
        height = max(height, _DEPTH_MIN_HEIGHT)
    variants = [
        Variant(
            f"{backbone}-{round(100 * share):03d}",
            f"{backbone}, {100 * share:.0f} % frozen",
            {"backbone": backbone, "freeze": share, "transfer": "fine-tuned", "noise": 0.0},
            {
                "network": {
                    "backbone": backbone,
                    "height": height,
                    "weights": weights,
                    "freeze": share,
                }
            },
        )
        for backbone, weights in chosen.items()
        for share in _DEPTHS
    ]
    question = "How much of a backbone may stay frozen before plates suffer?"
    return Design("freeze-depth", question, tuple(variants))


def _learning_curve(_: TrainingConfig, weights: str) -> Design:
    """5 to 100 % of the training plates, at equal steps: data differs, training does not."""
    variants = [
        Variant(
            f"{transfer}-{round(100 * share):03d}",
            f"{name_scope(transfer)}, {100 * share:.0f} % of the plates",
            {"transfer": transfer, "noise": 0.0, "share": share},
            {"network": _transfer(transfer, weights)},
            PlateChoice(share=share),
        )
        for share in _SHARES
        for transfer in ("none", "fine-tuned")
    ]
    question = "With how many plates does transfer help, and do more plates still help?"
    return Design("learning-curve", question, tuple(variants))


def _cross_validation(_: TrainingConfig, weights: str) -> Design:
    """K folds over the joined training and validation plates, split by plate text."""
    variants = [
        Variant(
            f"{transfer}-fold-{fold + 1}",
            f"{name_scope(transfer)}, fold {fold + 1} of {NUM_FOLDS}",
            {"transfer": transfer, "noise": 0.0, "fold": fold + 1},
            {"network": _transfer(transfer, weights)},
            PlateChoice(fold=fold),
        )
        for fold in range(NUM_FOLDS)
        for transfer in ("none", "fine-tuned")
    ]
    question = "Do the scores hold on other plates than the validation set's?"
    return Design("cross-validation", question, tuple(variants))


def _remedies(_: TrainingConfig, weights: str) -> Design:
    """The account's frozen, noisy network with its pooled head, and one remedy at a time."""
    frozen = {"head": "pooled", **_transfer("frozen", weights)}
    open_ = {"head": "pooled", **_transfer("fine-tuned", weights)}
    rows: tuple[tuple[str, str, str, float, Mapping[str, Any]], ...] = (
        ("frozen", "Frozen, pooled, noisy", "frozen", NOISE, frozen),
        ("unfreeze", "Unfrozen", "fine-tuned", NOISE, open_),
        ("keep-position", "Position kept", "frozen", NOISE, {**frozen, "head": "positional"}),
        ("milder-noise", "Milder noise", "frozen", 0.03, frozen),
        ("all", "All three", "fine-tuned", 0.03, {**open_, "head": "positional"}),
    )
    variants = [
        Variant(
            name,
            label,
            {"transfer": transfer, "noise": strength, "head": network["head"]},
            {"network": network, "noise_strength": strength},
        )
        for name, label, transfer, strength, network in rows
    ]
    return Design("remedies", "Which remedy helps the frozen network?", tuple(variants))


def _transfer(level: str, weights: str) -> dict[str, Any]:
    """Return the network's settings for `none`, `frozen` or `fine-tuned`."""
    return {
        "weights": "none" if level == "none" else weights,
        "freeze": 1.0 if level == "frozen" else 0.0,
    }


def list_runs_of(
    design: Design, seeds: tuple[int, ...], only: tuple[str, ...] = ()
) -> Iterator[tuple[Variant, int]]:
    """Yield variants with seeds, seed after seed, so that a part of a study is balanced.

    Raises:
        ValueError: `only` names a variant that there is not.
    """
    chosen = tuple(map(design.find_variant, only)) or design.variants
    for seed in seeds:
        for variant in chosen:
            yield variant, seed


_DESIGNS: dict[str, Callable[[TrainingConfig, str], Design]] = {
    "hypotheses": _hypotheses,
    "noise": _noise,
    "freeze-depth": lambda base, _: _freeze_depth(base, None),
    "learning-curve": _learning_curve,
    "cross-validation": _cross_validation,
    "remedies": _remedies,
}
