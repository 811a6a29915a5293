"""The study folder: what a study leaves behind, read without Keras."""

import filecmp
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.files import write_gzip_atomic, write_text_atomic
from lpr_core.places import SHIPPED_DIR, studies_dir
from lpr_core.study.folder.record import RECORD_NAME, StudyRecord
from lpr_core.tasks.task import find_task
from lpr_core.training.runs import MAX_RESULT_BYTES, RunFolder
from lpr_core.untrusted import check_untrusted, open_untrusted, read_untrusted

StudyState = Literal["complete", "partial", "empty", "damaged"]
NOISY_COLUMNS = ("strength", "plate", "text", "confidence")
PLATE_COLUMNS = ("plate", "image_path", "truth", "plate_region")
_NOISY_NAME = "noisy_predictions.csv.gz"
_TEXTS = {"image_path": str, "truth": str, "text": str, "plate_region": str}


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
        """Whether a run is finished and was measured with noise and on training plates."""
        run = self.run(variant, seed)
        return (
            run.state == "finished"
            and "train" in run.read_metrics()
            and (run.path / _NOISY_NAME).is_file()
        )

    def runs(self) -> pd.DataFrame:
        """Return one row for each run of the record, seed after seed.

        Columns: `variant, seed, path, state, reason`, and one for each factor. The state is
        `finished`, `started`, `failed`, `missing` or `damaged`.
        """
        record = self.read_study()
        rows = [
            {
                "variant": variant.name,
                "seed": seed,
                "path": str(self.run(variant.name, seed).path),
                **self._read_state(variant.name, seed),
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
        """
        table = self.run(variant, seed).read_predictions()
        if "plate" not in table:
            table.insert(0, "plate", np.arange(len(table)))
        return table

    def noisy_predictions(self, variant: str, seed: int) -> pd.DataFrame:
        """Return what a run read on noisy plates: `strength, plate, text, confidence`.

        Raises:
            FileNotFoundError: The run was not measured yet.
        """
        path = self.run(variant, seed).path / _NOISY_NAME
        check_untrusted(path, MAX_RESULT_BYTES)
        return pd.read_csv(path, dtype={"text": str}, keep_default_na=False)

    def write_noisy_predictions(self, variant: str, seed: int, table: pd.DataFrame) -> None:
        """Write what a run read on noisy plates; equal tables are equal files."""
        path = self.run(variant, seed).path / _NOISY_NAME
        write_gzip_atomic(path, table.to_csv(index=False).encode())

    def histories(self) -> pd.DataFrame:
        """Return the history rows of all runs, with `variant` and `seed` in front."""
        tables = []
        for variant, seed in self._list_keys():
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
        """
        with open_untrusted(self.path / "plates.csv", MAX_RESULT_BYTES) as stream:
            return pd.read_csv(stream, dtype=_TEXTS, keep_default_na=False)

    def write_plates(self, table: pd.DataFrame) -> None:
        """Write the validation plates."""
        write_text_atomic(self.path / "plates.csv", table.to_csv(index=False))

    def picture_path(self, plate: int) -> Path | None:
        """Return a plate's small picture; `None` where the study may not show it.

        Pictures need to be kept once: a study without any borrows them of one beside it that
        measured on the same plates.
        """
        lender = self if self._has_pictures() else self._find_lender()
        path = lender.path / "pictures" / f"{plate}.jpg" if lender else None
        return path if path and path.is_file() else None

    def read_answers(self) -> dict[str, Any]:
        """Return the verdicts; empty before `lpr study report`."""
        return _read_json(self.path / "answers.json")

    def write_answers(self, answers: Mapping[str, Any]) -> None:
        """Write the verdicts."""
        write_text_atomic(self.path / "answers.json", json.dumps(answers, indent=2))

    def read_diagnosis(self) -> dict[str, Any]:
        """Return the diagnosis; empty before `lpr study diagnose`."""
        return _read_json(self.path / "diagnosis.json")

    def write_diagnosis(self, diagnosis: Mapping[str, Any]) -> None:
        """Write the diagnosis."""
        write_text_atomic(self.path / "diagnosis.json", json.dumps(diagnosis, indent=2))

    def fingerprint(self) -> str:
        """Return a SHA-256 over all finished runs' predictions, clean and noisy."""
        total = hashlib.sha256()
        for path in sorted((self.path / "runs").glob("*/seed-*/*predictions.csv.gz")):
            content = hashlib.sha256(read_untrusted(path, MAX_RESULT_BYTES)).hexdigest()
            total.update(f"{path.relative_to(self.path).as_posix()} {content}\n".encode())
        return total.hexdigest()

    def _has_pictures(self) -> bool:
        return (self.path / "pictures").is_dir()

    def _find_lender(self) -> Self | None:
        others = (type(self)(path.parent) for path in self.path.parent.glob("*/pictures"))
        return next((other for other in others if self._measures_on_plates_of(other)), None)

    def _measures_on_plates_of(self, other: Self) -> bool:
        """Whether two studies have the same plates, and number them alike."""
        try:
            theirs, ours = other.read_study().data, self.read_study().data
            return theirs.fingerprint == ours.fingerprint and filecmp.cmp(
                self.path / "plates.csv", other.path / "plates.csv", shallow=False
            )
        except (OSError, ValueError):
            return False  # a damaged study lends nothing

    def _list_keys(self) -> Iterator[tuple[str, int]]:
        record = self.read_study()
        for seed in record.seeds:
            for variant in record.variants:
                yield variant.name, seed

    def _read_state(self, variant: str, seed: int) -> dict[str, str]:
        run = self.run(variant, seed)
        try:
            state, reason = run.state, run.reason
            if state == "finished" and not self.is_done(variant, seed):
                state = "started"
        except (ValueError, AttributeError, OSError) as error:
            return {"state": "damaged", "reason": f"A file of the run cannot be read: {error}"}
        return {"state": state or "missing", "reason": reason}


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
    """Return the studies directly below some folders, newest first; reads small files only.

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
    try:
        folder = StudyFolder(path)
        record, states = folder.read_study(), folder.runs()["state"]
    except (ValueError, KeyError, OSError) as error:
        return StudySummary(path.name, path, "damaged", f"The study cannot be read: {error}")
    counts = states.value_counts()
    done, failed, total = int(counts.get("finished", 0)), int(counts.get("failed", 0)), len(states)
    state: StudyState = "complete" if done == total else "partial" if done else "empty"
    reason = "" if done == total else f"{done} of {total} runs are finished, {failed} failed."
    return StudySummary(
        path.name,
        path,
        state,
        reason,
        record.design,
        record.preset,
        runs_done=done,
        runs_failed=failed,
        runs_total=total,
        created=record.created,
    )


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


@dataclass(frozen=True)
class StudyOutcome:
    """Which characters the finished runs read right on clean validation plates.

    Attributes:
        truth: Plate texts `(P,)`.
        correct: By variant and seed: `(P, S)` bool. In a cross-validation, only the rows of the
            run's own fold.
        plates: By variant and seed: the rows of `truth` `(P,)` that `correct` is about.
        character_accuracy: One row for each run: `variant, seed, character_accuracy`.
    """

    truth: NDArray[np.str_]
    correct: dict[tuple[str, int], NDArray[np.bool_]]
    plates: dict[tuple[str, int], NDArray[np.int64]]
    character_accuracy: pd.DataFrame


def correctness(folder: StudyFolder) -> StudyOutcome:
    """Compare what all finished runs read with the truth, character by character."""
    task = find_task(folder.read_study().task)
    truth = folder.plates()["truth"].to_numpy(dtype=str)
    correct, plates = {}, {}
    for variant, seed in folder._list_keys():
        if folder.is_done(variant, seed):
            table = folder.predictions(variant, seed)
            plates[variant, seed] = table["plate"].to_numpy()
            correct[variant, seed] = task.score_units(table, table)
    scores = [(variant, seed, right.mean()) for (variant, seed), right in correct.items()]
    accuracy = pd.DataFrame(scores, columns=["variant", "seed", "character_accuracy"])
    return StudyOutcome(truth, correct, plates, accuracy)


def _read_json(path: Path) -> dict[str, Any]:
    return json.loads(read_untrusted(path, MAX_RESULT_BYTES)) if path.is_file() else {}
