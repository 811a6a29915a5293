"""Let running programs hold a store together, and a restore hold it alone.

The locks are the kernel's (flock): they end with the program, however that ends.
"""

import errno
import fcntl
import os
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from lpr_core.labels.tables.complaints import StoreError
from lpr_core.labels.tables.open_file import FileIdentity, identify_file

_CANNOT_WRITE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)


class StoreLock:
    """The lock files of one store, held until `release`, or until the program ends.

    Args:
        paths: From `name_locks`; files and folders are made when missing.
        alone: Nobody else holds them meanwhile; files that were made are removed at the end, and
            so are folders that were made and stayed empty. If not, others hold them too; where
            they cannot be written, nothing is held, as then nothing is restored there either.

    Raises:
        StoreError: Somebody else holds one of them.
        OSError: A file cannot be made.
    """

    def __init__(self, paths: Sequence[Path], *, alone: bool = False) -> None:
        self._leavings: list[Path] = []
        self._descriptors: list[int] = []
        self.release = weakref.finalize(self, _let_go, self._descriptors, self._leavings)
        try:
            for path in paths:
                self._hold(path, alone)
        except BaseException:
            self.release()
            raise

    def _hold(self, path: Path, alone: bool) -> None:
        try:
            made = _make_folders(path.parent) + ([] if path.exists() else [path])
            self._leavings += made if alone else []
            self._descriptors.append(_lock_file(path, alone))
        except BlockingIOError as error:
            raise StoreError(_say_held(alone)) from error
        except OSError as error:
            if alone or error.errno not in _CANNOT_WRITE:
                raise


def name_locks(database_path: Path | None, pictures_dir: Path) -> list[Path]:
    """Return the lock files of a store: one beside a SQLite file, one beside the pictures."""
    folders = (path.resolve() for path in (database_path, pictures_dir) if path is not None)
    return [path.with_name(f".{path.name}.lock") for path in folders]


def _make_folders(folder: Path) -> list[Path]:
    """Make a folder with its parents, and return those that were not there, outermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _lock_file(path: Path, alone: bool) -> int:
    """Return a descriptor that holds the file which has this name now."""
    kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
    while True:
        descriptor = os.open(path, (os.O_RDWR if alone else os.O_RDONLY) | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            held = os.fstat(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        # Whoever held it alone may just have removed it.
        if identify_file(path) == FileIdentity(held.st_dev, held.st_ino):
            return descriptor
        os.close(descriptor)


def _let_go(descriptors: Sequence[int], leavings: Sequence[Path]) -> None:
    """Remove what is to go, innermost first, while the locks are still held; then end them."""
    for path in reversed(leavings):
        with suppress(OSError):  # a folder that is in use now stays
            path.rmdir() if path.is_dir() else path.unlink()
    for descriptor in descriptors:
        os.close(descriptor)


def _say_held(alone: bool) -> str:
    if alone:
        return (
            "The label store is in use: stop the labelling app, the dashboard and every `lpr` "
            "command that works with it, then try again."
        )
    return "A backup is being restored into this label store; try again when that has ended."
