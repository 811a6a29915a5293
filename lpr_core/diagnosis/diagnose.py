"""Measure every suspect of why the frozen network learned its training plates and not others.

A diagnosis belongs to a study with a frozen variant. It takes that variant's configuration and the
study's plates, measures one suspect after the other, and keeps each as soon as it is measured: a
diagnosis that was killed goes on where it was. What it measures is judged by
`lpr_core.evidence.suspects.judges`.
"""

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lpr_core.data.manifest import fingerprint
from lpr_core.diagnosis.probes import Parts
from lpr_core.diagnosis.saved_runs import (
    find_frozen_variant,
    find_remedies,
    judge_remedies,
    measure_gap,
    read_frozen_config,
)
from lpr_core.evidence.suspects.judges import judge_suspects
from lpr_core.evidence.suspects.suspects import QUESTIONS, summarize
from lpr_core.study.folder.record import StudyRecord
from lpr_core.study.folder.results import StudyFolder
from lpr_core.study.plates import StudyPlates, draw_plates, read_plates
from lpr_core.study.presets import find_preset
from lpr_core.training.config import TrainingConfig

if TYPE_CHECKING:
    from pydantic import BaseModel

    from lpr_core.diagnosis.bench import Bench

Listener = Callable[[str, int, int], None]
"""Told a suspect's name, how many are measured and how many there are in all."""

_UNMEASURED = "It needs a finished study of the remedies on the same plates."


@dataclass(frozen=True)
class DiagnosisSize:
    """How many plates a diagnosis looks at.

    Attributes:
        num_train: Most training plates of the probes.
        num_validation: Most validation plates.
        num_tuned: Training pictures of the fine-tuned run, to the next whole epoch.
        num_memory: Most training plates of the shuffled-label control. Heads see each of them as
            often as the runs did, so with all plates they also take as many steps.
    """

    num_train: int
    num_validation: int
    num_tuned: int
    num_memory: int


SIZES: Mapping[str, DiagnosisSize] = {
    "account": DiagnosisSize(5_000, 3_000, 100_000, 10_000),
    "laptop": DiagnosisSize(2_000, 800, 36_000, 10_000),
    "smoke": DiagnosisSize(120, 40, 160, 120),
}
"""By the name of the study's preset."""


@dataclass(frozen=True)
class DiagnosisRequest:
    """What a person asks for.

    Attributes:
        size: One of `SIZES`; `None` is that of the study's preset.
        manifest: The study's plates, where the study did not draw them.
        tuned_run: A fine-tuned run with weights; `None` trains one.
        weights: What transfer started from, where the study was given a file of its own.
    """

    size: str | None = None
    manifest: Path | None = None
    tuned_run: Path | None = None
    weights: str | None = None


def diagnose_study(
    folder: StudyFolder, request: DiagnosisRequest, on_progress: Listener | None = None
) -> dict[str, Any]:
    """Measure what is not measured yet, judge everything, write and return `diagnosis.json`.

    The gap is read from the finished runs, of which there may be more by now, so each time anew.

    Args:
        folder: A study with a frozen variant, at least one run of which is finished.
        request: What is asked for.
        on_progress: Called before each suspect and at the end.

    Raises:
        ValueError: The study has no frozen run, or its plates are not those of the manifest.
        FileNotFoundError: The plates or the weights are not where they should be.
    """
    record = folder.read_study()
    variant = find_frozen_variant(record)
    size = _find_size(request.size or record.preset)
    plates = find_plates(record, request.manifest)
    config = read_frozen_config(folder, variant)
    weights = request.weights or find_weights(record, config.network.weights)
    network = config.network.model_copy(update={"weights": weights})
    config = config.model_copy(
        update={"manifest": str(plates.manifest_path), "seed": 0, "network": network}
    )
    diagnosis = _open(folder, record, variant, size, plates, config)
    tools = _Tools(folder, variant, config, size, plates, request.tuned_run)
    for number, name in enumerate(QUESTIONS):
        if name == "gap" or name not in diagnosis["measurements"]:
            _tell(on_progress, name, number)
            started = time.monotonic()
            diagnosis["measurements"][name] = tools.measure(name).model_dump(mode="json")
            diagnosis["seconds"][name] = round(time.monotonic() - started, 1)
            _write(folder, diagnosis)
    _write(folder, diagnosis)
    _tell(on_progress, "", len(QUESTIONS))
    return diagnosis


def find_plates(record: StudyRecord, manifest: Path | None) -> StudyPlates:
    """Return the plates of a study: the manifest's, or drawn anew.

    Raises:
        ValueError: The study did not draw its plates and no manifest is named, or it has others.
        FileNotFoundError: There is no such file.
    """
    base = TrainingConfig.model_validate(record.base_config)
    if manifest is None and record.data.kind != "drawn":
        raise ValueError(f"{record.name} was made of a person's plates; name them by --manifest.")
    if manifest is None:
        # Another version of the picture libraries may draw a pixel otherwise: no harm here.
        return draw_plates(find_preset(record.preset).plates, base.network)
    plates = read_plates(manifest, base.network)
    if fingerprint(plates.frame) != record.data.fingerprint:
        raise ValueError(f"{manifest} has other plates than the study {record.name}.")
    return plates


def find_weights(record: StudyRecord, kept: str) -> str:
    """Return what transfer started from; `kept` is what the frozen runs remember of it.

    Runs keep the name of a file or folder and not where it lay, for that tells of a machine.

    Raises:
        FileNotFoundError: It is neither there nor what the study's preset starts from.
    """
    own = find_preset(record.preset).find_weights(None)
    if kept in ("imagenet", "none") or Path(kept).exists():
        return kept
    if Path(own).name != kept:
        raise FileNotFoundError(
            f"{record.name} started from {kept!r}; say by --weights where that is."
        )
    return own


class _Tools:
    """Measures suspects by name; loads pictures and networks when the first one needs them."""

    def __init__(
        self,
        folder: StudyFolder,
        variant: str,
        config: TrainingConfig,
        size: DiagnosisSize,
        plates: StudyPlates,
        tuned_run: Path | None,
    ) -> None:
        self._folder = folder
        self._variant = variant
        self._config = config
        self._size = size
        self._plates = plates
        self._tuned_run = tuned_run
        self._bench: Bench | None = None

    def measure(self, name: str) -> "BaseModel":
        if name == "gap":
            return measure_gap(self._folder, self._variant)
        if self._bench is None:
            self._bench = self._set_up()
        bench = self._bench
        measures: dict[str, Callable[[], BaseModel]] = {
            "memory": lambda: bench.measure_memory(*self._load("train", self._size.num_memory)),
            "position": bench.measure_position,
            "features": bench.measure_features,
            "drift": lambda: self._measure_drift(bench),
            "batch_statistics": bench.measure_norms,
            "input_scale": bench.measure_scales,
        }
        return measures[name]()

    def _set_up(self) -> "Bench":
        from lpr_core.diagnosis.bench import Bench

        train, train_truth = self._load("train", self._size.num_train)
        validation, validation_truth = self._load("validation", self._size.num_validation)
        passes = _count_passes(self._config, len(self._plates.rows_of("train")))
        return Bench(
            self._config.model_copy(update={"epochs": passes, "steps_per_epoch": None}),
            Parts(train, validation),
            Parts(train_truth, validation_truth),
        )

    def _load(self, split: str, most: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return pictures `(N, H, W, 3)` and texts `(N, S)` of some plates, evenly spread."""
        rows = self._plates.rows_of(split)
        chosen = rows.iloc[_spread(len(rows), most)]
        network = self._config.network
        task = self._config.task
        return task.read_pictures(chosen, network), task.encode_targets(chosen, network)

    def _measure_drift(self, bench: "Bench") -> "BaseModel":
        from lpr_core.diagnosis.tuned import take_tuned_run, train_tuned_run

        if self._tuned_run is not None:
            return bench.measure_drift(take_tuned_run(self._tuned_run, self._config))
        path = self._folder.work_dir / f"fine-tuned-{self._size.num_tuned}"
        found = bench.measure_drift(train_tuned_run(self._config, path, self._size.num_tuned))
        shutil.rmtree(path)
        return found


def _spread(count: int, most: int) -> NDArray[np.int64]:
    """Return at most so many rows of `count`, evenly spread, in order."""
    return np.linspace(0, count - 1, min(count, most)).astype(int)


def _count_passes(config: TrainingConfig, num_rows: int) -> int:
    """Return how often the study's runs see each of their training plates."""
    if config.steps_per_epoch is None:
        return config.epochs
    num_pictures = config.epochs * config.steps_per_epoch * config.batch_size
    return max(1, round(num_pictures / num_rows))


def _find_size(name: str) -> DiagnosisSize:
    if name not in SIZES:
        raise ValueError(f"The sizes are {', '.join(SIZES)}. Received: {name!r}")
    return SIZES[name]


def _open(
    folder: StudyFolder,
    record: StudyRecord,
    variant: str,
    size: DiagnosisSize,
    plates: StudyPlates,
    config: TrainingConfig,
) -> dict[str, Any]:
    """Return the folder's diagnosis when it asks the same, else an empty one."""
    setup = {
        "variant": variant,
        "size": asdict(size),
        "plates": fingerprint(plates.frame),
        # Its name only: a weight file lies elsewhere on other machines.
        "weights": Path(config.network.weights).name,
        "network": config.network.model_dump(mode="json", exclude={"weights"}),
    }
    known = folder.read_diagnosis()
    if known.get("setup") == setup:
        return known
    return {
        "schema": 1,
        "study": record.name,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "setup": setup,
        "measurements": {},
        "seconds": {},
    }


def _write(folder: StudyFolder, diagnosis: dict[str, Any]) -> None:
    """Judge what is measured so far and write it."""
    suspects = judge_suspects(diagnosis["measurements"])
    remedies = find_remedies(folder)
    found = judge_remedies(remedies) if remedies else []
    diagnosis["suspects"] = [suspect.model_dump(mode="json") for suspect in suspects]
    diagnosis["remedies"] = [remedy.model_dump(mode="json") for remedy in found]
    diagnosis["remedies_note"] = "" if remedies else _UNMEASURED
    diagnosis["summary"] = summarize(suspects)
    folder.write_diagnosis(diagnosis)


def _tell(on_progress: Listener | None, name: str, done: int) -> None:
    if on_progress is not None:
        on_progress(name, done, len(QUESTIONS))
