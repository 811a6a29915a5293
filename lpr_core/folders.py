"""List the files of a folder that a stranger brought: no links, no devices."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path


class FolderError(ValueError):
    """A folder is not taken, as a whole; the message is one sentence for a person."""


def walk_folder(folder: Path, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, Path]]:
    """Yield each file's path inside the folder, with `/` between folders, and where it lies.

    Args:
        folder: Where to look, all folders below included; files before folders, each sorted.
        is_wanted: Told a name without its folders; what it does not want is passed over.

    Raises:
        FolderError: A link or a device is among them.
        OSError: A folder cannot be read.
    """
    for parent, folder_names, file_names in os.walk(folder, onerror=_raise):
        folder_names[:] = sorted(name for name in folder_names if is_wanted(name))
        for name in [*folder_names, *sorted(file_names)]:
            path = Path(parent) / name
            mode = path.lstat().st_mode
            shown = path.relative_to(folder).as_posix()
            if stat.S_ISLNK(mode):
                raise FolderError(
                    f"The folder has a link in it: {shown!r}; links are not followed."
                )
            if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
                raise FolderError(f"The folder has something in it that is no file: {shown!r}.")
            if stat.S_ISREG(mode) and is_wanted(name):
                yield shown, path


def _raise(error: OSError) -> None:
    raise error
