"""Studies in this process, with a network of one convolution."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from lpr_core.backbones import build as backbones
from lpr_core.study import presets
from lpr_core.study.presets import DrawnPlates, StudyPreset
from lpr_core.study.running import runner
from lpr_core.study.running.run import perform_run
from lpr_core.study.running.workers import RunEvent
from tests.kit.training_kit import eager_networks, make_reading_config, tiny_backbone

TINY = StudyPreset(
    "tiny",
    {
        "network": make_reading_config(head="pooled").model_dump(),
        "epochs": 2,
        "batch_size": 4,
        "learning_rate": 1e-2,
        "workers": 1,
    },
    DrawnPlates("br", 1, 1),
    num_seeds=2,
    num_side_seeds=1,
    weights="none",
)
TINIEST = replace(TINY, name="tiniest", settings={**TINY.settings, "epochs": 1, "batch_size": 16})


@contextmanager
def tiny_studies() -> Iterator[None]:
    """Have presets `tiny` and `tiniest`, a network that runs eagerly, and runs in this process."""
    with eager_networks(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(backbones._BACKBONES, "compact", tiny_backbone())
        for preset in (TINY, TINIEST):
            patch.setitem(presets._PRESETS, preset.name, preset)
        patch.setattr(runner, "perform_runs", perform_here)
        yield


def perform_here(orders, jobs, log_path, on_event):
    """Perform runs one after the other; an `ArithmeticError` is a failed run."""
    for order in orders:
        error = ""
        try:
            perform_run(order, lambda share, order=order: on_event(RunEvent(order, share)))
        except ArithmeticError as fault:
            error = str(fault)
        on_event(RunEvent(order, 1.0, is_over=True, error=error))
