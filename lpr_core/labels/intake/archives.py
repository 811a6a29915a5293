"""Read ZIP archives that strangers made: everything is checked before anything is unpacked."""

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
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
class Entry:
    """One file of an archive.

    Attributes:
        name: Its path inside the archive, with `/` between folders; never absolute, never upwards.
        size: Bytes when unpacked; reading never gives more.
    """

    name: str
    size: int


@dataclass(frozen=True)
class Limits:
    """The most that is taken of one archive.

    Attributes:
        entries: Files.
        total_bytes: Of all files, unpacked.
        directory_bytes: Of its list of files.
    """

    entries: int
    total_bytes: int
    directory_bytes: int


class Archive:
    """An open archive that has passed every check."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive = archive
        self._infos = check_entries(archive, limits)
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
def open_archive(path: Path, limits: Limits | None = None) -> Iterator[Archive]:
    """Open a ZIP archive after checking all that it says about its files.

    Args:
        path: The archive.
        limits: By default those for what strangers send.

    Raises:
        ArchiveError: It is damaged, encrypted, too large, or looks like an attack.
        FileNotFoundError: There is no such file.
    """
    limits = limits or Limits(MAX_ENTRIES, MAX_TOTAL_BYTES, MAX_DIRECTORY_BYTES)
    _check_directory_size(path, limits)
    try:
        opened = zipfile.ZipFile(path)
    # A directory can be broken in many ways, and zipfile has an error for each.
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, struct.error) as error:
        raise ArchiveError(f"{path.name!r} is not a whole ZIP archive.") from error
    with opened:
        yield Archive(opened, limits)


def check_entries(archive: zipfile.ZipFile, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """Return the files of an archive by their clean names.

    Raises:
        ArchiveError: One of them, or all together, break a rule.
    """
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise ArchiveError(
            f"The archive has {len(infos):,} files; at most {limits.entries:,} are taken."
        )
    for info in infos:
        _check_kind(info)
    _check_sizes(infos, limits)
    _check_overlaps(infos, archive.start_dir)
    files: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = clean_name(info.orig_filename)
        if info.is_dir() or name.endswith("/"):
            continue
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
    if _ARCHIVE_NAME.fullmatch(info.filename):
        raise ArchiveError(f"The archive has another archive in it: {name}; unpack it first.")


def _check_sizes(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    total = sum(info.file_size for info in infos)
    if total > limits.total_bytes:
        raise ArchiveError(
            f"The archive unpacks to {total / 1e9:,.1f} GB; "
            f"at most {limits.total_bytes / 1e9:g} GB are taken."
        )
    packed = sum(info.compress_size for info in infos)
    pairs = [(total, packed), *((info.file_size, info.compress_size) for info in infos)]
    if any(size > SMALL_BYTES and size > MAX_RATIO * max(packed, 1) for size, packed in pairs):
        raise ArchiveError(
            f"The archive is a bomb: it unpacks to more than {MAX_RATIO} times its size."
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


def _check_directory_size(path: Path, limits: Limits) -> None:
    """Refuse a list of files so long that reading it alone would fill the memory."""
    with open_untrusted(path) as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _LONGEST_ENDING))
        ending = stream.read()
    found = ending.rfind(b"PK\x05\x06")
    if found < 0 or len(ending) - found < _END.size:
        raise ArchiveError(f"{path.name!r} is not a whole ZIP archive.")
    if max(_directory_sizes(ending, found)) > limits.directory_bytes:
        raise ArchiveError(f"The archive has too many files; at most {limits.entries:,} are taken.")


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
