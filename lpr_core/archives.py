"""Read ZIP archives that strangers made: everything is checked before anything is unpacked.

The one door for pictures with labels and for studies; a `Limit` says what each of them takes.
"""

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from lpr_core.untrusted import open_untrusted

MAX_ENTRIES = 100_000
MAX_TOTAL_BYTES = 20_000_000_000
MAX_RATIO = 200
"""Pictures and tables shrink at most some ten times; only a bomb shrinks more than this."""
SMALL_BYTES = 1_000_000
"""What unpacks to less than this may have any ratio."""
MAX_DIRECTORY_BYTES = 64_000_000
MAX_NAME_LENGTH = 400
MAX_PART_BYTES = 255

_ARCHIVE_NAME = re.compile(
    r".*\.(zipx?|jar|7z|rar|tar|t?gz|bz2|tbz|t?xz|zst|lz|lzma|cab|iso)", re.IGNORECASE | re.DOTALL
)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # a password, strong encryption, an encrypted directory
_LOCAL_HEADER_BYTES = 30

# https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.14 to 4.3.16
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LONGEST_ENDING = _END.size + 0xFFFF + 2 * _END_64.size


class ArchiveError(ValueError):
    """An archive is not taken, as a whole; the message is one sentence for a person."""


@dataclass(frozen=True)
class Limit:
    """What is taken of an archive.

    Attributes:
        num_entries: Files in it, wanted or not.
        total_bytes: All wanted files together, unpacked.
        directory_bytes: Its list of files.
        file_bytes: Each wanted file, unpacked; `None` is no limit of its own.
        wants: Whether a file of this name (clean, `/` between folders) will be read. The others are
            neither listed nor measured, but no name leads elsewhere and nothing is a link. `None`
            wants all, and then no archive may be among them.
    """

    num_entries: int = MAX_ENTRIES
    total_bytes: int = MAX_TOTAL_BYTES
    directory_bytes: int = MAX_DIRECTORY_BYTES
    file_bytes: int | None = None
    wants: Callable[[str], bool] | None = None


@dataclass(frozen=True)
class Entry:
    """One file of an archive.

    Attributes:
        name: Its path inside the archive, with `/` between folders; never absolute, never upwards.
        size: Bytes when unpacked; reading never gives more.
    """

    name: str
    size: int


class Archive:
    """An open archive that has passed every check."""

    def __init__(self, archive: zipfile.ZipFile, limit: Limit) -> None:
        self._archive = archive
        self._infos = check_entries(archive, limit)
        self.entries = tuple(Entry(name, info.file_size) for name, info in self._infos.items())

    def read(self, entry: Entry) -> bytes:
        """Unpack one file.

        Raises:
            ValueError: It is damaged.
        """
        with self.open(entry) as stream:
            return _read_all(stream, entry.size)

    @contextmanager
    def open(self, entry: Entry) -> Iterator[IO[bytes]]:
        """Unpack one file piece by piece.

        Raises:
            ValueError: It is damaged, as is found while it is read.
        """
        try:
            with self._archive.open(self._infos[entry.name]) as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise ValueError("The file is damaged inside its ZIP archive.") from error


@contextmanager
def open_archive(source: Path | IO[bytes], limit: Limit | None = None) -> Iterator[Archive]:
    """Open a ZIP archive after checking all that it says about its files.

    Args:
        source: Its path, or the open file itself, which stays open.
        limit: What is taken; the limits of this module by default.

    Raises:
        ArchiveError: It is damaged, encrypted, too large, or looks like an attack.
        FileNotFoundError: There is no such file.
    """
    limit = limit or Limit(MAX_ENTRIES, MAX_TOTAL_BYTES, MAX_DIRECTORY_BYTES)
    if isinstance(source, Path):
        with open_untrusted(source) as stream, _open_stream(stream, source.name, limit) as archive:
            yield archive
    else:
        with _open_stream(source, _name_stream(source), limit) as archive:
            yield archive


@contextmanager
def _open_stream(stream: IO[bytes], name: str, limit: Limit) -> Iterator[Archive]:
    _check_directory_size(stream, name, limit)
    try:
        opened = zipfile.ZipFile(stream)
    # A directory can be broken in many ways, and zipfile has an error for each.
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, struct.error) as error:
        raise ArchiveError(f"{name!r} is not a whole ZIP archive.") from error
    with opened:
        yield Archive(opened, limit)


def _name_stream(stream: IO[bytes]) -> str:
    """Return what an open file is called; one in memory has no name."""
    return PurePosixPath(str(getattr(stream, "name", "") or "the file")).name


def check_entries(archive: zipfile.ZipFile, limit: Limit) -> dict[str, zipfile.ZipInfo]:
    """Return the wanted files of an archive by their clean names.

    Raises:
        ArchiveError: One of them, or all together, break a rule.
    """
    infos = archive.infolist()
    if len(infos) > limit.num_entries:
        raise ArchiveError(
            f"The archive has {len(infos):,} files; at most {limit.num_entries:,} are taken."
        )
    for info in infos:
        _check_kind(info)
    files = _name_files(infos, limit)
    _check_sizes(list(files.values()), limit)
    _check_overlaps(infos, archive.start_dir)
    return files


def _name_files(infos: Sequence[zipfile.ZipInfo], limit: Limit) -> dict[str, zipfile.ZipInfo]:
    """Return the wanted ones by their clean names; the other names are checked as well."""
    files: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = clean_name(info.orig_filename)
        is_wanted = limit.wants is None or limit.wants(name)
        if info.is_dir() or name.endswith("/") or not is_wanted:
            continue
        if limit.wants is None and _ARCHIVE_NAME.fullmatch(info.filename):
            raise ArchiveError(
                f"The archive has another archive in it: {info.filename[:80]!r}; unpack it first."
            )
        if name in files:
            raise ArchiveError(f"The archive has two files of the name {name[:80]!r}.")
        files[name] = info
    return files


def clean_name(name: str) -> str:
    """Return a path inside an archive with `/` between its parts.

    Raises:
        ArchiveError: It leads out of its folder, is too long or has control characters.
    """
    shown = repr(name[:80])
    path = name.replace("\\", "/")
    parts = PurePosixPath(path).parts
    if not parts:
        raise ArchiveError(f"The archive has a file without a name: {shown}.")
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        raise ArchiveError(f"The archive has a file with an absolute path: {shown}.")
    if ".." in parts:
        raise ArchiveError(f"The archive has a file that leads out of its folder: {shown}.")
    if any(ord(symbol) < 32 or symbol == "\x7f" for symbol in name):
        raise ArchiveError(f"The archive has a file with control characters in its name: {shown}.")
    if len(name) > MAX_NAME_LENGTH or any(_num_bytes(part) > MAX_PART_BYTES for part in parts):
        raise ArchiveError(f"The archive has a file with a name that is too long: {shown}.")
    return "/".join(parts) + ("/" if path.endswith("/") else "")


def _check_kind(info: zipfile.ZipInfo) -> None:
    name = repr(info.filename[:80])
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveError("The archive is encrypted; pack it again without a password.")
    if info.compress_type not in _METHODS:
        raise ArchiveError(
            f"The archive is packed in an unusual way ({name}); pack it again as a plain ZIP."
        )
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise ArchiveError(f"The archive has a link in it: {name}; links are not followed.")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError(f"The archive has something in it that is no file: {name}.")


def _check_sizes(infos: Sequence[zipfile.ZipInfo], limit: Limit) -> None:
    total = sum(info.file_size for info in infos)
    if total > limit.total_bytes:
        raise ArchiveError(
            f"The archive unpacks to {total / 1e9:,.1f} GB; at most {limit.total_bytes / 1e9:g} GB "
            "are taken."
        )
    packed = sum(info.compress_size for info in infos)
    pairs = [(total, packed), *((info.file_size, info.compress_size) for info in infos)]
    if any(size > SMALL_BYTES and size > MAX_RATIO * max(packed, 1) for size, packed in pairs):
        raise ArchiveError(
            f"The archive is a bomb: it unpacks to more than {MAX_RATIO} times its size."
        )
    for info in infos:
        if limit.file_bytes is not None and info.file_size > limit.file_bytes:
            raise ArchiveError(
                f"The archive has a file of {info.file_size / 1e6:,.0f} MB in it: "
                f"{info.filename[:80]!r}; at most {limit.file_bytes / 1e6:g} MB are taken."
            )


def _check_overlaps(infos: list[zipfile.ZipInfo], directory_offset: int) -> None:
    """Refuse files that share bytes: a small archive could unpack to any size.

    See https://www.bamsoftware.com/hacks/zipbomb/
    """
    next_start = directory_offset
    for info in sorted(infos, key=lambda info: info.header_offset, reverse=True):
        length = _LOCAL_HEADER_BYTES + _num_bytes(info.orig_filename) + info.compress_size
        if info.header_offset < 0 or info.header_offset + length > next_start:
            raise ArchiveError("The archive is damaged or a bomb: files in it share their bytes.")
        next_start = info.header_offset


def _check_directory_size(stream: IO[bytes], name: str, limit: Limit) -> None:
    """Refuse a list of files so long that reading it alone would fill the memory."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - _LONGEST_ENDING))
    ending = stream.read()
    found = ending.rfind(b"PK\x05\x06")
    if found < 0 or len(ending) - found < _END.size:
        raise ArchiveError(f"{name!r} is not a whole ZIP archive.")
    if max(_directory_sizes(ending, found)) > limit.directory_bytes:
        raise ArchiveError(
            f"The archive has too many files; at most {limit.num_entries:,} are taken."
        )


def _directory_sizes(ending: bytes, found: int) -> Iterator[int]:
    """Yield what the records at the end of an archive say; zipfile believes the 64-bit one."""
    size = int(_END.unpack_from(ending, found)[5])
    found_64 = ending.rfind(b"PK\x06\x06", 0, found)
    if 0 <= found_64 <= len(ending) - _END_64.size:
        yield int(_END_64.unpack_from(ending, found_64)[8])
    elif size == 0xFFFFFFFF:
        raise ArchiveError("The archive is damaged: its list of files cannot be found.")
    yield 0 if size == 0xFFFFFFFF else size


def _read_all(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size + 1)
    if len(content) != size:
        raise EOFError
    return content


def _num_bytes(name: str) -> int:
    return len(name.encode(errors="surrogatepass"))
