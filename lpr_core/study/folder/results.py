"""The study folder: what a study leaves behind, read without Keras."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from lpr_core.files import write_text_atomic
from lpr_core.places import SHIPPED_DIR, studies_dir
from lpr_core.saved import DamagedFileError, read_object
from lpr_core.study.folder.pictures import find_picture
from lpr_core.study.folder.record import RECORD_NAME, StudyRecord
from lpr_core.study.folder.states import find_damage, judge_run
from lpr_core.study.folder.tables import (
    PLATES_NAME,
    fingerprint_runs,
    read_clean,
    read_diagnosis,
    read_noisy,
    read_plates,
    write_noisy,
)
from lpr_core.training.runs import RunFolder

StudyState = Literal["complete", "partial", "empty", "damaged"]


@dataclass(frozen=True)
class StudyFolder:
    """One study on disk.

    Files: `study.json`, `plates.csv` (validation plates in order), `pictures/` (small ones of drawn
    plates; see `picture_path`), `runs/<variant>/seed-<n>/` (run folders with
    `noisy_predictions.csv.gz` beside the rest and without weights), and, once they are made,
    `answers.json` and `diagnosis.json`. While runs are missing, `work/` holds what can be computed
    anew.

    Attributes:
        path: The folder; its name is the study's.
    """

    path: Path

    @property
    def work_dir(self) -> Path:
        """Where manifests of single variants and features of frozen backbones lie meanwhile."""
        return self.path / "work"

    def read_study(self) -> StudyRecord:
        """Return the record.

        Raises:
            FileNotFoundError: The folder holds no study.
            ValueError: The file is damaged.
        """
        return StudyRecord.read(self.path)

    def run(self, variant: str, seed: int) -> RunFolder:
        """Return where one run is, or will be."""
        return RunFolder(self.path / "runs" / variant / f"seed-{seed}")

    def is_done(self, variant: str, seed: int) -> bool:
        """Whether a run is finished, whole, and was measured with noise and on training plates."""
        return self._read_state(variant, seed)["state"] == "finished"

    def runs(self, *, thorough: bool = False) -> pd.DataFrame:
        """Return one row for each run of the record, seed after seed.

        Columns: `variant, seed, path, state, reason`, and one for each factor. The state is
        `finished`, `started`, `failed`, `missing` or `damaged`.

        Args:
            thorough: Read the tables row by row as well, some 20 milliseconds a run, so that what
                is `finished` can be read.
        """
        record = self.read_study()
        rows = [
            {
                "variant": variant.name,
                "seed": seed,
                "path": str(self.run(variant.name, seed).path),
                **self._read_state(variant.name, seed, thorough=thorough),
                **variant.factors,
            }
            for seed in record.seeds
            for variant in record.variants
        ]
        return pd.DataFrame(rows)

    def predictions(self, variant: str, seed: int) -> pd.DataFrame:
        """Return what a run read on clean validation plates, as `RunFolder.read_predictions`.

        A column `plate` tells the row of `plates()`; runs of a cross-validation have some of them.

        Raises:
            FileNotFoundError: The run is not finished.
            DamagedFileError: The table is damaged.
        """
        return read_clean(self.run(variant, seed))

    def noisy_predictions(self, variant: str, seed: int) -> pd.DataFrame:
        """Return what a run read on noisy plates: `strength, plate, text, confidence`.

        Raises:
            FileNotFoundError: The run was not measured yet.
            DamagedFileError: The table is damaged.
        """
        return read_noisy(self.run(variant, seed))

    def write_noisy_predictions(self, variant: str, seed: int, table: pd.DataFrame) -> None:
        """Write what a run read on noisy plates; equal tables are equal files."""
        write_noisy(self.run(variant, seed), table)

    def histories(self) -> pd.DataFrame:
        """Return the history rows of all runs, with `variant` and `seed` in front.

        Damaged runs are left out; `runs()` tells of them.
        """
        tables = []
        for variant, seed in self.list_keys():
            if self.run(variant, seed).find_damage():
                continue
            history = self.run(variant, seed).read_history()
            if len(history):
                tables.append(history.assign(variant=variant, seed=seed))
        if not tables:
            return pd.DataFrame(columns=["variant", "seed"])
        table = pd.concat(tables, ignore_index=True)
        return table[["variant", "seed", *table.columns.drop(["variant", "seed"])]]

    def plates(self) -> pd.DataFrame:
        """Return the validation plates: `plate, image_path, truth, plate_region`.

        Raises:
            FileNotFoundError: The study never began.
            DamagedFileError: The table is damaged.
        """
        return read_plates(self.path)

    def write_plates(self, table: pd.DataFrame) -> None:
        """Write the validation plates."""
        write_text_atomic(self.path / PLATES_NAME, table.to_csv(index=False))

    def picture_path(self, plate: int) -> Path | None:
        """Return a plate's small picture; `None` where the study may not show it.

        Pictures need to be kept once: a study without any borrows them of one beside it that
        measured on the same plates.
        """
        return find_picture(self.path, plate)

    def read_answers(self) -> dict[str, Any]:
        """Return the verdicts; empty before `lpr study report`.

        Raises:
            DamagedFileError: The file is damaged; the verdicts can be computed anew.
        """
        return read_object(self.path / "answers.json")

    def write_answers(self, answers: Mapping[str, Any]) -> None:
        """Write the verdicts."""
        write_text_atomic(self.path / "answers.json", json.dumps(answers, indent=2))

    def read_diagnosis(self) -> dict[str, Any]:
        """Return the diagnosis; empty before `lpr study diagnose`.

        Raises:
            DamagedFileError: The file is damaged.
        """
        return read_diagnosis(self.path)

    def write_diagnosis(self, diagnosis: Mapping[str, Any]) -> None:
        """Write the diagnosis."""
        write_text_atomic(self.path / "diagnosis.json", json.dumps(diagnosis, indent=2))

    def fingerprint(self) -> str:
        """Return a SHA-256 over all finished runs' predictions, clean and noisy."""
        return fingerprint_runs(self.path)

    def list_keys(self) -> Iterator[tuple[str, int]]:
        """Yield variant and seed of each run of the record, seed after seed."""
        record = self.read_study()
        for seed in record.seeds:
            for variant in record.variants:
                yield variant.name, seed

    def _read_state(self, variant: str, seed: int, *, thorough: bool = False) -> dict[str, str]:
        state, reason = judge_run(self.path, self.run(variant, seed), thorough=thorough)
        return {"state": state, "reason": reason}


@dataclass(frozen=True)
class StudySummary:
    """A study in a list.

    Attributes:
        name: Name of the folder.
        path: The folder.
        state: `complete`, `partial` (runs are missing or failed), `empty` (none is finished) or
            `damaged`.
        reason: What is wrong, one sentence; empty when nothing is.
        design: Of the record.
        preset: Of the record.
        runs_done: Runs that are finished.
        runs_failed: Runs that failed.
        runs_total: Runs of the record.
        created: ISO time, UTC.
    """

    name: str
    path: Path
    state: StudyState
    reason: str = ""
    design: str = ""
    preset: str = ""
    runs_done: int = 0
    runs_failed: int = 0
    runs_total: int = 0
    created: str = ""


def list_studies(*folders: Path) -> list[StudySummary]:
    """Return the studies directly below some folders, newest first.

    Small files are read; tables that have not changed are only looked at once.

    Args:
        folders: Where to look; none are the user's and then the shipped ones.
    """
    paths = [
        path.parent
        for folder in folders or studies_dirs()
        for path in sorted(folder.glob(f"*/{RECORD_NAME}"))
    ]
    return sorted(map(summarize_study, paths), key=lambda study: study.created, reverse=True)


def summarize_study(path: Path) -> StudySummary:
    """Return how far a study is; one that cannot be read is `damaged`."""
    folder = StudyFolder(path)
    try:
        record, runs = folder.read_study(), folder.runs()
        done = int((runs["state"] == "finished").sum())
        damage = find_damage(path, is_begun=done > 0)
    except (DamagedFileError, OSError) as error:
        damage = str(error)
    if damage:
        return StudySummary(path.name, path, "damaged", f"The study cannot be read: {damage}")
    return StudySummary(
        path.name,
        path,
        "complete" if done == len(runs) else "partial" if done else "empty",
        " ".join(_list_lacks(folder, runs)),
        record.design,
        record.preset,
        runs_done=done,
        runs_failed=int((runs["state"] == "failed").sum()),
        runs_total=len(runs),
        created=record.created,
    )


def _list_lacks(folder: StudyFolder, runs: pd.DataFrame) -> Iterator[str]:
    """Yield a sentence for each thing that a study lacks, though it can be read."""
    states = runs["state"].value_counts()
    done, failed = int(states.get("finished", 0)), int(states.get("failed", 0))
    if done < len(runs):
        yield f"{done} of {len(runs)} runs are finished, {failed} failed."
    damaged = runs[runs["state"] == "damaged"]
    if len(damaged):
        first = damaged.iloc[0]
        yield (
            f"{len(damaged)} cannot be read, such as {first['variant']}, seed {first['seed']}: "
            f"{first['reason']}"
        )
    try:
        folder.read_answers()
    except DamagedFileError as error:
        yield f"Its saved answers cannot be read: {error}"


def studies_dirs() -> tuple[Path, Path]:
    """Return the folders of studies: the user's, then the shipped ones."""
    return studies_dir(), SHIPPED_DIR / "studies"


def find_study(name: str) -> StudyFolder:
    """Return a study by its name, the user's before a shipped one, or by its path.

    Raises:
        FileNotFoundError: There is none; the message lists all names.
    """
    for path in (*(folder / name for folder in studies_dirs()), Path(name)):
        if (path / RECORD_NAME).is_file():
            return StudyFolder(path)
    known = ", ".join(study.name for study in list_studies()) or "none yet"
    raise FileNotFoundError(f"There is no study {name!r}. Studies: {known}.")
