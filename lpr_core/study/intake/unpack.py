"""Unpack results that somebody brought: only the files that a study has, none of surprising size.

A ZIP archive or a folder is somebody else's word. Nothing is written before all of it is checked,
nothing outside the given folder, and whatever compresses suspiciously well is refused, inside of
`.gz` files too.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from lpr_core.archives import ArchiveError, Limit, open_archive
from lpr_core.folders import FolderError, walk_folder
from lpr_core.saved import DamagedFileError, unpack_gzip
from lpr_core.study.folder.record import RECORD_NAME
from lpr_core.study.folder.tables import RUN_FILES, STUDY_FILES

Source = Path | IO[bytes]
"""A ZIP archive by its path or as an open file, or a folder."""

MAX_FILES = 10_000
MAX_FILE_BYTES = 64 * 1024**2
MAX_TOTAL_BYTES = 512 * 1024**2

_Files = Mapping[PurePosixPath, Callable[[], bytes]]
"""What reads a file's bytes, by the file's path inside what was brought."""

_PICTURE = re.compile(r"\d+\.jpg")


class StudyRefusedError(ValueError):
    """What was brought is not taken; one sentence says why."""


def unpack_results(source: Source, folder: Path) -> None:
    """Write what somebody brought of a study, or of run folders, below a folder.

    A single folder around everything is left away, `study.json` comes to lie in `folder` itself.
    Files that no study has (weights, notes, what macOS adds) are not taken.

    Args:
        source: What was brought.
        folder: New or empty.

    Raises:
        StudyRefusedError: No ZIP archive, damaged, encrypted, too large, too many files, a path
            that leads elsewhere, a link, a bomb, no results in it (nothing was written then), or
            names that this disk does not take.
        FileNotFoundError: There is no such file or folder.
    """
    try:
        with _open_source(source) as files:
            chosen = _choose_files(files)
            unpacked = {path: _read_file(path, read) for path, read in chosen.items()}
    except (ArchiveError, FolderError, DamagedFileError) as error:
        raise StudyRefusedError(str(error)) from error
    try:
        for path, data in unpacked.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
    except OSError as error:  # a name that is too long, or stands for a file and a folder
        raise StudyRefusedError(f"It cannot be unpacked here: {error.strerror}.") from error


def is_result(name: str) -> bool:
    """Whether a file of this path is one that a study or a run has."""
    path = PurePosixPath(name)
    if path.parts[0] == "__MACOSX":
        return False
    is_picture = path.parent.name == "pictures" and bool(_PICTURE.fullmatch(path.name))
    return is_picture or path.name in STUDY_FILES or path.name in RUN_FILES


@contextmanager
def _open_source(source: Source) -> Iterator[_Files]:
    if isinstance(source, Path) and source.is_dir():
        yield _list_folder(source)
        return
    limit = Limit(MAX_FILES, MAX_TOTAL_BYTES, file_bytes=MAX_FILE_BYTES, wants=is_result)
    with open_archive(source, limit) as archive:
        yield {PurePosixPath(entry.name): partial(archive.read, entry) for entry in archive.entries}


def _list_folder(folder: Path) -> _Files:
    """Return the results in a folder, which must be no larger than those in an archive."""
    found = {
        PurePosixPath(name): path
        for name, path in walk_folder(folder, lambda name: not name.startswith("."))
        if is_result(name)
    }
    sizes = [path.stat().st_size for path in found.values()]
    if len(sizes) > MAX_FILES:
        raise FolderError(f"The folder has {len(sizes):,} files; at most {MAX_FILES:,} are taken.")
    if sum(sizes) > MAX_TOTAL_BYTES or max(sizes, default=0) > MAX_FILE_BYTES:
        raise FolderError(
            f"The folder has {sum(sizes) / 1e6:,.0f} MB of results; at most "
            f"{MAX_TOTAL_BYTES / 1e6:,.0f} MB, {MAX_FILE_BYTES / 1e6:,.0f} MB a file, are taken."
        )
    return {name: path.read_bytes for name, path in found.items()}


def _choose_files(files: _Files) -> _Files:
    """Return the files by their path in the one study, or as they are where there are runs only.

    Raises:
        StudyRefusedError: There are several studies, or nothing at all.
    """
    root = _find_root(files)
    return {
        path.relative_to(root): read for path, read in files.items() if path.is_relative_to(root)
    }


def _find_root(paths: Collection[PurePosixPath]) -> PurePosixPath:
    studies = [path.parent for path in paths if path.name == RECORD_NAME]
    if len(studies) > 1:
        raise StudyRefusedError(f"It holds {len(studies)} studies; bring them one by one.")
    if not studies and not any(path.name == "state.json" for path in paths):
        raise StudyRefusedError("It holds no study and no run: no study.json, no state.json.")
    return studies[0] if studies else PurePosixPath()


def _read_file(path: PurePosixPath, read: Callable[[], bytes]) -> bytes:
    """Read one file; a table is unpacked in passing, so that its true size is known."""
    try:
        data = read()
    except ValueError as error:  # its checksum or its size is another than the archive says
        raise StudyRefusedError(f"{str(path)[:80]!r} is damaged in its ZIP archive.") from error
    if path.suffix == ".gz":
        unpack_gzip(data, repr(str(path)[:80]))
    return data
