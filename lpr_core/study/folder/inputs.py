"""Reads what a study left behind into the plain values that the evidence is computed from."""

import zlib
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.evidence.answers import StudyInputs
from lpr_core.study.designs import find_design
from lpr_core.study.folder.record import StudyRecord
from lpr_core.study.folder.results import StudyFolder
from lpr_core.tasks.task import Task, find_task
from lpr_core.training.runs import RunFolder

Key = tuple[str, int]


def read_inputs(folder: StudyFolder) -> StudyInputs:
    """Return a study's results as plain values; runs that cannot be read become faults.

    Raises:
        FileNotFoundError: The folder holds no study, or no plate was measured yet.
        ValueError: The study's record is damaged.
    """
    record, states, units = folder.read_study(), folder.runs(), folder.plates()
    task = find_task(record.task)
    correct: dict[Key, NDArray[np.bool_]] = {}
    noisy: dict[float, dict[Key, NDArray[np.bool_]]] = {}
    texts: dict[Key, pd.DataFrame] = {}
    metrics: dict[Key, dict[str, Any]] = {}
    curves: dict[Key, list[float]] = {}
    faults: dict[Key, str] = {}
    for row in states.itertuples():
        key = (str(row.variant), int(str(row.seed)))
        if row.state in ("failed", "damaged"):
            faults[key] = str(row.reason)
        if row.state != "finished":
            continue
        try:
            clean, by_strength = _read_run(folder, *key, units, task)
            _check_units(record, clean, by_strength, units)
            metrics[key] = folder.run(*key).read_metrics()
            curves[key] = _read_curve(folder.run(*key), record.metric)
        # No gzip, cut off, no table, a column or a plate that is not there.
        except (ValueError, OSError, EOFError, zlib.error, LookupError) as error:
            faults[key] = f"its results cannot be read: {error}"
            continue
        correct[key] = task.score_units(clean, clean)
        if not record.data.masked and {"truth", "text"} <= set(clean):
            texts[key] = clean
        for strength, right in by_strength.items():
            noisy.setdefault(strength, {})[key] = right
    return StudyInputs(
        asked=find_design(record.design).asked,
        facts=_tell_facts(record),
        labels={variant.name: variant.label for variant in record.variants},
        factors={variant.name: variant.factors for variant in record.variants},
        seeds=record.seeds,
        correct=correct,
        noisy=dict(sorted(noisy.items())),
        texts=texts,
        metrics=metrics,
        curves=curves,
        faults=faults,
        baseline=float(record.data.baseline[record.metric]),
        usable=record.usable_character_accuracy,
        fingerprint=folder.fingerprint(),
        diagnosis=folder.read_diagnosis(),
    )


def _read_run(
    folder: StudyFolder, variant: str, seed: int, units: pd.DataFrame, task: Task
) -> tuple[pd.DataFrame, dict[float, NDArray[np.bool_]]]:
    """Return the clean predictions, and what was right at each strength."""
    clean = folder.predictions(variant, seed)
    by_strength = {
        float(str(strength)): task.score_units(
            units.iloc[rows["plate"]].reset_index(drop=True), rows.reset_index(drop=True)
        )
        for strength, rows in folder.noisy_predictions(variant, seed).groupby("strength")
    }
    return clean, by_strength


def _read_curve(run: RunFolder, metric: str) -> list[float]:
    """Return a run's score on validation examples after each epoch; none without a history."""
    history = run.read_history()
    column = f"val_{metric}"
    return [float(value) for value in history[column]] if column in history else []


def _check_units(
    record: StudyRecord,
    clean: pd.DataFrame,
    by_strength: dict[float, NDArray[np.bool_]],
    units: pd.DataFrame,
) -> None:
    """Raise ValueError for a run that read other plates than the study's, or not all of them."""
    wanted = len(clean) if find_design(record.design).asked.joins_folds else len(units)
    counts = {len(clean), *(len(right) for right in by_strength.values())}
    if counts != {wanted} or list(clean["truth"]) != list(units["truth"].iloc[clean["plate"]]):
        raise ValueError(
            f"it did not read the study's {wanted} plates. Received: "
            f"{', '.join(map(str, sorted(counts)))} readings"
        )


def _tell_facts(record: StudyRecord) -> dict[str, Any]:
    """Return what is told about a study wherever its numbers stand."""
    return record.model_dump(
        mode="json",
        include={
            "name",
            "design",
            "preset",
            "question",
            "metric",
            "seeds",
            "created",
            "code",
            "backend",
            "device",
            "data",
        },
    )
