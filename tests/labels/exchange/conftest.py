"""A store with five plates of every mark, another one, and a function that exports."""

import shutil

import pytest

from lpr_core.labels.exchange import export_labels
from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables.rows import Mark
from tests.kit.exported_labels import LONG_AGO, add_plate


@pytest.fixture
def store(sqlite_template, tmp_path):
    path = tmp_path / "data" / "labels.sqlite3"
    path.parent.mkdir()
    shutil.copyfile(sqlite_template, path)
    opened = LabelStore(f"sqlite:///{path}", path.parent)
    yield opened
    opened.close()


@pytest.fixture
def other(label_url, tmp_path):
    """A second, empty store, on one kind of database after the other."""
    opened = LabelStore(label_url, tmp_path / "other")
    yield opened
    opened.close()


@pytest.fixture
def export(store, tmp_path):
    """A function that exports and returns the file's bytes."""

    def export_(kind, *selection, **options):
        path = tmp_path / "out"
        export_labels(store, kind, path, *selection, **options)
        return path.read_bytes()

    return export_


@pytest.fixture
def five_plates(store):
    """Two that count, and one each of unreadable, not a plate and unchecked."""
    ids = [add_plate(store, seed) for seed in range(5)]
    store.add_revision(ids[0], text="ABC1D23")
    store.add_revision(ids[1], text="WRONG1")
    store.add_revision(ids[1], text="ABC1D28", author="maria", saved_at=LONG_AGO)
    store.add_revision(ids[2], Mark.UNREADABLE, author="=maria")
    store.add_revision(ids[3], Mark.NOT_A_PLATE)
    return ids
