"""What happens around the steps of a run: measuring, saving, stopping, telling."""

# ruff: noqa: D102, ARG002 - methods that Keras asks for; the class docstring speaks for them

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from lpr_core.tasks.networks import save_network
from lpr_core.training.averaging import averaged_weights
from lpr_core.training.checkpoint import save_checkpoint
from lpr_core.training.config import TrainingConfig
from lpr_core.training.features import Batches
from lpr_core.training.patience import find_best_epoch, is_out_of_patience, rate_after_plateau
from lpr_core.training.penalties import measure_penalties
from lpr_core.training.runs import HistoryRow, RunFolder


@dataclass(frozen=True)
class TrainingProgress:
    """How far a run is.

    Attributes:
        epoch: Epochs that are finished.
        epochs: Epochs in all.
        step: Steps done in the present epoch.
        steps: Steps of an epoch.
        loss: Mean loss of the present epoch so far.
        seconds_left: Estimate from the steps of this process; `None` before its second step.
        row: The history row of the epoch that just ended, `None` within an epoch.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    seconds_left: float | None
    row: HistoryRow | None = None


ProgressListener = Callable[[TrainingProgress], None]


class EpochKeeper(keras.callbacks.Callback):
    """After each epoch: measures on the validation examples, writes the history, saves, decides.

    Args:
        config: The run's.
        folder: Where it writes.
        network: The whole network, of which the trained model may be the upper part.
        train: Told which epoch it is.
        validation: Examples to measure on.
        history: Rows of the epochs before, when a run goes on; grows in place.
    """

    def __init__(
        self,
        config: TrainingConfig,
        folder: RunFolder,
        network: keras.Model,
        train: Batches,
        validation: Batches,
        history: list[HistoryRow],
    ) -> None:
        super().__init__()
        self.config = config
        self.folder = folder
        self.network = network
        self.train = train
        self.validation = validation
        self.history = history
        self.diverged_at = ""
        self._started = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.train.epoch = epoch
        self._started = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if not math.isfinite(logs["loss"]):
            self.diverged_at = f"the loss became {logs['loss']} in step {batch + 1}"
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.diverged_at:
            self.diverged_at += f" of epoch {epoch + 1}"
            return
        with averaged_weights(self.model, self.train):
            row = {
                "epoch": epoch + 1,
                "loss": float(logs["loss"]),
                **self._watch(logs),
                **self._measure(),
                "learning_rate": float(self.model.optimizer.learning_rate),
                "seconds": time.monotonic() - self._started,
            }
            self.history.append(row)
            if self._is_kept():
                save_network(self.network, self.config.network, self.folder.path)
        self._decide()
        # The history first: a checkpoint must never be ahead of it.
        self.folder.write_history(self.history)
        save_checkpoint(self.folder.checkpoint_path, self.model, num_epochs=epoch + 1)

    def _watch(self, logs: Any) -> dict[str, float]:
        known = {**logs, **measure_penalties(self.network)}
        return {name: float(known[name]) for name in self.config.task.watched}

    def _measure(self) -> dict[str, float]:
        outputs = self.model.predict(self.validation, verbose=0)
        found = self.config.task.measure(
            self.validation.truth, outputs, self.config.label_smoothing, self.config.network
        )
        return {f"val_{name}": value for name, value in found.items()}

    def _is_kept(self) -> bool:
        best = find_best_epoch(self.history, self.config.monitor)
        return self.config.keep == "last" or best == len(self.history) - 1

    def _decide(self) -> None:
        config = self.config
        if config.plateau_patience is not None:
            self.model.optimizer.learning_rate = rate_after_plateau(
                self.history,
                config.monitor,
                config.plateau_patience,
                config.plateau_factor,
                config.plateau_min_rate,
            )
        if is_stopped_early(config, self.history):
            self.model.stop_training = True


class ProgressTeller(keras.callbacks.Callback):
    """Tells a listener about each step and each epoch, with the time that is left.

    Args:
        listener: Called in the training thread.
        history: The rows that `EpochKeeper` appends to.
    """

    def __init__(self, listener: ProgressListener, history: list[HistoryRow]) -> None:
        super().__init__()
        self._listener = listener
        self._history = history
        self._epoch = 0
        self._started: float | None = None
        self._steps_done = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._started is None:
            # The clock starts after the first step, which also compiles the graph.
            self._started = time.monotonic()
        else:
            self._steps_done += 1
        self._tell(self._epoch, batch + 1, logs["loss"], None)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        row = self._history[-1] if len(self._history) == epoch + 1 else None
        self._tell(epoch + 1, 0, logs["loss"], row)

    def _tell(self, epoch: int, step: int, loss: float, row: HistoryRow | None) -> None:
        epochs, steps = self.params["epochs"], self.params["steps"]
        seconds_left = None
        if self._started is not None and self._steps_done:
            pace = (time.monotonic() - self._started) / self._steps_done
            seconds_left = pace * ((epochs - epoch) * steps - step)
        self._listener(TrainingProgress(epoch, epochs, step, steps, float(loss), seconds_left, row))


def is_stopped_early(config: TrainingConfig, history: list[HistoryRow]) -> bool:
    """Tell whether early stopping ends the run after these epochs."""
    patience = config.early_stopping_patience
    return patience is not None and is_out_of_patience(history, config.monitor, patience)
