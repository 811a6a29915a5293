"""What a clock that once ran ahead has written blocks nobody once it goes right."""

import os
import time
from datetime import timedelta

import pytest

from app.labeler.door.housekeeping import sweep_uploads
from lpr_core.labels import LabelStore, Role, SignInError
from lpr_core.labels.people import People
from lpr_core.labels.queue import Queue
from tests.kit.fake_clock import FakeClock
from tests.kit.label_samples import add_plate

MONTH = timedelta(days=30)
PASSWORD = "correct horse"


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def store(tmp_path, clock):
    opened = LabelStore(data_dir=tmp_path)
    opened.queue = Queue(opened._database, clock)
    opened.people = People(opened._database, clock)
    yield opened
    opened.close()


def test_a_lease_of_a_clock_that_ran_ahead_holds_nothing(store, clock):
    add_plate(store)
    clock.now += MONTH
    store.queue.hand_out("ana")
    clock.now -= MONTH
    assert store.queue.progress(1, "bob").leased == 0
    (assignment,) = store.queue.hand_out("bob")
    assert assignment.expires_at == clock.now + timedelta(minutes=10)
    store.queue.submit(assignment.assignment_id, "bob", None, "AB1", 1.0)


def test_a_plate_skipped_in_the_future_comes_back(store, clock):
    add_plate(store)
    clock.now += MONTH
    (assignment,) = store.queue.hand_out("ana")
    store.queue.skip(assignment.assignment_id, "ana")
    clock.now -= MONTH
    assert store.queue.hand_out("ana")


def test_guesses_of_the_future_slow_nobody_down(store, clock):
    store.people.add_user("ana", PASSWORD, Role.ADMIN)
    clock.now += MONTH
    for _ in range(5):
        with pytest.raises(SignInError):
            store.people.sign_in("ana", "wrong wrong", "10.0.0.1")
    clock.now -= MONTH
    assert store.people.sign_in("ana", PASSWORD, "10.0.0.1").user.name == "ana"


def test_a_session_of_the_future_ends_in_its_time(store, clock):
    store.people.add_user("ana", PASSWORD, Role.ADMIN)
    clock.now += MONTH
    secret = store.people.sign_in("ana", PASSWORD, "10.0.0.1").secret
    clock.now -= MONTH
    assert store.people.user_of_session(secret).name == "ana"
    clock.now += timedelta(hours=13)
    assert store.people.user_of_session(secret) is None


def test_uploads_of_the_future_are_swept(tmp_path):
    path = tmp_path / "upload.png"
    path.touch()
    os.utime(path, (time.time() + 10**7,) * 2)
    assert sweep_uploads(tmp_path) == 1
