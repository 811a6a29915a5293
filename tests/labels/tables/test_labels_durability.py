"""Kill a saving process at random moments: what it acknowledged is there, whole."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from queue import Queue

import pytest
from sqlalchemy import event

from lpr_core.labels import Role, StoreError
from lpr_core.labels.store import LabelStore
from lpr_core.pictures.decoding import read_picture
from tests.conftest import REPOSITORY_DIR
from tests.kit.label_samples import picture_bytes, reading_dict

pytest_plugins = ["tests.kit.label_databases"]

NUM_KILLS = int(os.environ.get("LPR_TEST_KILLS", "20"))
LONGEST_LIFE_SECONDS = 0.25


@pytest.fixture
def saver(tmp_path):
    """The saving process, and a queue of what it says."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kit.saving_process", str(tmp_path)],
        cwd=REPOSITORY_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    said = Queue()
    listener = threading.Thread(target=lambda: [said.put(line.split()) for line in process.stdout])
    listener.start()
    yield process, said
    process.stdin.close()
    process.wait(30)
    listener.join()
    process.stdout.close()


def run_until_killed(process, said, seconds, *, from_birth):
    """Let one child save, kill it after a time, and return what it had acknowledged.

    The time runs from its birth, so that opening the store is hit as well, or from its first
    acknowledgement, so that each such life has saved something.
    """
    process.stdin.write("go\n")
    process.stdin.flush()
    acknowledged = []
    while (words := said.get(timeout=60))[0] != "killed":
        if words[0] == "pid":
            pid = int(words[1])
        else:
            acknowledged.append(tuple(words[1:]))
        if words[0] == "pid" if from_birth else len(acknowledged) == 1:
            time.sleep(seconds)
            os.kill(pid, signal.SIGKILL)
    return acknowledged


def check_store(data_dir, promised):
    raw = sqlite3.connect(data_dir / "labels.sqlite3")
    assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    raw.close()
    store = LabelStore(data_dir=data_dir)
    kept = {
        record.picture.picture_id: [revision.after for revision in record.revisions]
        for record in store.records()
    }
    for picture_id, texts in promised.items():
        # A killed write may have been kept too; what was promised comes first and in its order.
        assert kept[picture_id][: len(texts)] == texts
    store.close()
    return store.pictures_dir, kept


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_no_kill_loses_an_acknowledged_correction(saver, tmp_path):
    randomness = random.Random(0)
    promised = defaultdict(list)
    for number in range(NUM_KILLS):
        seconds = randomness.uniform(0, LONGEST_LIFE_SECONDS)
        for picture_id, text in run_until_killed(*saver, seconds, from_birth=number % 4 == 0):
            promised[picture_id].append(text)
        pictures_dir, kept = check_store(tmp_path, promised)
    num_promised = sum(map(len, promised.values()))
    assert num_promised >= NUM_KILLS * 3 // 4
    print(f"{NUM_KILLS} kills, {num_promised} acknowledged revisions kept")
    files = [path for path in pictures_dir.glob("*/*") if not path.name.startswith(".")]
    assert {path.stem for path in files} >= set(kept)
    for path in files:
        assert read_picture(path).shape == (100, 300, 3)


def copy_with_log(folder, target, num_bytes, tail=b""):
    """Copy a database as a power cut leaves it: the first bytes of the log, then what may be."""
    target.mkdir()
    shutil.copyfile(folder / "labels.sqlite3", target / "labels.sqlite3")
    log = (folder / "labels.sqlite3-wal").read_bytes()[:num_bytes]
    (target / "labels.sqlite3-wal").write_bytes(log + tail)


def test_a_lost_tail_of_the_log_takes_nothing_that_was_acknowledged(sqlite_store, tmp_path):
    """What is synced when an answer returns must do: the rest of the log may be lost or torn."""
    log_path = tmp_path / "labels.sqlite3-wal"
    for seed in range(8):
        picture_id = sqlite_store.add_picture(picture_bytes(seed), f"{seed}.png")
        sqlite_store.add_reading(picture_id, reading_dict(confidence=0.1))
    acknowledged = []
    for number in range(8):
        (held,) = sqlite_store.queue.hand_out("ana")
        sqlite_store.queue.submit(held.assignment_id, "ana", None, f"A{number}", 1.0)
        acknowledged.append((log_path.stat().st_size, held.picture_id, f"A{number}"))
    sizes = [size for size, *_ in acknowledged]
    cuts = [size + step for size in sizes for step in (-1, 0, 1, 2000)]
    for number, cut in enumerate(cuts):
        folder = tmp_path / f"cut-{number}"
        copy_with_log(tmp_path, folder, cut, tail=b"\xa5" * (number % 3 * 3000))
        store = LabelStore(f"sqlite:///{folder / 'labels.sqlite3'}", tmp_path)
        assert store.verify().faults == ()
        for size, picture_id, text in acknowledged:
            if size <= cut:
                assert store.history(picture_id).text == text
        store.close()


# --- a store that cannot be written


@contextmanager
def pragma(store, statement):
    """Set up every connection of a store like this for a while."""

    def set_up(connection, _record):
        connection.execute(f"PRAGMA {statement}")

    engine = store._database.engine
    event.listen(engine, "connect", set_up)
    engine.dispose()
    yield
    event.remove(engine, "connect", set_up)
    engine.dispose()


def test_a_full_disk_loses_nothing_that_was_acknowledged(sqlite_store):
    for seed in range(60):
        sqlite_store.add_picture(picture_bytes(seed), f"{seed}.png")
    promised = {}

    def label_until_full():
        while handed := sqlite_store.queue.hand_out("ana"):
            text = f"A{len(promised)}"
            sqlite_store.queue.submit(handed[0].assignment_id, "ana", None, text, 1.0)
            promised[handed[0].picture_id] = text

    with (
        pragma(sqlite_store, "max_page_count = 1"),  # no page more than there are
        pytest.raises(StoreError, match=r"did not save or load anything: its disk is full\.$"),
    ):
        label_until_full()
    kept = {
        record.picture.picture_id: record.text
        for record in sqlite_store.records()
        if record.revision
    }
    assert 0 < len(promised) < 60
    assert kept == promised
    assert sqlite_store.verify().faults == ()
    label_until_full()  # there is room again
    assert sqlite_store.counts()["unchecked"] == 0


def test_a_database_that_may_only_be_read_is_still_read(sqlite_store):
    queue, people = sqlite_store.queue, sqlite_store.people
    picture_id = sqlite_store.add_picture(picture_bytes(), "a.png")
    (held,) = queue.hand_out("ana")
    people.add_user("ana", "long password", Role.ADMIN)
    calls = [
        lambda: queue.hand_out("ana"),
        lambda: queue.submit(held.assignment_id, "ana", None, "A1", 1.0),
        lambda: queue.skip(held.assignment_id, "ana"),
        lambda: queue.undo("ana"),
        lambda: sqlite_store.add_reading(picture_id, reading_dict()),
        lambda: sqlite_store.add_revision(picture_id, text="A2"),
        lambda: sqlite_store.add_picture(picture_bytes(1), "b.png"),
        lambda: people.sign_in("ana", "long password", "here"),
        lambda: sqlite_store.projects.create("north"),
    ]
    before = list(sqlite_store.records())
    with pragma(sqlite_store, "query_only = ON"):
        for call in calls:
            with pytest.raises(StoreError, match=r"anything: it may only be read, not written\.$"):
                call()
        assert list(sqlite_store.records()) == before
        assert queue.progress(1, "ana").leased == 1
    assert queue.submit(held.assignment_id, "ana", None, "A1", 1.0).text == "A1"
