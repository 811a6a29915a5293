"""Which pictures are to be read: of folders, of lists and of a pipe, written down shard by shard.

A listing may have a million names, so it is a file and never a list in memory. Beside each name
stand size and time of its file: a shard is read again when any of its files has changed.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lpr_core.data.formats.pictures import PICTURE_SUFFIXES

_MOST_NAME_BYTES = 32_768
LIST_SUFFIXES = (".txt", ".lst", ".list")
"""A named file with one of these endings holds names of pictures, one a line."""


@dataclass(frozen=True)
class Shard:
    """A piece of the listing.

    Attributes:
        number: From 0, in the order of the listing.
        offset: Where it begins in the listing's file, in bytes.
        count: Pictures in it.
        digest: Of its names with sizes and times, and of what reads them.
    """

    number: int
    offset: int
    count: int
    digest: str


def list_names(sources: Iterable[Path], standard_input: Iterable[str] = ()) -> Iterator[str]:
    """Yield the names of all pictures, in a fixed order.

    Args:
        sources: Pictures, folders (all pictures below, sorted within each folder), lists of names
            (see `LIST_SUFFIXES`; relative names start from the list's folder), or `-` for the next.
        standard_input: Names, one a line.

    Raises:
        FileNotFoundError: A source is not there.
    """
    for source in sources:
        if str(source) == "-":
            yield from _strip_lines(standard_input)
        elif source.is_dir():
            yield from _walk(source)
        elif source.suffix.lower() in LIST_SUFFIXES:
            with source.open(encoding="utf-8", errors="surrogateescape") as lines:
                yield from (str(source.parent / name) for name in _strip_lines(lines))
        elif source.exists():
            yield str(source)
        else:
            raise FileNotFoundError(f"There is no picture, folder or list {str(source)!r}.")


def write_listing(names: Iterable[str], path: Path, size: int, reads_with: str) -> list[Shard]:
    """Write names with size and time of their files, and return the shards.

    Args:
        names: From `list_names`.
        path: The listing's file; an older one is replaced.
        size: Pictures in a shard.
        reads_with: Versions of what reads, and its settings: other ones read anew.
    """
    shards: list[Shard] = []
    with path.open("wb") as stream:
        digest, start, count = hashlib.sha256(reads_with.encode()), 0, 0
        for name in names:
            line = _describe(name)
            stream.write(line)
            digest.update(line)
            count += 1
            if count == size:
                shards.append(Shard(len(shards), start, count, digest.hexdigest()))
                digest, start, count = hashlib.sha256(reads_with.encode()), stream.tell(), 0
        if count:
            shards.append(Shard(len(shards), start, count, digest.hexdigest()))
    return shards


def read_shard(path: Path, shard: Shard) -> list[str]:
    """Return the names of one shard."""
    with path.open("rb") as stream:
        stream.seek(shard.offset)
        lines = [stream.readline() for _ in range(shard.count)]
    return [os.fsdecode(line.rstrip(b"\n").rsplit(b"\t", 2)[0]) for line in lines]


def _describe(name: str) -> bytes:
    """Return a line of the listing; what cannot be looked at has no size."""
    try:
        status = Path(name).stat()
        told = f"{status.st_size}\t{status.st_mtime_ns}"
    except OSError:
        told = "-\t-"
    encoded = os.fsencode(name).replace(b"\n", b"?")[:_MOST_NAME_BYTES]
    return encoded + b"\t" + told.encode() + b"\n"


def _strip_lines(lines: Iterable[str]) -> Iterator[str]:
    return (name for line in lines if (name := line.rstrip("\r\n")).strip())


def _walk(folder: Path) -> Iterator[str]:
    """Yield the pictures below a folder; links to other folders are not followed."""
    endings = tuple(f".{suffix}" for suffix in PICTURE_SUFFIXES)
    for place, folders, files in os.walk(folder):
        folders.sort()
        yield from (
            str(Path(place) / name) for name in sorted(files) if name.lower().endswith(endings)
        )


def count_pictures(shards: Sequence[Shard]) -> int:
    """Return how many pictures some shards have."""
    return sum(shard.count for shard in shards)
