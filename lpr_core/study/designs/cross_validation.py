"""K folds over the joined training and validation plates, split by plate text."""

from collections.abc import Iterator

from lpr_core.evidence.asked import Asked
from lpr_core.evidence.wording import name_scope
from lpr_core.study.designs.design import Axis, Design
from lpr_core.study.designs.levels import NUM_FOLDS, set_transfer
from lpr_core.study.designs.variant import PlateChoice, Variant
from lpr_core.training.config import TrainingConfig


def _vary(_base: TrainingConfig, weights: str, _backbone: str | None) -> Iterator[Variant]:
    for fold in range(NUM_FOLDS):
        for transfer in ("none", "fine-tuned"):
            yield Variant(
                f"{transfer}-fold-{fold + 1}",
                f"{name_scope(transfer)}, fold {fold + 1} of {NUM_FOLDS}",
                {"transfer": transfer, "noise": 0.0, "fold": fold + 1},
                {"network": set_transfer(transfer, weights)},
                PlateChoice(fold=fold),
            )


DESIGN = Design(
    name="cross-validation",
    question="Do the scores hold on other plates than the validation set's?",
    heading="How much does the split decide?",
    about="Five folds of all plates take turns to be read, from scratch and fine-tuned.",
    expected="Not measured yet; folds of one source should differ by a few percentage points, "
    "less than ways of transfer.",
    command="lpr study run cross-validation --jobs 3: 30 runs, an hour on 2 cores.",
    vary=_vary,
    asked=Asked(base_levels={"transfer": "none"}, joins_folds=True),
    axis=Axis("fold", "transfer", "Fold"),
    place=30,
)
