"""The files of a study folder, read and checked."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lpr_core.evidence.suspects.diagnosis import DiagnosisRecord
from lpr_core.files import write_gzip_atomic
from lpr_core.saved import (
    DamagedFileError,
    read_object,
    read_table,
    require_columns,
    require_places,
)
from lpr_core.study.folder.record import RECORD_NAME, StudyRecord
from lpr_core.tasks.task import Task, find_task
from lpr_core.training.runs import RunFolder

CLEAN_NAME = "predictions.csv.gz"
NOISY_NAME = "noisy_predictions.csv.gz"
PLATES_NAME = "plates.csv"
STUDY_FILES = (RECORD_NAME, PLATES_NAME, "answers.json", "diagnosis.json")
RUN_FILES = (
    "config.json",
    "state.json",
    "history.csv",
    "metrics.json",
    CLEAN_NAME,
    NOISY_NAME,
)


def read_clean(run: RunFolder) -> pd.DataFrame:
    """Return what a run read on clean plates, with `plate` in front where it is not there.

    Raises:
        FileNotFoundError: The run is not finished.
        DamagedFileError: The table is damaged.
    """
    table = run.read_predictions()
    if "plate" not in table:
        table.insert(0, "plate", np.arange(len(table)))
    require_places(table, None, CLEAN_NAME)
    return table


def read_noisy(run: RunFolder) -> pd.DataFrame:
    """Return what a run said of noisy pictures, the columns `noisy_columns` of its task.

    Raises:
        FileNotFoundError: The run was not measured yet.
        DamagedFileError: The table is damaged.
    """
    columns, texts = noisy_columns(run.task), run.task.text_columns
    table = read_table(
        run.path / NOISY_NAME,
        texts=texts,
        numbers=[column for column in columns if column not in texts],
        keep_default_na=False,
    )
    require_columns(table, columns, NOISY_NAME)
    require_places(table, None, NOISY_NAME)
    return table


def write_noisy(run: RunFolder, table: pd.DataFrame) -> None:
    """Write what a run read on noisy plates; equal tables are equal files."""
    write_gzip_atomic(run.path / NOISY_NAME, table.to_csv(index=False).encode())


def noisy_columns(task: Task) -> tuple[str, ...]:
    """Return the columns of what a run said of noisy pictures."""
    return ("strength", "plate", *task.noisy_columns)


def fingerprint_runs(study_dir: Path) -> str:
    """Return a SHA-256 over all finished runs' predictions, clean and noisy."""
    total = hashlib.sha256()
    for path in sorted((study_dir / "runs").glob("*/seed-*/*predictions.csv.gz")):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(study_dir).as_posix()} {content}\n".encode())
    return total.hexdigest()


def read_plates(study_dir: Path) -> pd.DataFrame:
    """Return a study's validation examples: `plate, image_path` and what its task knows of each.

    Raises:
        FileNotFoundError: The study never began.
        DamagedFileError: The table is damaged.
    """
    path = study_dir / PLATES_NAME
    # Of runs that are just becoming a study nothing is written yet.
    is_study = (study_dir / RECORD_NAME).is_file()
    task = find_task(StudyRecord.read(study_dir).task if is_study else "reading")
    table = read_table(path, texts=task.text_columns, numbers=["plate"], keep_default_na=False)
    require_columns(table, ("plate", *task.truth_columns), path.name)
    require_places(table, len(table), path.name)
    if table.empty:
        raise DamagedFileError(f"{path.name} holds no plates.")
    return table


def read_diagnosis(study_dir: Path) -> dict[str, Any]:
    """Return a study's diagnosis; empty before there is one.

    Raises:
        DamagedFileError: The file is damaged.
    """
    return read_object(study_dir / "diagnosis.json", DiagnosisRecord)
