"""A restore that is killed at any step has restored everything, or nothing."""

import os
import shutil
import subprocess
import sys

import pytest

from lpr_core.labels import LabelStore, StoreError
from lpr_core.labels.upkeep import restore as restore_module
from lpr_core.labels.upkeep.drafts import RestoreDrafts
from lpr_core.labels.upkeep.restore import restore_backup
from tests.conftest import REPOSITORY_DIR
from tests.kit.label_samples import picture_bytes
from tests.labels.upkeep.test_backup import show

pytest_plugins = ["tests.kit.label_databases"]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(scope="module")
def restoring():
    """A function that restores and dies at a step, and says how it ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kit.restoring_process"],
        cwd=REPOSITORY_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )

    def restore(step, folder, path):
        process.stdin.write(f"{step} {folder} {path}\n")
        return process.stdout.readline().strip()

    yield restore
    process.communicate(timeout=60)


@pytest.fixture
def backup(sqlite_store, tmp_path):
    """A backup of two pictures, and what its store says."""
    for seed in range(2):
        picture_id = sqlite_store.add_picture(picture_bytes(seed), f"{seed}.png")
        sqlite_store.add_revision(picture_id, text=f"A{seed}")
    sqlite_store.backup(tmp_path / "labels.zip")
    return tmp_path / "labels.zip", show(sqlite_store)


def list_files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def lay_nothing(folder):
    folder.mkdir()


def lay_stray(folder):
    """A picture whose database is lost; it is damaged, and the backup has it."""
    lay_nothing(folder)
    store = LabelStore(data_dir=folder)
    picture_id = store.add_picture(picture_bytes(0), "0.png")
    path = store.pictures_dir / store.history(picture_id).picture.file_name
    store.close()
    path.write_bytes(b"damaged")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    for left in folder.glob("labels.sqlite3*"):
        left.unlink()


def lay_empty_store(folder):
    """An empty store that was killed: its log has not become part of the file."""
    store = LabelStore(data_dir=folder)
    shutil.copytree(folder, f"{folder}-copy")
    store.close()
    shutil.rmtree(folder)
    shutil.move(f"{folder}-copy", folder)


@pytest.mark.parametrize("lay", [lay_nothing, lay_stray, lay_empty_store])
def test_a_kill_leaves_all_or_nothing(restoring, backup, tmp_path, lay):
    path, said = backup
    ended, step, outcomes = "killed", 0, []
    while ended == "killed":
        step += 1
        folder = tmp_path / f"step-{step}"
        lay(folder)
        ended = restoring(step, folder, path)
        outcomes.append(check_all_or_nothing(folder, said, path, lay))
    assert ended == "restored"
    assert outcomes[-1] == "all"
    # Once it is all there, no later kill takes it away; and both happen.
    assert outcomes == sorted(outcomes, reverse=True)
    assert set(outcomes) == {"all", "nothing"}


def check_all_or_nothing(folder, said, path, lay):
    """Open the store as the next program does; where nothing was restored, restore again."""
    found = open_and_show(folder)
    assert not [name for name in list_files(folder) if "restor" in name]
    if found is not None and found[0][0]:
        assert found == (said, ())
        return "all"
    # Beside a stray picture the empty store is refused, as it was before.
    assert (found is None) == (lay is lay_stray)
    assert len(list(folder.glob("pictures/*/*"))) == (lay is lay_stray)
    if lay is lay_stray:
        url = f"sqlite:///{folder / 'labels.sqlite3'}"
        assert restore_backup(path, url, folder / "pictures").num_pictures == 2
    return "nothing"


def open_and_show(folder):
    """Return what a store says, and its faults; None where it is not opened beside pictures."""
    try:
        store = LabelStore(data_dir=folder)
    except StoreError as error:
        if "knows no picture" not in str(error):
            raise
        return None
    found = show(store), store.verify().faults
    store.close()
    return found


def test_a_server_that_refuses_at_the_end_leaves_no_picture(
    backup, tmp_path, postgres_copy, monkeypatch
):
    folder = tmp_path / "new"

    def refuse(drafts):
        move(drafts)
        raise OSError(28, "No space left on device")

    move = RestoreDrafts.move_pictures
    monkeypatch.setattr(restore_module.RestoreDrafts, "move_pictures", refuse)
    with pytest.raises(StoreError, match="its disk is full"):
        restore_backup(backup[0], postgres_copy, folder / "pictures")
    assert not folder.exists()
    monkeypatch.undo()
    assert restore_backup(backup[0], postgres_copy, folder / "pictures").num_pictures == 2


def test_who_opens_the_store_sees_no_half_of_it(backup, tmp_path):
    """Another program comes while the drafts lie there: it waits for nobody, and takes nothing."""
    folder = tmp_path / "new"
    seen = []

    def come(done, total):
        with pytest.raises(StoreError, match="A backup is being restored"):
            LabelStore(data_dir=folder)
        seen.append((done, total))

    url = f"sqlite:///{folder / 'labels.sqlite3'}"
    assert restore_backup(backup[0], url, folder / "pictures", come).num_pictures == 2
    assert seen == [(1, 2), (2, 2)]
