"""Kill a saving process at random moments: what it acknowledged is there, whole."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import defaultdict
from queue import Queue

import pytest

from lpr_core.labels.store import LabelStore
from lpr_core.plates.imaging import read_picture
from tests.conftest import REPOSITORY_DIR

NUM_KILLS = int(os.environ.get("LPR_TEST_KILLS", "20"))
LONGEST_LIFE_SECONDS = 0.25


@pytest.fixture
def saver(tmp_path):
    """The saving process, and a queue of what it says."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.saving_process", str(tmp_path)],
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
