"""Share tasks out to processes of this machine: one dies, the others go on.

This is the one place that knows how tasks reach processes; whoever has several machines puts
another `share_out` in its place.
"""

import os
import pickle
import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Tell = Callable[[float], None]
"""Told the share of a task that is done, 0 to 1."""

_SECONDS_BETWEEN_WORDS = 0.5

# Spawned: a fork of a process that runs a framework's threads can hang.
_context = get_context("spawn")


class WorkerError(RuntimeError):
    """A process died, or its error could not be sent as it was; the message says it all."""


@dataclass(frozen=True)
class TaskEvent(Generic[Task]):
    """Something that happened to a task.

    Attributes:
        task: The task.
        share: Share of it that is done, 0 to 1.
        is_over: Whether it will not go on.
        result: What the work returned, once it is over and went well.
        failure: Why it went wrong; `None` when it did not.
    """

    task: Task
    share: float
    is_over: bool = False
    result: Any = None
    failure: Exception | None = None


@dataclass
class _Worker(Generic[Task]):
    """A process and what it works on."""

    process: BaseProcess
    pipe: Connection
    task: Task | None = None
    num_begun: int = 0


def share_out(
    tasks: Iterable[Task],
    work: Callable[[Task, Tell], Any],
    jobs: int,
    on_event: Callable[[TaskEvent[Task]], None],
    *,
    prepare: Callable[[], None] | None = None,
    tasks_per_process: int | None = None,
) -> None:
    """Do tasks in processes, as many at a time as there are jobs, begun in their order.

    What is sent to a process must be picklable: tasks, results, `work` and `prepare`. No process
    outlives this call, nor the process that called it.

    Args:
        tasks: What to do; none of them is `None`.
        work: Does one task in a process, tells how far it is, returns its result.
        jobs: Processes.
        on_event: Called in this thread; what it raises ends everything.
        prepare: Called once in each process before anything else.
        tasks_per_process: After so many a fresh process takes over; `None` keeps them.
    """
    waiting = deque(tasks)
    start: Callable[[], _Worker[Task]] = partial(_start, work, prepare)
    workers = [start() for _ in range(min(jobs, len(waiting)))]
    try:
        for worker in workers:
            _hand_out(worker, waiting)
        while busy := [worker for worker in workers if worker.task is not None]:
            for pipe in wait([worker.pipe for worker in busy]):
                worker = next(worker for worker in busy if worker.pipe is pipe)
                event = _receive(worker)
                if event.is_over:
                    _free(worker, start, tasks_per_process)
                    _hand_out(worker, waiting)
                on_event(event)
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.join()


def _start(work: Callable[[Task, Tell], Any], prepare: Callable[[], None] | None) -> _Worker[Task]:
    here, there = _context.Pipe()
    process = _context.Process(target=_live, args=(there, work, prepare))
    process.start()
    there.close()
    return _Worker(process, here)


def _hand_out(worker: _Worker[Task], waiting: deque[Task]) -> None:
    if waiting:
        worker.task = waiting.popleft()
        worker.num_begun += 1
        worker.pipe.send(worker.task)


def _receive(worker: _Worker[Task]) -> TaskEvent[Task]:
    """Return what a process says, or that it died."""
    assert worker.task is not None, "only busy processes are listened to"
    try:
        said: dict[str, Any] = worker.pipe.recv()
    except (EOFError, ConnectionError):
        worker.process.join()
        code = worker.process.exitcode
        failure = WorkerError(f"Its process ended with code {code}; was there enough memory?")
        return TaskEvent(worker.task, 0.0, is_over=True, failure=failure)
    return TaskEvent(worker.task, **said)


def _free(
    worker: _Worker[Task], start: Callable[[], _Worker[Task]], tasks_per_process: int | None
) -> None:
    """Make a process ready for the next task; a dead or an old one is replaced."""
    worker.task = None
    is_old = tasks_per_process is not None and worker.num_begun >= tasks_per_process
    if worker.process.is_alive() and not is_old:
        return
    worker.process.kill()
    worker.process.join()
    fresh = start()
    worker.process, worker.pipe, worker.num_begun = fresh.process, fresh.pipe, 0


def _live(
    pipe: Connection, work: Callable[[Task, Tell], Any], prepare: Callable[[], None] | None
) -> None:
    """Do tasks until there are no more; the life of a process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    Thread(target=_end_with_parent, daemon=True).start()
    if prepare is not None:
        prepare()
    while True:
        try:
            task: Task = pipe.recv()
        except EOFError:
            return
        pipe.send(_try(work, task, pipe))


def _try(work: Callable[[Task, Tell], Any], task: Task, pipe: Connection) -> dict[str, Any]:
    """Do a task and return the end of it as `TaskEvent` has it."""
    spoken = 0.0

    def tell(share: float) -> None:
        nonlocal spoken
        if time.monotonic() - spoken > _SECONDS_BETWEEN_WORDS:
            spoken = time.monotonic()
            pipe.send({"share": share})

    try:
        return {"share": 1.0, "is_over": True, "result": work(task, tell)}
    except Exception as error:
        traceback.print_exc()
        return {"share": 0.0, "is_over": True, "failure": _make_portable(error)}


def _make_portable(error: Exception) -> Exception:
    """Return the error, or its words where another process could not rebuild it."""
    try:
        same: Exception = pickle.loads(pickle.dumps(error))
        return same
    except Exception:
        return WorkerError(f"{type(error).__name__}: {error}")


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None, "workers have parents"
    parent.join()
    os._exit(1)
