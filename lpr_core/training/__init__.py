"""Training runs: configuration, presets, the run folder.

Here is what can be known without Keras; `lpr_core.training.fit.train_run` trains.
"""

from lpr_core.training.config import TrainingConfig
from lpr_core.training.presets import build_preset, preset_names
from lpr_core.training.runs import RunFolder, list_runs

__all__ = ["RunFolder", "TrainingConfig", "build_preset", "list_runs", "preset_names"]
