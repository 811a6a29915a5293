"""Run a study: variants times seeds, resumable, several at a time."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

from lpr_core.data.manifest import write_manifest
from lpr_core.study.designs import Design, Variant, build_design, list_runs_of
from lpr_core.study.plates import (
    StudyPlates,
    choose_plates,
    describe_plates,
    draw_plates,
    find_asked_rows,
    list_asked_plates,
    read_plates,
    tabulate_plates,
    write_pictures,
)
from lpr_core.study.presets import StudyPreset, find_preset
from lpr_core.study.record import RECORD_NAME, StudyRecord
from lpr_core.study.results import StudyFolder, summarize_study
from lpr_core.study.run import RunOrder, discard_weights
from lpr_core.study.workers import RunEvent, perform_runs
from lpr_core.training.config import TrainingConfig
from lpr_core.training.trackers import check_trackers


@dataclass(frozen=True)
class StudyRequest:
    """What a person asks for.

    Attributes:
        design: As `build_design` knows it.
        preset: As `find_preset` knows it.
        manifest: The plates; `None` draws them.
        num_seeds: Seeds 0, 1, ...; `None` is the preset's number.
        jobs: Runs at a time.
        backbone: Another backbone than the preset's.
        weights: What transfer starts from, in the place of the backbone's own ImageNet weights.
        only: Variants to run now; none are all.
        trackers: Where runs are also written while they train.
        keeps_weights: Whether each run's network stays in its folder.
    """

    design: str
    preset: str = "laptop"
    manifest: Path | None = None
    num_seeds: int | None = None
    jobs: int = 1
    backbone: str | None = None
    weights: str | None = None
    only: tuple[str, ...] = ()
    trackers: tuple[str, ...] = ()
    keeps_weights: bool = False


@dataclass(frozen=True)
class StudyProgress:
    """How far a study is.

    Attributes:
        done: Runs that are finished, earlier ones included.
        total: Runs in all.
        failures: By run name, why it failed in this session.
        running: By run name, the share of its training that is done.
        seconds_left: Estimate; `None` before there is anything to go by.
    """

    done: int
    total: int
    failures: dict[str, str] = field(default_factory=dict)
    running: dict[str, float] = field(default_factory=dict)
    seconds_left: float | None = None


Listener = Callable[[StudyProgress], None]
DrawingListener = Callable[[int, int], None]


def run_study(
    request: StudyRequest,
    study_dir: Path,
    on_progress: Listener | None = None,
    on_drawing: DrawingListener | None = None,
) -> StudyProgress:
    """Run what is not finished yet of a study, and return how far it came.

    Finished runs are skipped, killed and failed ones go on where their last epoch ended.

    Args:
        request: What is asked for.
        study_dir: The study's folder; made when missing.
        on_progress: Called when a run begins, goes on or ends.
        on_drawing: Called while plates are drawn.

    Raises:
        ValueError: The request names something that does not exist, the plates cannot be used, or
            the folder holds another study.
    """
    preset = find_preset(request.preset)
    check_trackers(request.trackers)
    base = preset.configure("", request.backbone)
    plates = _find_plates(request, preset, base, on_drawing)
    base = base.model_copy(update={"manifest": str(plates.manifest_path)})
    weights = request.weights or preset.find_weights(request.backbone)
    design = build_design(request.design, base, weights, request.backbone)
    seeds = tuple(range(request.num_seeds or preset.count_seeds(design)))
    chosen = list(list_runs_of(design, seeds, request.only))
    folder = StudyFolder(study_dir)
    _claim(folder, design, preset, base, plates, seeds)
    _write_plates(folder, design, plates)
    return _perform(folder, request, base, plates, chosen, on_progress)


def _find_plates(
    request: StudyRequest,
    preset: StudyPreset,
    base: TrainingConfig,
    on_drawing: DrawingListener | None,
) -> StudyPlates:
    plate_format = base.recognizer.plate_format
    if request.manifest is not None:
        return read_plates(request.manifest, plate_format)
    return draw_plates(preset.plates, plate_format, request.jobs, on_drawing)


def _claim(
    folder: StudyFolder,
    design: Design,
    preset: StudyPreset,
    base: TrainingConfig,
    plates: StudyPlates,
    seeds: tuple[int, ...],
) -> None:
    """Write the study's record, unless the folder holds the same study already; seeds may grow."""
    record = StudyRecord(
        name=folder.path.name,
        design=design.name,
        preset=preset.name,
        question=design.question,
        metric=design.metric,
        variants=tuple(variant.record() for variant in design.variants),
        seeds=seeds,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        data=describe_plates(plates, base.recognizer.plate_format),
        base_config=_describe_base(base),
    )
    if not (folder.path / RECORD_NAME).is_file():
        record.write(folder.path)
        return
    known = folder.read_study()
    if differences := known.list_differences(record):
        raise ValueError(
            f"{folder.path} holds another study; different: {', '.join(differences)}. "
            "Choose another folder by --out."
        )
    joined = tuple(sorted({*known.seeds, *seeds}))
    if joined != known.seeds:
        known.model_copy(update={"seeds": joined}).write(folder.path)


def _describe_base(base: TrainingConfig) -> dict[str, object]:
    """Return the configuration without the folders of this machine."""
    return {**base.model_dump(mode="json"), "manifest": Path(base.manifest).name}


def _write_plates(folder: StudyFolder, design: Design, plates: StudyPlates) -> None:
    asked = list_asked_plates(plates, tuple(variant.plates for variant in design.variants))
    folder.write_plates(tabulate_plates(plates, asked))
    if plates.kind == "drawn":
        write_pictures(asked, folder.path / "pictures")


def _perform(
    folder: StudyFolder,
    request: StudyRequest,
    base: TrainingConfig,
    plates: StudyPlates,
    chosen: list[tuple[Variant, int]],
    on_progress: Listener | None,
) -> StudyProgress:
    done = [(variant, seed) for variant, seed in chosen if folder.is_done(variant.name, seed)]
    orders = [
        _order_run(folder, request, base, plates, variant, seed)
        for variant, seed in chosen
        if (variant, seed) not in done
    ]
    if not request.keeps_weights:
        for variant, seed in done:
            discard_weights(folder.run(variant.name, seed))
    ledger = _Ledger(folder, chosen, orders, request.jobs, on_progress)
    perform_runs(orders, request.jobs, folder.work_dir / "log.txt", ledger.note)
    _note_machine(folder, chosen)
    if summarize_study(folder.path).state == "complete":
        shutil.rmtree(folder.work_dir, ignore_errors=True)
    return ledger.progress()


def _order_run(
    folder: StudyFolder,
    request: StudyRequest,
    base: TrainingConfig,
    plates: StudyPlates,
    variant: Variant,
    seed: int,
) -> RunOrder:
    manifest_path = plates.manifest_path
    if not variant.plates.is_whole:
        manifest_path = folder.work_dir / f"{variant.name}-seed-{seed}.csv"
        write_manifest(choose_plates(plates, variant.plates, seed), manifest_path)
    # Equal steps for all shares of the plates: what differs is the data, not the training.
    steps = base.steps_per_epoch
    if variant.plates.share < 1:
        steps = steps or len(plates.rows_of("train")) // base.batch_size
    rows = find_asked_rows(plates, variant.plates)
    asked = list_asked_plates(plates, (variant.plates,)).iloc[rows]
    return RunOrder(
        folder.path,
        variant.name,
        seed,
        variant.configure(base, manifest=str(manifest_path), seed=seed, steps_per_epoch=steps),
        tuple(map(int, rows)),
        tuple(map(plates.shorten, asked["image_path"])),
        request.trackers,
        request.keeps_weights,
    )


def _note_machine(folder: StudyFolder, chosen: Sequence[tuple[Variant, int]]) -> None:
    """Copy into the study's record what its first run knows about code, backend and device."""
    record = folder.read_study()
    for variant, seed in chosen:
        known = folder.run(variant.name, seed).read_config()
        if known and not record.backend:
            update = {name: known[name] for name in ("code", "backend", "device")}
            record = record.model_copy(update=update)
            record.write(folder.path)


class _Ledger:
    """Keeps account of the runs of one session and tells a listener."""

    def __init__(
        self,
        folder: StudyFolder,
        chosen: Sequence[tuple[Variant, int]],
        orders: Sequence[RunOrder],
        jobs: int,
        on_progress: Listener | None,
    ) -> None:
        self._folder = folder
        self._waiting = {(order.variant, order.seed): order.name for order in orders}
        self._total = len(chosen)
        self._jobs = jobs
        self._on_progress = on_progress
        self._running: dict[str, float] = {}
        self._failures: dict[str, str] = {}
        self._seconds: dict[str, list[float]] = defaultdict(list)
        for variant, seed in chosen:
            if (variant.name, seed) not in self._waiting:
                self._note_seconds(variant.name, seed)
        self._tell()

    def note(self, event: RunEvent) -> None:
        """Take notice of what happened to a run."""
        order = event.order
        self._running[order.name] = event.share
        if event.is_over:
            del self._running[order.name]
            del self._waiting[order.variant, order.seed]
            if event.error:
                self._failures[order.name] = event.error
            else:
                self._note_seconds(order.variant, order.seed)
        self._tell()

    def progress(self) -> StudyProgress:
        """Return how far the study is."""
        left = [
            (variant, self._running.get(name, 0.0)) for (variant, _), name in self._waiting.items()
        ]
        return StudyProgress(
            self._total - len(self._waiting) - len(self._failures),
            self._total,
            dict(self._failures),
            dict(self._running),
            estimate_seconds_left(left, self._seconds, self._jobs),
        )

    def _note_seconds(self, variant: str, seed: int) -> None:
        metrics = self._folder.run(variant, seed).read_metrics()
        self._seconds[variant].append(metrics["train_seconds"])

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self.progress())


def estimate_seconds_left(
    left: Sequence[tuple[str, float]], known: Mapping[str, Sequence[float]], jobs: int
) -> float | None:
    """Estimate how long runs will take; `None` when none is known to go by.

    Args:
        left: For each unfinished run its variant and the share that is done.
        known: Seconds of finished runs by variant; a variant without takes the mean of all.
        jobs: Runs at a time.
    """
    everything = [seconds for values in known.values() for seconds in values]
    if not everything:
        return None if left else 0.0
    whole = mean(everything)
    seconds = [
        (1 - share) * (mean(known[variant]) if known.get(variant) else whole)
        for variant, share in left
    ]
    return sum(seconds) / min(jobs, max(len(left), 1))
