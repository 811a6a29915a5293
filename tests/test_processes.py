"""Tasks in processes: results, failures, deaths, and that nothing is left behind."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from lpr_core.processes import TaskEvent, WorkerError, share_out
from tests.kit.living_processes import lives

PARENT = """
import sys
from lpr_core.processes import share_out
from tests.test_processes import write_process_id
share_out([sys.argv[1]], write_process_id, 1, print)
"""


class OddError(Exception):
    """One that cannot be rebuilt from its arguments."""

    def __init__(self, first, second):
        super().__init__(f"{first} and {second}")


def double(task, tell):
    tell(0.5)
    if task == 3:
        raise ValueError("three")
    if task == 4:
        os._exit(7)
    if task == 5:
        raise OddError("one", "two")
    return os.getpid(), 2 * task


def write_process_id(task, tell):
    Path(task).write_text(str(os.getpid()))
    time.sleep(1000)


def set_mark():
    os.environ["MARK"] = "set"


def read_mark(task, tell):
    return os.environ.get("MARK")


def do(tasks, work=double, jobs=1, **options) -> list[TaskEvent]:
    events: list[TaskEvent] = []
    share_out(tasks, work, jobs, events.append, **options)
    return [event for event in events if event.is_over]


@pytest.mark.parametrize("jobs", [1, 3])
def test_every_task_gets_its_result(jobs):
    events = do([1, 2, 6], jobs=jobs)
    assert {event.task: event.result[1] for event in events} == {1: 2, 2: 4, 6: 12}
    assert all(event.failure is None and event.share == 1.0 for event in events)
    if jobs == 1:
        assert [event.task for event in events] == [1, 2, 6]


def test_no_task_needs_no_process():
    assert do([]) == []


def test_the_others_go_on_after_a_failure_and_a_death():
    events = {event.task: event for event in do([3, 4, 5, 1])}
    assert [type(events[task].failure) for task in (3, 4, 5)] == [
        ValueError,
        WorkerError,
        WorkerError,
    ]
    assert str(events[3].failure) == "three"
    assert str(events[4].failure) == "Its process ended with code 7; was there enough memory?"
    assert str(events[5].failure) == "OddError: one and two"
    assert events[1].result[1] == 2


@pytest.mark.parametrize(("tasks_per_process", "num_processes"), [(1, 3), (2, 2), (None, 1)])
def test_old_processes_are_replaced(tasks_per_process, num_processes):
    events = do([0, 1, 2], tasks_per_process=tasks_per_process)
    assert len({event.result[0] for event in events}) == num_processes


def test_a_process_is_prepared_before_its_first_task():
    assert [event.result for event in do([1], read_mark, prepare=set_mark)] == ["set"]
    assert "MARK" not in os.environ


def test_progress_is_told():
    told: list[float] = []
    share_out([1], double, 1, lambda event: told.append(event.share))
    assert told == [0.5, 1.0]


def test_what_a_listener_raises_ends_everything():
    def stop(event):
        raise KeyError("enough")

    before = set(psutil.Process().children())
    with pytest.raises(KeyError, match="enough"):
        share_out([1, 2], double, 2, stop)
    assert {child for child in psutil.Process().children() if is_worker(child)} <= before


def is_worker(process: psutil.Process) -> bool:
    return "spawn_main" in " ".join(process.cmdline())


def test_a_process_ends_with_its_parent(tmp_path):
    path = tmp_path / "process-id"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(path)])
    deadline = time.monotonic() + 120
    while not (path.is_file() and path.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    while lives(int(path.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.05)
