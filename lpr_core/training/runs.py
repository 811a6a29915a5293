"""The run folder: what a training run leaves behind, written whole or not at all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import pandas as pd
from pydantic import BaseModel

from lpr_core.files import write_gzip_atomic, write_text_atomic
from lpr_core.saved import DamagedFileError, check_table, read_object, read_table
from lpr_core.tasks.task import PENALTIES, Task, find_task
from lpr_core.training.config import upgrade_settings

HistoryRow = dict[str, float]
RunState = Literal["started", "finished", "failed"]

FREE_FIELDS = frozenset({"workers", "cache_megabytes"})
"""Settings of a training that change how fast a run is and not how it turns out."""

# What must hold of the files' JSON where it says something of these; the defaults stand for nothing
# being said, and are not taken over.


class _State(BaseModel):
    state: RunState
    reason: str = ""


class _Network(BaseModel):
    task: str = "reading"
    backbone: str = ""
    head: str = ""
    weights: str = ""
    freeze: float = 0.0


class _Settings(BaseModel):
    network: _Network = _Network()
    recognizer: _Network = _Network()
    seed: int = 0
    noise_strength: float = 0.0


class _Config(BaseModel):
    config: _Settings = _Settings()
    created: str = ""
    data: dict[str, Any] = {}
    code: dict[str, Any] = {}
    backend: str = ""
    device: dict[str, Any] = {}


class _Metrics(BaseModel):
    train_seconds: float = 0.0
    train: dict[str, float] = {}


@dataclass(frozen=True)
class RunFolder:
    """One run on disk.

    Files: `config.json` (configuration, data fingerprint, code, backend, device, seed, versions),
    `state.json`, `history.csv` (a row for each epoch), `metrics.json` and `predictions.csv.gz`
    (validation examples, made with the kept weights), `network.json`, `network.weights.h5` and,
    until the run is finished, `checkpoint.npz`. Whatever is read raises `DamagedFileError` where
    a file is there and is not what was written.

    Attributes:
        path: The folder; its name is the run's name.
    """

    path: Path

    @property
    def state(self) -> RunState | None:
        """What became of the run; `None` when the folder holds none."""
        return self._read_state().get("state")

    @property
    def reason(self) -> str:
        """Why the run failed; empty for all others."""
        return self._read_state().get("reason", "")

    @property
    def checkpoint_path(self) -> Path:
        """Where an unfinished run keeps what it needs to go on."""
        return self.path / "checkpoint.npz"

    def write_state(self, state: RunState, reason: str = "") -> None:
        """Note what became of the run."""
        _write_json(self.path / "state.json", {"state": state, "reason": reason})

    def write_config(self, record: Mapping[str, Any]) -> None:
        """Write what the run is made of; done before its first step."""
        _write_json(self.path / "config.json", record)

    def read_config(self) -> dict[str, Any]:
        """Return what `write_config` wrote, settings under today's names; empty without a file."""
        record = read_object(self.path / "config.json", _Config)
        if "config" in record:
            record["config"] = upgrade_settings(record["config"])
        return record

    @property
    def task(self) -> Task:
        """What the run was to learn.

        Raises:
            DamagedFileError: `config.json` is damaged, or names a task that is not known here.
        """
        network = self.read_config().get("config", {}).get("network", {})
        try:
            return find_task(network.get("task", "reading"))
        except ValueError as error:
            raise DamagedFileError(f"config.json is of another program: {error}") from error

    def write_metrics(self, metrics: Mapping[str, Any]) -> None:
        """Write the scores of the kept weights."""
        _write_json(self.path / "metrics.json", metrics)

    def read_metrics(self) -> dict[str, Any]:
        """Return the scores; empty for a run that is not finished."""
        metrics = read_object(self.path / "metrics.json", _Metrics)
        for name in metrics.get("train", {}):  # what was scored there was scored here
            if not isinstance(metrics.get(name, 0.0), int | float):
                raise DamagedFileError(f"metrics.json is damaged: {name}: no number.")
        return metrics

    def write_history(self, rows: Sequence[HistoryRow]) -> None:
        """Write one row for each epoch, oldest first; `history_columns` are its keys."""
        table = pd.DataFrame(rows, columns=list(history_columns(self.task)))
        write_text_atomic(self.path / "history.csv", table.to_csv(index=False))

    def read_history(self) -> pd.DataFrame:
        """Return one row for each epoch; no rows before the first epoch ends."""
        path = self.path / "history.csv"
        if not path.is_file():
            return pd.DataFrame(columns=["epoch"])
        return read_table(path, numbers=history_columns(self.task))

    def read_history_rows(self) -> list[HistoryRow]:
        """Return the history as `write_history` takes it."""
        return cast(list[HistoryRow], self.read_history().to_dict("records"))

    def write_predictions(self, table: pd.DataFrame) -> None:
        """Write one row for each validation example."""
        write_gzip_atomic(self.path / "predictions.csv.gz", table.to_csv(index=False).encode())

    def read_predictions(self) -> pd.DataFrame:
        """Return the predictions, texts as texts ("0012345" stays).

        Raises:
            FileNotFoundError: The run is not finished.
        """
        path, task = self.path / "predictions.csv.gz", self.task
        table = read_table(path, texts=task.text_columns, keep_default_na=False)
        check_table(path, task.prediction_columns)
        for column in set(task.prediction_columns) - set(task.text_columns):
            try:
                table[column] = table[column].astype(float)
            except ValueError as error:
                raise DamagedFileError(
                    f"{path.name} has other things than numbers in {column!r}."
                ) from error
        return table

    def find_damage(self) -> str:
        """Say what is damaged about the files that a finished run has; empty where nothing is.

        Rows of tables are not looked at: reading them tells the rest.
        """
        try:
            if self.state == "finished":
                for name in ("config.json", "metrics.json", "history.csv"):
                    if not (self.path / name).exists():
                        return f"{name} is missing."
                check_table(self.path / "predictions.csv.gz", self.task.prediction_columns)
            self.read_config()
            self.read_metrics()
            self.read_history()
        except DamagedFileError as error:
            return str(error)
        except FileNotFoundError as error:
            return f"{Path(error.filename).name} is missing."
        return ""

    def _read_state(self) -> dict[str, Any]:
        path = self.path / "state.json"
        return read_object(path, _State) if path.exists() else {}


def history_columns(task: Task) -> tuple[str, ...]:
    """Return the columns of a history.

    `epoch`, then of the training `loss` and what the task watches; of validation, with `val_` in
    front, `loss`, the scores and what is watched but penalties, which no example changes; then
    `learning_rate` and `seconds`.
    """
    watched = [name for name in task.watched if name not in PENALTIES]
    measured = dict.fromkeys(("loss", *task.scores, *watched))
    return (
        "epoch",
        *("loss", *task.watched),
        *(f"val_{name}" for name in measured),
        *("learning_rate", "seconds"),
    )


def list_runs(runs_dir: Path) -> pd.DataFrame:
    """Return one row for each run folder directly below `runs_dir`, newest first.

    Columns: `name, path, state, reason, created, task, backbone, head, weights, seed, epochs` (done
    so far) `, val_loss, val_character_accuracy, val_plate_accuracy` (of the last epoch; empty for
    tasks that have others). Reads small files only. A folder whose files cannot be read has the
    state `damaged` and says so in `reason`.
    """
    folders = [RunFolder(path.parent) for path in runs_dir.glob("*/state.json")]
    rows = [_summarize_or_blame(folder) for folder in folders]
    table = pd.DataFrame(rows, columns=list(_SUMMARY))
    return table.sort_values(["created", "name"], ascending=[False, True], ignore_index=True)


_SUMMARY = (
    "name",
    "path",
    "state",
    "reason",
    "created",
    "task",
    "backbone",
    "head",
    "weights",
    "seed",
    "epochs",
    "val_loss",
    "val_character_accuracy",
    "val_plate_accuracy",
)


def _summarize_or_blame(folder: RunFolder) -> dict[str, Any]:
    try:
        return _summarize(folder)
    except (DamagedFileError, OSError) as error:
        return {
            "name": folder.path.name,
            "path": str(folder.path),
            "state": "damaged",
            "reason": f"A file of the run cannot be read: {error}",
            "created": "",
            "epochs": 0,
        }


def _summarize(folder: RunFolder) -> dict[str, Any]:
    record = folder.read_config()
    config = record.get("config", {})
    history = folder.read_history()
    last = {} if history.empty else history.iloc[-1].to_dict()
    return {
        "name": folder.path.name,
        "path": str(folder.path),
        "state": folder.state,
        "reason": folder.reason,
        "created": record.get("created", ""),
        "seed": config.get("seed"),
        "epochs": len(history),
        **{
            key: config.get("network", {}).get(key)
            for key in ("task", "backbone", "head", "weights")
        },
        **{key: last.get(key) for key in _SUMMARY[-3:]},
    }


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    write_text_atomic(path, json.dumps(value, indent=2))
