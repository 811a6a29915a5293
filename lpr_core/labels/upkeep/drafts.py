"""Build a restored store beside its place, then move it in: all of it or nothing.

The database is built in a folder of its own, the pictures in another. Once everything is whole and
on the disk, one rename says so; what follows is only moving, and whoever opens the store next goes
on with it if this program dies (`settle`). Until then there is nothing to be seen of it.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from lpr_core.files import sync_path
from lpr_core.labels.opening.strays import list_picture_files

_LOG_SUFFIXES = ("-wal", "-shm", "-journal")


class RestoreDrafts:
    """Where a store is built; whoever changes something here holds the store's lock alone.

    Args:
        database_path: Where the SQLite file is to be; None for a server, whose transaction says
            when everything is whole.
        pictures_dir: Where the pictures are to be.
    """

    def __init__(self, database_path: Path | None, pictures_dir: Path) -> None:
        self._database_path = database_path
        self._target_dir = pictures_dir
        self._added: list[Path] = []
        owner = database_path.name if database_path else "server"
        self.pictures_dir = pictures_dir.with_name(f".{pictures_dir.name}-restoring-{owner}")
        self._folders = [self.pictures_dir]
        if database_path is not None:
            self._building_dir = database_path.with_name(f".{owner}-restoring")
            self._whole_path = database_path.with_name(f".{owner}-restored")
            self._folders.append(self._building_dir)

    @property
    def building_path(self) -> Path:
        """Where the SQLite file is built; its folder is made when missing."""
        self._building_dir.mkdir(exist_ok=True)
        return self._building_dir / "labels.sqlite3"

    def are_left(self) -> bool:
        """Tell whether a restore is going on, or was killed."""
        return self._is_whole() or any(folder.exists() for folder in self._folders)

    def mark_whole(self) -> None:
        """Say that everything is built; from here on the store will be the restored one."""
        sync_path(self.building_path)
        self.building_path.rename(self._whole_path)
        sync_path(self._whole_path.parent)

    def settle(self) -> None:
        """Move in what is whole, and remove the rest."""
        if self._is_whole() and self._database_path is not None:
            self.move_pictures()
            for suffix in _LOG_SUFFIXES:  # of the empty database that lay there
                self._database_path.with_name(self._database_path.name + suffix).unlink(
                    missing_ok=True
                )
            self._whole_path.replace(self._database_path)
            sync_path(self._database_path.parent)
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)

    def move_pictures(self) -> None:
        """Move the pictures in; one that is there shows the same, or is damaged."""
        for draft_path in sorted(list_picture_files(self.pictures_dir)):
            path = self._target_dir / draft_path.parent.name / draft_path.name
            path.parent.mkdir(parents=True, exist_ok=True)
            self._added += [] if path.exists() else [path]
            draft_path.replace(path)
        for folder in {path.parent for path in self._added}:
            sync_path(folder)
        if self._added:
            sync_path(self._target_dir)

    def withdraw_pictures(self) -> None:
        """Remove the pictures that were not there before."""
        for path in self._added:
            path.unlink(missing_ok=True)
        for folder in {path.parent for path in self._added}:
            with suppress(OSError):  # others lie there
                folder.rmdir()
        with suppress(OSError):
            self._target_dir.rmdir()

    def _is_whole(self) -> bool:
        return self._database_path is not None and self._whole_path.exists()
