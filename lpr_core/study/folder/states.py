"""What became of each run of a study: finished, or what it lacks, or what is damaged about it."""

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from lpr_core.saved import DamagedFileError, check_table, require_places
from lpr_core.study.folder.tables import (
    CLEAN_NAME,
    NOISY_NAME,
    PLATES_NAME,
    RUN_FILES,
    STUDY_FILES,
    noisy_columns,
    read_clean,
    read_diagnosis,
    read_noisy,
    read_plates,
)
from lpr_core.training.runs import RunFolder


def find_damage(study_dir: Path, *, is_begun: bool) -> str:
    """Say what is damaged about the files that belong to no run; empty where nothing is.

    Args:
        study_dir: The study's folder.
        is_begun: Whether it has runs, and so must have plates.
    """
    return _find_damage(study_dir, is_begun, stamp_files(study_dir, STUDY_FILES))


@lru_cache(maxsize=512)
def _find_damage(study_dir: Path, is_begun: bool, _stamps: object) -> str:
    try:
        if is_begun or (study_dir / PLATES_NAME).exists():
            read_plates(study_dir)
        read_diagnosis(study_dir)
    except FileNotFoundError:
        return f"{PLATES_NAME} is missing."
    except (DamagedFileError, OSError) as error:
        return str(error)
    return ""


def judge_run(study_dir: Path, run: RunFolder, *, thorough: bool = False) -> tuple[str, str]:
    """Return the state of a run, and why it is not finished.

    Args:
        study_dir: The study's folder.
        run: One of its runs.
        thorough: Read the tables row by row as well.
    """
    stamps = stamp_files(run.path, RUN_FILES)
    if thorough:
        stamps += stamp_files(study_dir, (PLATES_NAME,))
    return _judge_run(run, study_dir, thorough, stamps)


def stamp_files(folder: Path, names: Iterable[str]) -> tuple[tuple[int, int, int] | None, ...]:
    """Return what changes when one of some files does; `None` for each that is not there."""
    stamps: list[tuple[int, int, int] | None] = []
    for name in names:
        try:
            status = os.stat(f"{folder}/{name}")  # noqa: PTH116 - thousands of them at every click
        except OSError:
            stamps.append(None)
        else:
            stamps.append((status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(stamps)


# A run that has not changed is looked at once: pages list all studies at every click.
@lru_cache(maxsize=8192)
def _judge_run(run: RunFolder, study_dir: Path, thorough: bool, _stamps: object) -> tuple[str, str]:
    """Return the state of a run, and why it is not finished."""
    try:
        state = run.state or "missing"
        damage = run.find_damage()
        if state == "finished" and not damage:
            if "train" not in run.read_metrics() or not (run.path / NOISY_NAME).is_file():
                return "started", run.reason
            _check_tables(run, study_dir, thorough=thorough)
    except (DamagedFileError, OSError) as error:
        damage = str(error)
    if damage:
        return "damaged", f"A file of the run cannot be read: {damage}"
    return state, run.reason


def _check_tables(run: RunFolder, study_dir: Path, *, thorough: bool) -> None:
    """Raise DamagedFileError for a table that is not whole, or holds what cannot be shown."""
    check_table(run.path / NOISY_NAME, noisy_columns(run.task))
    if not thorough:
        return
    count = len(read_plates(study_dir))
    noisy = read_noisy(run)
    require_places(read_clean(run), count, CLEAN_NAME)
    require_places(noisy, count, NOISY_NAME)
    if noisy.empty:
        raise DamagedFileError(f"{NOISY_NAME} holds no readings.")
