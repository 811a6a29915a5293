"""Twins: a run that another study beside this one has done already.

Designs overlap. The `noise` study's run without noise, or the whole end of a learning curve, is run
for run a cell of `hypotheses`: the same settings, seed and plates give the same network, so it is
copied and not trained again.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lpr_core.study.folder.record import RECORD_NAME, StudyRecord
from lpr_core.study.folder.results import StudyFolder
from lpr_core.tasks.saved import is_network_file
from lpr_core.training.config import TrainingConfig
from lpr_core.training.runs import FREE_FIELDS, RunFolder

ORIGIN = "copied_from"
"""Key in a copied run's `config.json`: study, variant and seed of the run that was trained."""


def find_twin(
    folder: StudyFolder, config: TrainingConfig, plates: tuple[int, ...], backend: str
) -> RunFolder | None:
    """Return a finished run of a study in the folder beside this one that equals an asked run.

    Args:
        folder: The study that asks.
        config: What it would train.
        plates: Rows of its plates that the run is measured on, in order.
        backend: Of Keras; another one's numbers differ in the last digits.
    """
    asked = _settings_that_matter(config.model_dump(mode="json"))
    for run in _list_candidates(folder, config.seed):
        try:
            if _is_twin(run, asked, plates, backend):
                return run
        except ValueError:
            continue  # its files are damaged
    return None


def copy_run(twin: RunFolder, run: RunFolder) -> None:
    """Copy a finished run, all of it or nothing, and note where it comes from."""
    draft = RunFolder(run.path.with_name(f"draft.{run.path.name}"))
    shutil.rmtree(draft.path, ignore_errors=True)
    shutil.copytree(twin.path, draft.path, ignore=_skip_networks)
    record = draft.read_config()
    origin = record.get(ORIGIN) or "/".join(
        (twin.path.parents[2].name, twin.path.parent.name, twin.path.name)
    )
    draft.write_config({**record, ORIGIN: origin})
    draft.path.replace(run.path)


def _skip_networks(_folder: str, names: list[str]) -> list[str]:
    return list(filter(is_network_file, names))


def without_folders(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dumped `TrainingConfig` that names its files alone, not this machine's folders."""
    network = config["network"]
    return {
        **config,
        "manifest": Path(config["manifest"]).name,
        "network": {**network, "weights": Path(network["weights"]).name},
    }


def _settings_that_matter(config: Mapping[str, Any]) -> dict[str, Any]:
    # Through the class, so that a setting that is younger than the run has its default.
    whole = TrainingConfig.model_validate(config).model_dump(mode="json")
    portable = without_folders(whole)
    return {name: value for name, value in portable.items() if name not in FREE_FIELDS}


def _is_twin(run: RunFolder, asked: dict[str, Any], plates: tuple[int, ...], backend: str) -> bool:
    record = run.read_config()
    return (
        record.get("backend") == backend
        and _settings_that_matter(record["config"]) == asked
        and tuple(run.read_predictions()["plate"]) == plates
    )


def _list_candidates(folder: StudyFolder, seed: int) -> Iterator[RunFolder]:
    """Yield the done runs of this seed of the studies beside, where they have the same plates."""
    if not (folder.path / RECORD_NAME).is_file():
        return
    ours = folder.read_study()
    for path in sorted(folder.path.parent.glob(f"*/{RECORD_NAME}")):
        other = StudyFolder(path.parent)
        try:
            theirs = other.read_study()
        except ValueError:
            continue  # a damaged study lends nothing
        if other.path.name != folder.path.name and _is_like(theirs, ours):
            for variant in theirs.variants:
                if other.is_done(variant.name, seed):
                    yield other.run(variant.name, seed)


def _is_like(theirs: StudyRecord, ours: StudyRecord) -> bool:
    return theirs.data.fingerprint == ours.data.fingerprint and theirs.weights == ours.weights
