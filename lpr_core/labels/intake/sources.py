"""Where many pictures come from: files, folders, ZIP archives; all checked before one is opened."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from lpr_core.archives import MAX_ENTRIES, Archive, open_archive
from lpr_core.folders import FolderError, walk_folder
from lpr_core.pictures.decoding import read_picture_file
from lpr_core.untrusted import open_untrusted

_HASH = re.compile(r"[0-9a-f]{32,}")
_JUNK = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


class SourceError(ValueError):
    """Nothing is taken from a source; the message is one sentence for a person."""


@dataclass(frozen=True)
class SourceFile:
    """One file that was brought.

    Attributes:
        name: Its path inside what was brought, with `/` between folders.
        size: Bytes.
        read: Returns its bytes; it raises ValueError or OSError where it cannot.
        path: Where it lies; None in an archive.
    """

    name: str
    size: int
    read: Callable[[], bytes]
    path: Path | None = None


@contextmanager
def open_sources(paths: Sequence[Path]) -> Iterator[list[SourceFile]]:
    """Give all files below folders and in archives, and single files, sorted within each.

    Hidden files, and what macOS and Windows leave behind, are passed over. Where several things
    are brought, each name begins with the folder's or the archive's own; single files of equal
    names get their folders before them. Archives in a folder are opened, those in archives not.

    Args:
        paths: Files, folders, or ZIP archives (told by their content).

    Raises:
        SourceError: A folder has a link or a device in it, or too many files.
        ArchiveError: As `open_archive`.
        FileNotFoundError: There is no such file or folder.
    """
    with ExitStack() as stack:
        files: list[SourceFile] = []
        for path in paths:
            found = _open_source(path, stack)
            prefix = f"{path.name}/" if len(paths) > 1 and not _is_single(path, found) else ""
            files += [
                SourceFile(f"{prefix}{file.name}", file.size, file.read, file.path)
                for file in found
            ]
            _check_count(len(files))
        yield _tell_apart(files)


def _is_single(path: Path, found: Sequence[SourceFile]) -> bool:
    return len(found) == 1 and found[0].path == path


def _open_source(path: Path, stack: ExitStack) -> list[SourceFile]:
    if path.is_dir():
        return [found for file in _walk_folder(path) for found in _open_inner(file, stack)]
    if not path.is_file():
        raise FileNotFoundError(f"There is no file or folder {str(path)!r}.")
    if _is_archive(path):
        return _list_archive(stack.enter_context(open_archive(path)))
    return [_single_file(path, path.name)]


def _open_inner(file: SourceFile, stack: ExitStack) -> list[SourceFile]:
    """Return a folder's file, or what is in it where it is an archive."""
    if file.path is None or file.path.suffix.lower() != ".zip":
        return [file]
    return [
        replace(found, name=f"{file.name}/{found.name}")
        for found in _list_archive(stack.enter_context(open_archive(file.path)))
    ]


def _tell_apart(files: list[SourceFile]) -> list[SourceFile]:
    """Put their folders before the names of files that are called the same."""
    count = Counter(file.name for file in files)
    alike: Counter[str] = Counter()
    named = []
    for file in files:
        if count[file.name] > 1 and file.path is not None:
            alike[file.name] += 1
            folder = file.path.parent.name
            # Uploads lie in folders that are named by a hash, which says nothing to a person.
            prefix = str(alike[file.name]) if _HASH.fullmatch(folder) else folder
            named.append(replace(file, name=f"{prefix}/{file.name}"))
        else:
            named.append(file)
    return named


def _is_archive(path: Path) -> bool:
    """Tell a ZIP archive by its beginning, or a file that claims to be one by its name."""
    with open_untrusted(path) as stream:
        return stream.read(4) in (b"PK\3\4", b"PK\5\6") or path.suffix.lower() == ".zip"


def _list_archive(archive: Archive) -> list[SourceFile]:
    return [
        SourceFile(entry.name, entry.size, partial(archive.read, entry))
        for entry in sorted(archive.entries, key=lambda entry: entry.name)
        if _is_wanted(entry.name)
    ]


def _walk_folder(folder: Path) -> Iterator[SourceFile]:
    try:
        for name, path in walk_folder(folder, _is_wanted):
            yield _single_file(path, name)
    except FolderError as error:
        raise SourceError(str(error)) from error


def _single_file(path: Path, name: str) -> SourceFile:
    return SourceFile(name, path.stat().st_size, partial(read_picture_file, path), path)


def _is_wanted(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not any(part.startswith(".") or part in _JUNK for part in parts)


def _check_count(count: int) -> None:
    if count > MAX_ENTRIES:
        raise SourceError(
            f"At most {MAX_ENTRIES:,} files are taken in at once. Received: {count:,}"
        )
