"""What happens to the other runs when the process of one dies, or when one fails."""

import os

import pytest

from lpr_core.study.folder.results import StudyFolder
from lpr_core.study.running.run import RunOrder
from lpr_core.study.running.workers import RunEvent, divide_machine, perform_runs
from lpr_core.training.config import TrainingConfig


class Poison:
    """Ends the process that receives it, as the kernel ends one that eats all memory."""

    def __reduce__(self):
        return os._exit, (9,)


def order(folder, seed, config):
    return RunOrder(folder, "a", seed, config, asked_rows=(), image_paths=())


def perform(orders, jobs, tmp_path) -> list[RunEvent]:
    events: list[RunEvent] = []
    perform_runs(orders, jobs, tmp_path / "log.txt", events.append)
    return events


def test_a_process_that_dies_takes_one_run_with_it(tmp_path):
    orders = [order(tmp_path, seed, Poison()) for seed in range(3)]
    events = perform(orders, 2, tmp_path)
    reason = "Its process ended with code 9; was there enough memory?"
    assert sorted(event.order.seed for event in events) == [0, 1, 2]
    assert {(event.is_over, event.error) for event in events} == {(True, reason)}
    for seed in range(3):
        run = StudyFolder(tmp_path).run("a", seed)
        assert (run.state, run.reason) == ("failed", reason)


def test_a_run_that_fails_is_told_and_the_next_one_gets_its_turn(tmp_path):
    pytest.importorskip("keras")
    config = TrainingConfig(manifest=str(tmp_path / "missing.csv"))
    events = perform([order(tmp_path, seed, config) for seed in range(2)], 1, tmp_path)
    assert [event.order.seed for event in events if event.is_over] == [0, 1]
    assert all("FileNotFoundError" in event.error for event in events)
    assert "missing.csv" in StudyFolder(tmp_path).run("a", 1).reason
    assert "Traceback" in (tmp_path / "log.txt").read_text()


def test_nothing_to_do(tmp_path):
    assert perform([], 4, tmp_path) == []


@pytest.mark.parametrize(("jobs", "threads"), [(1, "6"), (2, "3"), (4, "1"), (20, "1")])
def test_processes_share_threads_and_the_card(jobs, threads, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(6)), raising=False)
    environment = divide_machine(jobs)
    assert environment["OMP_NUM_THREADS"] == environment["TF_NUM_INTRAOP_THREADS"] == threads
    assert environment["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert float(environment["XLA_PYTHON_CLIENT_MEM_FRACTION"]) * jobs == pytest.approx(
        0.9, abs=0.01
    )
