"""Tell whether a database's file is still the one that was opened.

SQLite goes on writing to a file that was deleted, moved or replaced: its answers would be lost
(https://sqlite.org/howtocorrupt.html, section 2.5).
"""

import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from sqlalchemy import URL

from lpr_core.labels.tables.complaints import StoreError, say_failed

_LOG_SUFFIXES = ("-wal", "-shm")


class FileIdentity(NamedTuple):
    """What a file is, whatever it is called: the numbers of its device and of its inode."""

    device: int
    inode: int


Identities = tuple[FileIdentity | None, ...]


def find_sqlite_file(url: URL) -> Path | None:
    """Return where a SQLite database lies; None for one in memory, and for a server's."""
    name = url.database or ""
    if url.get_backend_name() != "sqlite" or url.query.get("mode") == "memory":
        return None
    if name.startswith("file:"):
        name = unquote(name.removeprefix("file:"))
    return None if name in ("", ":memory:") else Path(name).resolve()


def identify_file(path: Path) -> FileIdentity | None:
    """Return what lies at a path; None where nothing does."""
    try:
        found = os.stat(path)  # noqa: PTH116 -- Path.stat costs twice as much, at every write
    except (FileNotFoundError, NotADirectoryError):
        return None
    return FileIdentity(found.st_dev, found.st_ino)


class OpenFile:
    """The file of an open SQLite database, and the two that it keeps beside it.

    Args:
        path: The database's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._log_paths = tuple(path.with_name(path.name + suffix) for suffix in _LOG_SUFFIXES)
        self._opened: FileIdentity | None = None

    def check(self, logs: Identities = ()) -> None:
        """Compare the files with those that were opened.

        Args:
            logs: Of the connection, from `note_connection`.

        Raises:
            StoreError: They are gone, or others lie in their place.
        """
        if self._opened is None:
            return
        if identify_file(self.path) != self._opened:
            raise StoreError(_say_lost(self.path.name))
        for path, opened in zip(self._log_paths, logs, strict=False):
            if opened is not None and identify_file(path) != opened:
                raise StoreError(_say_lost(path.name))

    def note_connection(self) -> Identities:
        """Remember the file that the first connection opened; return each one's log files.

        While a connection has them open nobody but a person removes the log files: SQLite does it
        with the last connection of all programs (https://sqlite.org/walformat.html, section 1).

        Raises:
            StoreError: A later connection has opened another file.
        """
        if self._opened is None:
            self._opened = identify_file(self.path)
        self.check()
        return tuple(identify_file(path) for path in self._log_paths)


def _say_lost(name: str) -> str:
    return say_failed(
        f"its file {name} was deleted, moved or replaced while this program had it open; put it "
        "back, or stop the program, restore a backup and start it again"
    )
