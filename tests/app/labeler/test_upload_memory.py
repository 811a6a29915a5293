"""However many calls name a large upload, few bytes of it are in memory."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.labeler import desk as label_desk
from app.labeler.desk import LabelDesk
from lpr_core.labels import LabelStore
from lpr_core.pictures.decoding import PictureError
from tests.kit.fake_reader import FakeReader
from tests.kit.label_samples import picture_bytes


@pytest.fixture
def store(tmp_path):
    opened = LabelStore(data_dir=tmp_path / "data")
    yield opened
    opened.close()


def test_however_many_wait_few_pictures_are_in_memory(store, tmp_path, monkeypatch):
    """A call that waits for its turn has not opened its file yet."""
    (tmp_path / "car.png").write_bytes(picture_bytes())
    opened: list[Path] = []
    busy = threading.Event()
    go_on = threading.Event()

    def read_file(path):
        opened.append(path)
        if len(opened) == label_desk.MAX_READS_AT_ONCE:
            busy.set()
        go_on.wait()
        return path.read_bytes()

    monkeypatch.setattr(label_desk, "read_picture_file", read_file)
    turns = CountedTurns(label_desk.MAX_READS_AT_ONCE, calls=30)
    monkeypatch.setattr(label_desk.threading, "BoundedSemaphore", lambda _: turns)
    desk = LabelDesk(FakeReader(), store)
    with ThreadPoolExecutor(30) as pool:
        cards = [pool.submit(desk.read, tmp_path / "car.png", "car.png", None) for _ in range(30)]
        busy.wait()
        turns.all_came.wait()
        assert len(opened) == label_desk.MAX_READS_AT_ONCE
        go_on.set()
    assert len({card.result()["cards"][0]["id"] for card in cards}) == 1
    assert len(opened) == 30


class CountedTurns:
    """A semaphore that says when so many calls have come to it."""

    def __init__(self, turns, calls):
        self._turns = threading.Semaphore(turns)
        self._lock = threading.Lock()
        self._left = calls
        self.all_came = threading.Event()

    def __enter__(self):
        with self._lock:
            self._left -= 1
            if not self._left:
                self.all_came.set()
        self._turns.acquire()

    def __exit__(self, *_):
        self._turns.release()


def test_of_an_upload_that_is_too_large_nothing_is_read(store, tmp_path, monkeypatch):
    path = tmp_path / "large.jpg"
    with path.open("wb") as stream:
        stream.truncate(240_000_000)
    monkeypatch.setattr(label_desk, "read_picture_apart", lambda _: pytest.fail("was read"))
    with pytest.raises(PictureError, match=r"^The file is larger than 25 MB, the most"):
        LabelDesk(FakeReader(), store).read(path, "large.jpg", None)
