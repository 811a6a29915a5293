"""5 to 100 % of the training plates, at equal steps: data differs, training does not."""

from collections.abc import Iterator

from lpr_core.evidence.asked import Asked
from lpr_core.evidence.units import whole_percent
from lpr_core.evidence.wording import name_scope
from lpr_core.study.designs.design import Axis, Design
from lpr_core.study.designs.levels import set_transfer
from lpr_core.study.designs.variant import PlateChoice, Variant
from lpr_core.training.config import TrainingConfig

_SHARES = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)


def _vary(_base: TrainingConfig, weights: str, _backbone: str | None) -> Iterator[Variant]:
    for share in _SHARES:
        for transfer in ("none", "fine-tuned"):
            yield Variant(
                f"{transfer}-{round(100 * share):03d}",
                f"{name_scope(transfer)}, {whole_percent(share)} of the plates",
                {"transfer": transfer, "noise": 0.0, "share": share},
                {"network": set_transfer(transfer, weights)},
                PlateChoice(share=share),
            )


DESIGN = Design(
    name="learning-curve",
    question="With how many plates does transfer help, and do more plates still help?",
    heading="How many plates does it take?",
    about="Six shares of the training plates, from scratch and fine-tuned, all trained equally "
    "long.",
    expected="Transfer adds 20 to 60 percentage points at every share; from 40 % of 10,000 plates "
    "on, more of them add little.",
    command="lpr study run learning-curve --jobs 3: 36 runs, an hour or two on 2 cores.",
    vary=_vary,
    asked=Asked(base_levels={"transfer": "none"}, grows="share"),
    axis=Axis("share", "transfer", "Share of the training plates", is_share=True),
    place=20,
)
