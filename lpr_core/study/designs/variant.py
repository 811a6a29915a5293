"""A variant: a change of settings to one base configuration, on some of the plates.

Every variant runs with the same seeds, and equal seeds give equal heads and an equal order of the
plates, so differences are paired.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lpr_core.study.folder.record import Factor, VariantRecord
from lpr_core.training.config import TrainingConfig


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
