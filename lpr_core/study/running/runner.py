"""Run a study: variants times seeds, resumable, several at a time."""

import shutil
from pathlib import Path
from typing import Any

from lpr_core.saved import DamagedFileError
from lpr_core.study.folder.record import RECORD_NAME, StudyRecord
from lpr_core.study.folder.results import StudyFolder, summarize_study
from lpr_core.study.folder.tables import NOISY_NAME
from lpr_core.study.plates import list_asked_plates, tabulate_plates, write_pictures
from lpr_core.study.running.ledger import Ledger, Listener, StudyProgress
from lpr_core.study.running.plan import StudyPlan, StudyRequest, plan_study
from lpr_core.study.running.run import discard_weights
from lpr_core.study.running.twins import ORIGIN
from lpr_core.study.running.workers import RunEvent, perform_runs
from lpr_core.training.runs import RunFolder
from lpr_core.training.trackers import check_trackers


def run_study(
    request: StudyRequest, study_dir: Path, on_progress: Listener | None = None
) -> StudyProgress:
    """Run what is not finished yet of a study, and return how far it came.

    Finished runs are skipped, killed and failed ones go on where their last epoch ended.

    Args:
        request: What is asked for.
        study_dir: The study's folder; made when missing.
        on_progress: Called when a run begins, goes on or ends.

    Raises:
        ValueError: The request names something that does not exist, the plates cannot be used, or
            the folder holds another study.
        FileNotFoundError: There is no such manifest.
    """
    check_trackers(request.trackers)
    plan = plan_study(request)
    folder = StudyFolder(study_dir)
    _claim(folder, plan.describe(study_dir.resolve().name))
    _write_plates(folder, plan)
    progress = _perform(folder, plan, on_progress)
    if summarize_study(folder.path).state == "complete":
        shutil.rmtree(folder.work_dir, ignore_errors=True)
    return progress


def _claim(folder: StudyFolder, record: StudyRecord) -> None:
    """Write the study's record, unless the folder holds the same study already; seeds may grow."""
    if not (folder.path / RECORD_NAME).is_file():
        record.write(folder.path)
        return
    known = folder.read_study()
    if differences := known.list_differences(record):
        raise ValueError(
            f"{folder.path} holds another study; different: {', '.join(differences)}. "
            "Choose another folder by --out."
        )
    joined = tuple(sorted({*known.seeds, *record.seeds}))
    if joined != known.seeds:
        known.model_copy(update={"seeds": joined}).write(folder.path)


def _write_plates(folder: StudyFolder, plan: StudyPlan) -> None:
    choices = tuple(variant.plates for variant in plan.design.variants)
    asked = list_asked_plates(plan.plates, choices)
    folder.write_plates(tabulate_plates(plan.plates, asked))
    if plan.plates.kind == "drawn":
        write_pictures(asked, folder.path / "pictures")


def _perform(folder: StudyFolder, plan: StudyPlan, on_progress: Listener | None) -> StudyProgress:
    chosen = plan.list_runs()
    done = [(variant, seed) for variant, seed in chosen if _was_done(folder, variant.name, seed)]
    if not plan.request.keeps_weights:
        for variant, seed in done:
            discard_weights(folder.run(variant.name, seed))
    orders = plan.order_runs(folder, [key for key in chosen if key not in done])
    jobs = plan.request.jobs
    ledger = Ledger(folder, chosen, orders, jobs, on_progress)

    def note(event: RunEvent) -> None:
        ledger.note(event)
        if event.is_over:
            _note_machine(folder)  # at once: pages show a study while it runs

    perform_runs(orders, jobs, folder.work_dir / "log.txt", note)
    _note_machine(folder)  # of runs that were done before
    return ledger.progress()


def _was_done(folder: StudyFolder, variant: str, seed: int) -> bool:
    """Whether a run came to its end, though a file of it may be damaged since."""
    run = folder.run(variant, seed)
    try:
        is_measured = "train" in run.read_metrics() and (run.path / NOISY_NAME).is_file()
        return run.state == "finished" and is_measured
    except DamagedFileError:
        return False


def _note_machine(folder: StudyFolder) -> None:
    """Copy into the study's record what its first run knows about code, backend and device.

    Runs that were copied of another study speak only where there is no run of its own.
    """
    configs = [_read_config(Path(path)) for path in folder.runs()["path"]]
    begun = sorted((config for config in configs if config), key=lambda config: ORIGIN in config)
    if not begun:
        return
    record = folder.read_study()
    known = {name: begun[0][name] for name in ("code", "backend", "device")}
    if known != record.model_dump(include=set(known)):
        record.model_copy(update=known).write(folder.path)


def _read_config(run_dir: Path) -> dict[str, Any]:
    """Return a run's `config.json`; nothing of a damaged one, which must not stop the others."""
    try:
        return RunFolder(run_dir).read_config()
    except ValueError:
        return {}
