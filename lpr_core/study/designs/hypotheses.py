"""Transfer {none, frozen, fine-tuned} x noise {off, on}: the four hypotheses of the first account.

The account's four runs are {none, frozen} x {off, on}; fine-tuning is what it was advised.
"""

from collections.abc import Collection, Iterator

from lpr_core.evidence.asked import Asked
from lpr_core.evidence.wording import name_scope
from lpr_core.study.designs.design import Design
from lpr_core.study.designs.levels import NOISE, name_cell, set_transfer
from lpr_core.study.designs.variant import Variant
from lpr_core.study.folder.record import VariantRecord
from lpr_core.training.config import TrainingConfig

_TRANSFERS = ("none", "frozen", "fine-tuned")


def _vary(_base: TrainingConfig, weights: str, _backbone: str | None) -> Iterator[Variant]:
    for strength in (0.0, NOISE):
        for transfer in _TRANSFERS:
            yield Variant(
                transfer + ("+noise" if strength else ""),
                f"{name_scope(transfer)}, {'with' if strength else 'without'} noise",
                {"transfer": transfer, "noise": strength},
                {"network": set_transfer(transfer, weights), "noise_strength": strength},
            )


def _are_cells(variants: Collection[VariantRecord]) -> bool:
    """Whether trainings differ in transfer and in one strength of noise, and in nothing else."""
    strengths = {float(variant.factors["noise"]) for variant in variants} - {0.0}
    return len(strengths) < 2 and all(
        variant.name == name_cell(str(variant.factors["transfer"]), float(variant.factors["noise"]))
        for variant in variants
    )


DESIGN = Design(
    name="hypotheses",
    question="Does the network suit plates, and do transfer, noise or both of them help?",
    about="Three ways of transfer, each trained with noise and without.",
    expected="At the laptop preset only the fine-tuned network becomes usable (90 to 93 % of the "
    "characters); transfer adds 50 to 85 percentage points, noise nothing that is sure.",
    command="lpr study run hypotheses --jobs 3: 48 runs, an hour or two on 2 cores.",
    vary=_vary,
    asked=Asked(judges_hypotheses=True),
    place=0,
    is_main=True,
    fits=_are_cells,
)
