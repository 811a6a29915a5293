"""The account's frozen, noisy network with its pooled head, and one remedy at a time."""

from collections.abc import Iterator, Mapping
from typing import Any

from lpr_core.study.designs.design import Design
from lpr_core.study.designs.levels import NOISE, set_transfer
from lpr_core.study.designs.variant import Variant
from lpr_core.training.config import TrainingConfig

_MILD_NOISE = 0.03


def _vary(_base: TrainingConfig, weights: str, _backbone: str | None) -> Iterator[Variant]:
    frozen = {"head": "pooled", **set_transfer("frozen", weights)}
    open_ = {"head": "pooled", **set_transfer("fine-tuned", weights)}
    rows: tuple[tuple[str, str, str, float, Mapping[str, Any]], ...] = (
        ("frozen", "Frozen, pooled, noisy", "frozen", NOISE, frozen),
        ("unfreeze", "Unfrozen", "fine-tuned", NOISE, open_),
        ("keep-position", "Position kept", "frozen", NOISE, {**frozen, "head": "positional"}),
        ("milder-noise", "Milder noise", "frozen", _MILD_NOISE, frozen),
        ("all", "All three", "fine-tuned", _MILD_NOISE, {**open_, "head": "positional"}),
    )
    for name, label, transfer, strength, network in rows:
        yield Variant(
            name,
            label,
            {"transfer": transfer, "noise": strength, "head": network["head"]},
            {"network": network, "noise_strength": strength},
        )


DESIGN = Design(
    name="remedies",
    question="Which remedy helps the frozen network?",
    heading="Which remedy helps the frozen network?",
    about="The frozen, noisy network of the first account, and one remedy at a time.",
    expected="Unfreezing gains 76 to 80 percentage points, keeping the position or milder noise 3 "
    "to 6 each, all three together 81 to 83.",
    command="lpr study run remedies --seeds 6 --jobs 3: 30 runs, an hour on 2 cores.",
    vary=_vary,
    place=50,
    tries_remedies=True,
)
