"""The label store that all visitors of the dashboard share, where there is one."""

import os
from pathlib import Path

import streamlit as st
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from lpr_core.labels import LabelStore, StoreError
from lpr_core.labels.store import database_url
from lpr_core.labels.tables.database import explain_errors
from lpr_core.places import user_data_dir


def find_store() -> LabelStore | None:
    """Return the store as it lies on the disk now; None where there never was one.

    Raises:
        StoreError: It cannot be opened, or only its pictures are there.
    """
    with explain_errors():
        folder = user_data_dir()
        identity = _identify_file(database_url(folder))
        # Opening would make a store, and where pictures are left it would seem to have no people.
        if identity is None and not os.environ.get("LPR_DATABASE_URL"):
            if _has_pictures(folder / "pictures"):
                raise StoreError("The label store's pictures are there, its database is not.")
            return None
        return _open_store(database_url(folder), str(folder), identity)


def _identify_file(url: str) -> tuple[int, int] | None:
    """Tell a SQLite file from one that was put in its place; None where there is none."""
    if not url.startswith("sqlite"):
        return None
    try:
        status = Path(make_url(url).database or "").stat()
    except (FileNotFoundError, ArgumentError):  # of the latter, opening tells
        return None
    return status.st_dev, status.st_ino


def _has_pictures(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


@st.cache_resource(show_spinner=False, max_entries=1, on_release=LabelStore.close)
def _open_store(
    url: str,
    folder: str,
    identity: tuple[int, int] | None,  # noqa: ARG001 - the cache goes by it
) -> LabelStore:
    return LabelStore(url, Path(folder))
