"""Noise in training from none to far too much; every run reads test plates with each strength.

Fine-tuned, because that is the arm that learns within every preset's budget.
"""

from collections.abc import Iterator

from lpr_core.evidence.asked import Asked
from lpr_core.study.designs.design import Axis, Design
from lpr_core.study.designs.levels import NOISE_GRID, set_transfer
from lpr_core.study.designs.variant import Variant
from lpr_core.training.config import TrainingConfig


def _vary(_base: TrainingConfig, weights: str, _backbone: str | None) -> Iterator[Variant]:
    for strength in NOISE_GRID:
        yield Variant(
            f"noise-{strength:.2f}",
            f"Trained with noise {strength:.2f}",
            {"transfer": "fine-tuned", "noise": strength},
            {"network": set_transfer("fine-tuned", weights), "noise_strength": strength},
        )


DESIGN = Design(
    name="noise",
    question="How much noise in training is too much, and what does it buy on noisy plates?",
    heading="How strong may the noise in training be?",
    about="Fine-tuned networks, each trained with another strength of noise.",
    expected="On clean plates nothing is lost up to 0.05, 2 to 6 percentage points at 0.12 and 9 "
    "to 17 at 0.26.",
    command="lpr study run noise --seeds 6 --jobs 3: 48 runs, two hours on 2 cores.",
    vary=_vary,
    asked=Asked(base_levels={"noise": 0.0}),
    axis=Axis("noise", "transfer", "Strength of the noise in training"),
    place=40,
)
