"""A short load and a few kills over HTTP: counts only, never times."""

import os

import psutil
import pytest

from lpr_core.labels import LabelStore
from tests.benchmarks.labels import (
    Place,
    describe_load,
    kill_again_and_again,
    run_load,
    serving,
    time_queue,
)
from tests.kit.labelling_team import Answer, Ledger, Loss, check_ledger, plant_plates, plant_rows

NUM_KILLS = int(os.environ.get("LPR_TEST_APP_KILLS", "5"))


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "data")


def test_a_team_loses_nothing(place, free_port):
    store = place.open_store()
    plant_rows(store, 1500)
    plant_plates(store, 30)
    store.close()
    with serving(place, free_port, "tests.kit.labeler_process") as process:
        url = f"http://127.0.0.1:{free_port}"
        server = psutil.Process(process.pid)
        result = run_load(place, url, server, people=3, uploaders=1, seconds=5, pause=0.2)
        assert time_queue(url, "person 0", times=2).shape == (2, 2)
    assert result.ledger.errors == {}
    assert result.loss == Loss(0, 0, 0)
    assert len(result.ledger.answers) >= 3
    assert len(result.ledger.uploads) >= 1
    assert "errors 0, lost answers 0, lost uploads 0, doubled plates 0" in describe_load(result)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_no_kill_loses_what_was_acknowledged(place, free_port):
    store = place.open_store()
    plant_plates(store, 100)
    store.close()
    result = kill_again_and_again(place, free_port, NUM_KILLS, people=2, longest_seconds=0.5)
    assert result.is_whole
    assert (result.loss.lost_answers, result.loss.lost_uploads) == (0, 0)
    assert result.loss.doubled == 0
    assert len(result.ledger.answers) >= NUM_KILLS


def test_a_loss_would_be_seen(place):
    store = place.open_store()
    plant_plates(store, 2)
    first, second = (record.picture.picture_id for record in store.records())
    store.add_revision(first, text="A1", author="person 0")
    store.add_revision(first, text="A2", author="person 1")
    ledger = Ledger(
        answers=[
            Answer(first, "A1", "person 0"),
            Answer(first, "A1", "person 1"),
            Answer(second, "A1", "person 0"),
            Answer("gone", "A1", "person 0"),
        ],
        uploads=[first, "gone"],
    )
    assert check_ledger(store, ledger) == Loss(lost_answers=3, lost_uploads=1, doubled=1)
    store.close()


def test_planted_rows_are_plates_like_others(place):
    store: LabelStore = place.open_store()
    plant_rows(store, 1001)
    assert store.counts()["unchecked"] == 1002
    (handed,) = store.queue.hand_out("ann")
    assert handed.record.reading.confidence == 0
    store.close()
