"""Who works with a store keeps a restore away, and no longer than that."""

import errno
import os
import signal
import subprocess
import sys
import threading

import pytest

from lpr_core.labels import LabelStore, StoreError
from lpr_core.labels.opening import store_lock
from lpr_core.labels.opening.store_lock import StoreLock, name_locks
from lpr_core.labels.upkeep.restore import restore_backup
from tests.conftest import REPOSITORY_DIR
from tests.kit.label_samples import picture_bytes

pytest_plugins = ["tests.kit.label_databases"]

IN_USE = r"is in use: stop the labelling app, the dashboard and every `lpr` command"
HOLD = """
import sys
from pathlib import Path
from lpr_core.labels import LabelStore
store = LabelStore(data_dir=Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def backup_path(sqlite_store, tmp_path):
    """A backup of one picture, made in a folder of its own."""
    sqlite_store.add_picture(picture_bytes(), "a.png")
    path = tmp_path / "labels.zip"
    sqlite_store.backup(path)
    return path


def restore(backup_path, folder):
    return restore_backup(
        backup_path, f"sqlite:///{folder / 'labels.sqlite3'}", folder / "pictures"
    )


def test_several_work_with_one_store(tmp_path):
    stores = [LabelStore(data_dir=tmp_path) for _ in range(3)]
    for store in stores:
        store.close()


def test_an_open_store_keeps_a_restore_away(backup_path, tmp_path):
    folder = tmp_path / "new"
    first, second = LabelStore(data_dir=folder), LabelStore(data_dir=folder)
    first.close()
    with pytest.raises(StoreError, match=IN_USE):
        restore(backup_path, folder)
    assert second.search().total == 0
    second.close()
    assert restore(backup_path, folder).num_pictures == 1


def test_the_lock_holds_where_the_database_was_deleted(backup_path, tmp_path):
    """The running app would not notice the new file, nor the restore the running app."""
    folder = tmp_path / "new"
    store = LabelStore(data_dir=folder)
    (folder / "labels.sqlite3").unlink()
    with pytest.raises(StoreError, match=IN_USE):
        restore(backup_path, folder)
    store.close()


def test_the_lock_of_a_killed_program_is_gone(backup_path, tmp_path):
    folder = tmp_path / "new"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        cwd=REPOSITORY_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(StoreError, match=IN_USE):
        restore(backup_path, folder)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    assert restore(backup_path, folder).num_pictures == 1


def test_a_store_that_was_forgotten_holds_nothing(backup_path, tmp_path):
    store = LabelStore(data_dir=tmp_path / "new")
    store._database.close()
    del store
    assert restore(backup_path, tmp_path / "new").num_pictures == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nobody_opens_a_store_during_a_restore(kind, tmp_path, request):
    url = None if kind == "sqlite" else request.getfixturevalue("postgres_copy")
    path = tmp_path / "labels.sqlite3" if kind == "sqlite" else None
    lock = StoreLock(name_locks(path, tmp_path / "pictures"), alone=True)
    with pytest.raises(StoreError, match="A backup is being restored into this label store"):
        LabelStore(url, tmp_path)
    lock.release()
    LabelStore(url, tmp_path).close()


def test_a_failed_opening_holds_nothing(backup_path, tmp_path):
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "labels.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        LabelStore(data_dir=folder)
    (folder / "labels.sqlite3").unlink()
    assert restore(backup_path, folder).num_pictures == 1


def test_who_was_alone_leaves_nothing_behind(tmp_path):
    paths = name_locks(tmp_path / "deep" / "x.sqlite3", tmp_path / "other" / "pictures")
    StoreLock(paths, alone=True).release()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_file_that_was_just_removed_is_not_held(tmp_path, monkeypatch):
    """Between opening and locking it, the one who was alone removes it."""
    path = tmp_path / "x.lock"
    lock, ask = store_lock.fcntl.flock, []

    def flock(descriptor, kind):
        lock(descriptor, kind)
        if not ask:
            ask.append(path.unlink())

    monkeypatch.setattr(store_lock.fcntl, "flock", flock)
    held = StoreLock([path])
    with pytest.raises(StoreError, match=IN_USE):
        StoreLock([path], alone=True)
    held.release()


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_store_that_cannot_be_written_is_still_read(sqlite_store, tmp_path, monkeypatch, code):
    real = os.open

    def refuse(path, flags, *rest, **options):
        if str(path).endswith(".lock"):
            raise OSError(code, os.strerror(code))
        return real(path, flags, *rest, **options)

    monkeypatch.setattr(store_lock.os, "open", refuse)
    again = LabelStore(data_dir=tmp_path)
    assert again.search().total == 0
    again.close()


def test_many_open_and_close_at_once(tmp_path):
    """Nobody is refused because another one opens the same new store."""
    faults = []

    def work():
        try:
            LabelStore(data_dir=tmp_path).close()
        except StoreError as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
