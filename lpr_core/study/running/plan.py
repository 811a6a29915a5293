"""From what a person asks for to the runs that answer it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lpr_core.data.manifest import write_manifest
from lpr_core.study.designs import Design, Variant, build_design, find_design, list_runs_of
from lpr_core.study.folder.record import StudyRecord
from lpr_core.study.folder.results import StudyFolder
from lpr_core.study.plates import (
    DRAWN_TASK,
    StudyPlates,
    choose_plates,
    describe_plates,
    draw_plates,
    find_asked_rows,
    list_asked_plates,
    read_plates,
)
from lpr_core.study.presets import StudyPreset, find_preset
from lpr_core.study.running.run import RunOrder
from lpr_core.training.config import TrainingConfig


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
class StudyPlan:
    """What a request comes to.

    Attributes:
        request: What was asked for.
        preset: The preset.
        base: The configuration that variants change.
        weights: What transfer starts from.
        design: The design.
        plates: The plates.
        seeds: Seeds that every variant runs with.
    """

    request: StudyRequest
    preset: StudyPreset
    base: TrainingConfig
    weights: str
    design: Design
    plates: StudyPlates
    seeds: tuple[int, ...]

    def list_runs(self) -> list[tuple[Variant, int]]:
        """Return the runs that were asked for, seed after seed."""
        return list(list_runs_of(self.design, self.seeds, self.request.only))

    def describe(self, name: str) -> StudyRecord:
        """Return the record of the study, which has this name, without this machine's folders."""
        design = self.design
        manifest_name = Path(self.base.manifest).name
        return StudyRecord(
            name=name,
            design=design.name,
            task=self.base.network.task,
            preset=self.preset.name,
            question=design.question,
            metric=design.metric,
            variants=tuple(variant.record() for variant in design.variants),
            seeds=self.seeds,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            data=describe_plates(self.plates, self.base.network),
            base_config={**self.base.model_dump(mode="json"), "manifest": manifest_name},
            weights=Path(self.weights).name,
        )

    def order_runs(
        self, folder: StudyFolder, runs: Iterable[tuple[Variant, int]]
    ) -> list[RunOrder]:
        """Return what processes must know; writes the manifests of variants with fewer plates."""
        return [self._order_run(folder, variant, seed) for variant, seed in runs]

    def _order_run(self, folder: StudyFolder, variant: Variant, seed: int) -> RunOrder:
        settings = {"manifest": self._find_manifest(folder, variant, seed), "seed": seed}
        if variant.plates.share < 1:
            settings["steps_per_epoch"] = self._count_steps()
        rows = find_asked_rows(self.plates, variant.plates)
        asked = list_asked_plates(self.plates, (variant.plates,)).iloc[rows]
        return RunOrder(
            folder.path,
            variant.name,
            seed,
            variant.configure(self.base, **settings),
            tuple(map(int, rows)),
            tuple(map(self.plates.shorten, asked["image_path"])),
            self.request.trackers,
            self.request.keeps_weights,
        )

    def _find_manifest(self, folder: StudyFolder, variant: Variant, seed: int) -> str:
        if variant.plates.is_whole:
            return str(self.plates.manifest_path)
        path = folder.work_dir / f"{variant.name}-seed-{seed}.csv"
        write_manifest(choose_plates(self.plates, variant.plates, seed), path)
        return str(path)

    def _count_steps(self) -> int:
        """Return the steps of an epoch of all plates: less data must not mean less training."""
        num_train = len(self.plates.rows_of("train"))
        return self.base.steps_per_epoch or num_train // self.base.batch_size


def plan_study(request: StudyRequest) -> StudyPlan:
    """Plan a study; where plates must be drawn, they are drawn now.

    Raises:
        ValueError: The request names something that does not exist, or its plates cannot be used.
        FileNotFoundError: There is no such manifest.
    """
    preset = find_preset(request.preset)
    base = preset.configure("", request.backbone, find_design(request.design).task)
    weights = request.weights or preset.find_weights(request.backbone)
    design = build_design(request.design, base, weights, request.backbone)
    for name in request.only:
        design.find_variant(name)
    plates = _find_plates(request, preset, base)
    return StudyPlan(
        request,
        preset,
        base.model_copy(update={"manifest": str(plates.manifest_path)}),
        weights,
        design,
        plates,
        seeds=tuple(range(request.num_seeds or preset.count_seeds(design))),
    )


def _find_plates(request: StudyRequest, preset: StudyPreset, base: TrainingConfig) -> StudyPlates:
    if request.manifest is not None:
        return read_plates(request.manifest, base.network)
    if base.network.task != DRAWN_TASK:
        raise ValueError(
            f"{request.design} is about {base.network.task}, for which nothing is drawn; name its "
            "examples by --manifest."
        )
    return draw_plates(preset.plates, base.network, request.jobs)
