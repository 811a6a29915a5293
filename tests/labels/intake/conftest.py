"""Stores to take in what is brought, and a folder to bring."""

import pytest

from lpr_core.labels.store import LabelStore


@pytest.fixture
def any_store(label_url, tmp_path):
    """An empty store on one kind of database after the other."""
    opened = LabelStore(label_url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path):
    """A folder to bring, empty."""
    found = tmp_path / "brought"
    found.mkdir()
    return found
