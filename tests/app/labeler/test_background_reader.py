import logging

import pytest

from app.labeler import background_reader
from app.labeler.background_reader import BackgroundReader
from lpr_core.labels import LabelStore, StoreError
from tests.kit.fake_reader import FakeReader
from tests.kit.label_samples import picture_bytes


@pytest.fixture
def store(tmp_path):
    opened = LabelStore(data_dir=tmp_path / "data")
    yield opened
    opened.close()


def test_everything_that_waits_is_read(store, monkeypatch):
    monkeypatch.setattr(background_reader, "ROUND", 2)
    ids = [store.add_picture(picture_bytes(seed), f"{seed}.png") for seed in range(5)]
    worker = BackgroundReader(FakeReader(), store)
    worker.wait()  # nothing runs yet
    worker.wake()
    worker.wait(60)
    assert all(store.history(picture_id).reading for picture_id in ids)
    ids.append(store.add_picture(picture_bytes(9), "late.png"))
    worker.wake()
    worker.wait(60)
    assert store.history(ids[-1]).reading


@pytest.mark.usefixtures("faults_are_told")
@pytest.mark.parametrize("fault", [StoreError("The disk is full."), RuntimeError("no network")])
def test_a_fault_is_logged_and_the_next_call_tries_again(store, monkeypatch, caplog, fault):
    caplog.set_level(logging.WARNING)
    picture_id = store.add_picture(picture_bytes(), "a.png")

    def fail(*_, **__):
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(background_reader, "read_unread", fail)
        worker = BackgroundReader(FakeReader(), store)
        worker.wake()
        worker.wait(60)
    assert "Reading stopped" in caplog.text
    worker.wake()
    worker.wait(60)
    assert store.history(picture_id).reading
