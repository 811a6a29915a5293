"""The run folder: what a training run leaves behind, written whole or not at all."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import pandas as pd

from lpr_core.files import write_gzip_atomic, write_text_atomic
from lpr_core.training.config import upgrade_settings
from lpr_core.untrusted import check_untrusted, open_untrusted, read_untrusted

HistoryRow = dict[str, float]
RunState = Literal["started", "finished", "failed"]

FREE_FIELDS = frozenset({"workers", "cache_megabytes"})
"""Settings of a training that change how fast a run is and not how it turns out."""

MAX_RESULT_BYTES = 500_000_000
"""The most that is read of one file of a run or a study, which somebody else may have made."""


@dataclass(frozen=True)
class RunFolder:
    """One run on disk.

    Files: `config.json` (configuration, data fingerprint, code, backend, device, seed, versions),
    `state.json`, `history.csv` (a row for each epoch), `metrics.json` and `predictions.csv.gz`
    (validation examples, made with the kept weights), `network.json`, `network.weights.h5` and,
    until the run is finished, `checkpoint.npz`.

    Attributes:
        path: The folder; its name is the run's name.
    """

    path: Path

    @property
    def state(self) -> RunState | None:
        """What became of the run; `None` when the folder holds none."""
        return _read_json(self.path / "state.json").get("state")

    @property
    def reason(self) -> str:
        """Why the run failed; empty for all others."""
        return _read_json(self.path / "state.json").get("reason", "")

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
        record = _read_json(self.path / "config.json")
        if "config" in record:
            record["config"] = upgrade_settings(record["config"])
        return record

    def write_metrics(self, metrics: Mapping[str, Any]) -> None:
        """Write the scores of the kept weights."""
        _write_json(self.path / "metrics.json", metrics)

    def read_metrics(self) -> dict[str, Any]:
        """Return the scores; empty for a run that is not finished."""
        return _read_json(self.path / "metrics.json")

    def write_history(self, rows: Sequence[HistoryRow]) -> None:
        """Write one row for each epoch, oldest first.

        Columns: `epoch, loss`, the task's scores, all of them again with `val_` in front,
        `learning_rate, seconds`.
        """
        table = pd.DataFrame(rows)
        write_text_atomic(self.path / "history.csv", table.to_csv(index=False))

    def read_history(self) -> pd.DataFrame:
        """Return one row for each epoch; no rows before the first epoch ends."""
        path = self.path / "history.csv"
        if not path.is_file():
            return pd.DataFrame(columns=["epoch"])
        with open_untrusted(path, MAX_RESULT_BYTES) as stream:
            return pd.read_csv(stream)

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
        texts = {name: str for name in ("image_path", "plate_region", "truth", "text")}
        path = self.path / "predictions.csv.gz"
        check_untrusted(path, MAX_RESULT_BYTES)
        table = pd.read_csv(path, dtype=texts, keep_default_na=False)
        return table.astype({"confidence": float}) if "confidence" in table else table


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
    # Not JSON or no table, no object, no access.
    except (ValueError, AttributeError, OSError) as error:
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


def _read_json(path: Path) -> dict[str, Any]:
    return json.loads(read_untrusted(path, MAX_RESULT_BYTES)) if path.is_file() else {}


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    write_text_atomic(path, json.dumps(value, indent=2))
