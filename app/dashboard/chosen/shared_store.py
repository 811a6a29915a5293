"""The label store as the dashboard sees it: what lies on the disk at this moment."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import streamlit as st

from lpr_core.labels import LabelStore, StoreError
from lpr_core.labels.tables.database import explain_errors
from lpr_core.places import user_data_dir


@contextmanager
def open_store() -> Iterator[LabelStore | None]:
    """Give the store, and None where there never was one.

    A file is opened anew each time: a connection that stays open goes on with what it knows of one
    that was deleted, replaced or written over.

    Raises:
        StoreError: It cannot be opened, or only its pictures are there.
    """
    if url := os.environ.get("LPR_DATABASE_URL"):
        if url.startswith("sqlite"):
            with closing(LabelStore(url)) as store:
                yield store
        else:
            yield _share_store(url)
    elif _is_there():
        with closing(LabelStore()) as store:
            yield store
    else:
        yield None


def _is_there() -> bool:
    """Tell whether there is a store: opening would make one, which would seem to have no people.

    Raises:
        StoreError: Its folder cannot be read, or it has pictures and no database.
    """
    with explain_errors():
        folder = user_data_dir()
        if (folder / "labels.sqlite3").exists():
            return True
        if _has_pictures(folder / "pictures"):
            raise StoreError("The label store's pictures are there, its database is not.")
        return False


def _has_pictures(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


@st.cache_resource(show_spinner=False, max_entries=1, on_release=LabelStore.close)
def _share_store(url: str) -> LabelStore:
    return LabelStore(url)
