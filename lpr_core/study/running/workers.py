"""Perform a study's runs in processes that share the machine's cores and its GPU."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lpr_core.processes import TaskEvent, Tell, WorkerError, share_out
from lpr_core.study.folder.results import StudyFolder
from lpr_core.study.running.run import RunOrder, perform_run

_RUNS_PER_PROCESS = 2
"""A fresh process gives back what frameworks never free: TensorFlow keeps about 0.6 GB of each run
of the laptop preset, so that three processes of twelve runs each filled 24 GB."""


@dataclass(frozen=True)
class RunEvent:
    """Something that happened to a run.

    Attributes:
        order: The run.
        share: Share of its training that is done, 0 to 1.
        is_over: Whether it will not go on.
        error: Why it failed, one sentence; empty when it did not.
    """

    order: RunOrder
    share: float
    is_over: bool = False
    error: str = ""


def perform_runs(
    orders: Iterable[RunOrder], jobs: int, log_path: Path, on_event: Callable[[RunEvent], None]
) -> None:
    """Perform runs in processes, as many at a time as there are jobs.

    Args:
        orders: What to do, in this order.
        jobs: Processes; they share the cores, and a GPU where there is one.
        log_path: What frameworks say, and tracebacks, are appended to this file.
        on_event: Called in this thread.
    """

    def note(event: TaskEvent[RunOrder]) -> None:
        error = _describe_failure(event.failure)
        if error:
            _note_failure(event.task, error)
        on_event(RunEvent(event.task, event.share, event.is_over, error))

    share_out(
        orders,
        _perform,
        jobs,
        note,
        prepare=partial(_prepare, divide_machine(jobs), log_path),
        tasks_per_process=_RUNS_PER_PROCESS,
    )


def divide_machine(jobs: int) -> dict[str, str]:
    """Return the environment of one of so many processes: its threads, its part of a GPU."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    threads = max(1, (cores or 1) // jobs)
    return {
        "OMP_NUM_THREADS": str(threads),
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": "1",
        "NPROC": str(threads),  # what XLA's processor client reads
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "XLA_PYTHON_CLIENT_MEM_FRACTION": f"{0.9 / jobs:.3f}",
    }


def _prepare(environment: Mapping[str, str], log_path: Path) -> None:
    """Set up a process before its first run."""
    os.environ.update(environment)  # before the framework is imported
    _redirect_output(log_path)
    _use_threads(int(environment["OMP_NUM_THREADS"]))


def _redirect_output(log_path: Path) -> None:
    """Keep the terminal for the progress; frameworks write past Python to the descriptors."""
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("ab") as log:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(log.fileno(), stream.fileno())


def _use_threads(count: int) -> None:
    import cv2

    cv2.setNumThreads(count)


def _perform(order: RunOrder, tell: Tell) -> None:
    import keras

    try:
        perform_run(order, tell)
    finally:
        keras.utils.clear_session()


def _describe_failure(failure: Exception | None) -> str:
    if failure is None or isinstance(failure, WorkerError):
        return str(failure or "")
    return f"{type(failure).__name__}: {failure}"


def _note_failure(order: RunOrder, reason: str) -> None:
    """Write why a run failed; one that is trained stays so, to be measured the next time."""
    run = StudyFolder(order.study_dir).run(order.variant, order.seed)
    if run.state != "finished":
        run.write_state("failed", reason)
