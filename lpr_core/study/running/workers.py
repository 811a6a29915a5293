"""Processes that perform runs: one dies, the others go on."""

import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread

from lpr_core.study.folder.results import StudyFolder
from lpr_core.study.running.run import RunOrder, perform_run

_SECONDS_BETWEEN_WORDS = 0.5
_RUNS_PER_PROCESS = 2
"""A fresh process gives back what frameworks never free: TensorFlow keeps about 0.6 GB of each run
of the laptop preset, so that three processes of twelve runs each filled 24 GB."""

# Spawned: a fork of a process that runs a framework's threads can hang.
_context = get_context("spawn")


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


@dataclass
class _Worker:
    """A process and what it works on."""

    process: BaseProcess
    pipe: Connection
    order: RunOrder | None = None
    runs_begun: int = field(default=0)


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
    waiting = deque(orders)
    make_slot = partial(_start, divide_machine(jobs), log_path)
    slots = [make_slot() for _ in range(min(jobs, len(waiting)))]
    try:
        for slot in slots:
            _hand_out(slot, waiting)
        while busy := [slot for slot in slots if slot.order is not None]:
            for pipe in wait([slot.pipe for slot in busy]):
                slot = next(slot for slot in busy if slot.pipe is pipe)
                event = _receive(slot)
                if event.is_over:
                    _free(slot, make_slot)
                    _hand_out(slot, waiting)
                on_event(event)
    finally:
        for slot in slots:
            slot.process.kill()
            slot.process.join()


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


def _start(environment: Mapping[str, str], log_path: Path) -> _Worker:
    here, there = _context.Pipe()
    process = _context.Process(target=_work, args=(there, dict(environment), log_path))
    process.start()
    there.close()
    return _Worker(process, here)


def _hand_out(slot: _Worker, waiting: deque[RunOrder]) -> None:
    if waiting:
        slot.order = waiting.popleft()
        slot.runs_begun += 1
        slot.pipe.send(slot.order)


def _receive(slot: _Worker) -> RunEvent:
    """Return what a process says, or that it died."""
    assert slot.order is not None, "only busy processes are listened to"
    try:
        event: RunEvent = slot.pipe.recv()
    except (EOFError, ConnectionError):
        slot.process.join()
        error = f"Its process ended with code {slot.process.exitcode}; was there enough memory?"
        _note_failure(slot.order, error)
        return RunEvent(slot.order, 0.0, is_over=True, error=error)
    return event


def _free(slot: _Worker, make_slot: Callable[[], _Worker]) -> None:
    """Make a process ready for the next run; a dead or an old one is replaced."""
    slot.order = None
    if slot.process.is_alive() and slot.runs_begun < _RUNS_PER_PROCESS:
        return
    slot.process.kill()
    slot.process.join()
    fresh = make_slot()
    slot.process, slot.pipe, slot.runs_begun = fresh.process, fresh.pipe, 0


def _work(pipe: Connection, environment: Mapping[str, str], log_path: Path) -> None:
    """Perform runs until there are no more; the life of a process."""
    os.environ.update(environment)  # before the framework is imported
    _redirect_output(log_path)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    Thread(target=_end_with_parent, daemon=True).start()
    _use_threads(int(environment["OMP_NUM_THREADS"]))
    while True:
        try:
            order: RunOrder = pipe.recv()
        except EOFError:
            return
        pipe.send(_try_run(order, pipe))


def _redirect_output(log_path: Path) -> None:
    """Keep the terminal for the progress; frameworks write past Python to the descriptors."""
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("ab") as log:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(log.fileno(), stream.fileno())


def _use_threads(count: int) -> None:
    import cv2

    cv2.setNumThreads(count)


def _try_run(order: RunOrder, pipe: Connection) -> RunEvent:
    import keras

    spoken = 0.0

    def tell(share: float) -> None:
        nonlocal spoken
        if time.monotonic() - spoken > _SECONDS_BETWEEN_WORDS:
            spoken = time.monotonic()
            pipe.send(RunEvent(order, share))

    try:
        perform_run(order, tell)
    except Exception as error:
        traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"
        _note_failure(order, reason)
        return RunEvent(order, 0.0, is_over=True, error=reason)
    finally:
        keras.utils.clear_session()
    return RunEvent(order, 1.0, is_over=True)


def _note_failure(order: RunOrder, reason: str) -> None:
    """Write why a run failed; one that is trained stays so, to be measured the next time."""
    run = StudyFolder(order.study_dir).run(order.variant, order.seed)
    if run.state != "finished":
        run.write_state("failed", reason)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None, "workers have parents"
    parent.join()
    os._exit(1)
