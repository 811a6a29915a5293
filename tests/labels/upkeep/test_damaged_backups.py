"""A backup is a stranger's file: what is wrong with it is found before anything is touched."""

import os
import shutil

import pytest
from typer.testing import CliRunner

from lpr_core.cli import app
from lpr_core.labels import LabelStore
from tests.kit import damaged_backups
from tests.kit.label_samples import picture_bytes
from tests.labels.upkeep.test_backup import fill, show

pytest_plugins = ["tests.kit.label_databases"]

NUM_SWAPS = 16


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A good backup, and what its store says."""
    folder = tmp_path_factory.mktemp("source")
    store = LabelStore(f"sqlite:///{folder / 'labels.sqlite3'}", folder)
    fill(store)
    picture_id = store.add_picture(picture_bytes(50), "b.png", 2)
    store.add_revision(picture_id, text="B1", author="eve")
    store.add_revision(picture_id, text="B2", author="eve")
    store.backup(folder / "labels.zip")
    said = show(store)
    store.close()
    return (folder / "labels.zip").read_bytes(), said


@pytest.fixture
def target(tmp_path, monkeypatch, sqlite_template):
    """A data folder with an empty store, and a stray picture, whose restores are run here."""
    folder = tmp_path / "data"
    store = LabelStore(data_dir=folder)
    store._pictures.save("cd" * 32, picture_bytes(60))
    store.close()
    monkeypatch.setenv("LPR_DATA_DIR", str(folder))
    monkeypatch.delenv("LPR_DATABASE_URL", raising=False)
    return folder


def snapshot(folder):
    """Every file below a folder, and every folder."""
    return {
        str(path.relative_to(folder)): None if path.is_dir() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }


def restore(path):
    return CliRunner().invoke(app, ["labels", "restore", str(path)])


def check_refused(result, damage):
    assert result.exit_code == 2, damage
    assert isinstance(result.exception, SystemExit), damage
    assert result.stdout == "", damage
    bar = "Pictures "  # of those that were in order
    said = [line for line in result.stderr.splitlines() if line and not line.startswith(bar)]
    assert len(said) == 1, (damage, result.stderr)
    (line,) = said
    assert line.startswith("lpr: "), damage
    assert "/.pictures" not in line, damage


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("about", 25),
        ("tables", 35),
        ("values", 60),
        ("sense", 19),
        ("pictures", 11),
        ("names", 15),
        ("container", 18),
    ],
)
def test_a_damaged_backup_is_refused_in_one_sentence_and_changes_nothing(
    source, target, tmp_path, kind, least
):
    before = snapshot(target)
    path = tmp_path / "labels.zip"
    good = damaged_backups.read_members(source[0])
    tried = []
    for damage, content in damaged_backups.draw(kind, good):
        tried.append(damage)
        path.write_bytes(content)
        check_refused(restore(path), damage)
        assert snapshot(target) == before, damage
    assert len(tried) >= least


def test_a_swapped_byte_is_found_or_means_nothing(source, target, tmp_path):
    content, said = source
    before = snapshot(target)
    path = tmp_path / "labels.zip"
    num_refused = 0
    for place, damaged in damaged_backups.swap_bytes(content, NUM_SWAPS):
        path.write_bytes(damaged)
        result = restore(path)
        if result.exit_code:
            num_refused += 1
            check_refused(result, place)
            assert snapshot(target) == before, place
        else:
            store = LabelStore(data_dir=target)
            assert (show(store), store.verify().faults) == (said, ()), place
            store.close()
            (target / "labels.sqlite3").unlink()
            shutil.rmtree(target / "pictures")
            for name, kept in before.items():
                if kept is not None:
                    (target / name).parent.mkdir(parents=True, exist_ok=True)
                    (target / name).write_bytes(kept)
            before = snapshot(target)
    assert num_refused > NUM_SWAPS // 2


@pytest.mark.parametrize("kind", ["folder", "pipe", "nothing", "link to a folder"])
def test_what_is_no_file_is_refused(target, tmp_path, kind):
    path = tmp_path / "labels.zip"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "link to a folder":
        path.symlink_to(tmp_path)
    before = snapshot(target)
    check_refused(restore(path), kind)
    assert snapshot(target) == before


def test_a_refused_backup_makes_no_folder(source, tmp_path, monkeypatch):
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("LPR_DATA_DIR", str(folder))
    monkeypatch.setenv("LPR_DATABASE_URL", f"sqlite:///{tmp_path / 'deep' / 'er' / 'x.sqlite3'}")
    good = damaged_backups.read_members(source[0])
    path = tmp_path / "labels.zip"
    path.write_bytes(damaged_backups.pack(damaged_backups.without(good, "tables/events.jsonl")))
    before = snapshot(tmp_path)
    check_refused(restore(path), "no events")
    assert snapshot(tmp_path) == before


def test_a_server_s_database_is_left_alone_too(
    source, target, tmp_path, postgres_copy, monkeypatch
):
    monkeypatch.setenv("LPR_DATABASE_URL", postgres_copy)
    before = snapshot(target)
    path = tmp_path / "labels.zip"
    good = damaged_backups.read_members(source[0])
    for damage, content in list(damaged_backups.draw_all(good))[::12]:
        path.write_bytes(content)
        check_refused(restore(path), damage)
        assert snapshot(target) == before, damage
    path.write_bytes(source[0])
    assert restore(path).exit_code == 0
    store = LabelStore(postgres_copy, target)
    assert (show(store), store.verify().faults) == (source[1], ())
    store.close()
