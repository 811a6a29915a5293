"""Read TIFF directories, as TIFF files and EXIF blocks hold them, from files nobody vouches for.

Pillow's own reader copies the data of every entry, so a small file whose thousand entries all
point at the same megabytes fills the memory. This one copies nothing.
Layout: TIFF 6.0, section 2, https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

ORIENTATION = 274
TILE_WIDTH, TILE_HEIGHT = 322, 323

_SHORT, _LONG, _DIRECTORY = 3, 4, 13
_ENTRY_BYTES = 12
_TYPE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SUBDIRECTORIES = {34665, 34853, 40965}  # EXIF, GPS, interoperability


@dataclass(frozen=True)
class ExifEntry:
    """One tag of a directory: the size of its data, and its value when that is one integer."""

    tag: int
    num_bytes: int
    value: int | None


def read_orientation(exif: bytes) -> int:
    """Return the EXIF orientation, 1 to 8; 1 (upright) where a block is damaged or silent."""
    try:
        entries = list(read_directory(exif.removeprefix(b"Exif\0\0")))
    except ValueError:
        return 1
    value = next((entry.value for entry in entries if entry.tag == ORIENTATION), None)
    return value if value is not None and 1 <= value <= 8 else 1


def read_directory(tiff: bytes, offset: int | None = None) -> Iterator[ExifEntry]:
    """Yield the entries of the directory at `offset`; of the first one by default.

    Raises:
        ValueError: the bytes do not hold a whole directory there.
    """
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        start = struct.unpack_from(order + "L", tiff, 4)[0] if offset is None else offset
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for index in range(count):
            fields = struct.unpack_from(order + "HHL4s", tiff, start + 2 + _ENTRY_BYTES * index)
            yield _read_entry(order, *fields)
    except struct.error:
        raise ValueError("A directory of tags must lie inside the file.") from None


def _read_entry(order: str, tag: int, kind: int, count: int, data: bytes) -> ExifEntry:
    value = None
    if count == 1 and kind == _SHORT:
        (value,) = struct.unpack(order + "H", data[:2])
    elif count == 1 and kind in (_LONG, _DIRECTORY):
        (value,) = struct.unpack(order + "L", data)
    return ExifEntry(tag, count * _TYPE_BYTES.get(kind, 0), value)


def check_directories(tiff: bytes) -> dict[int, int | None]:
    """Return the single-integer tags of the first directory once all that Pillow loads is safe.

    Raises:
        ValueError: a directory is cut off, directories lie in each other, or the entries claim
            more data than the file has.
    """
    first: dict[int, int | None] = {}
    num_bytes = 0
    for number, (is_first, entry) in enumerate(_walk_directories(tiff), start=1):
        num_bytes += entry.num_bytes
        if number * _ENTRY_BYTES > len(tiff):
            raise ValueError(f"Directories share their bytes in a file of {len(tiff)}.")
        if is_first:
            first[entry.tag] = entry.value
    if num_bytes > len(tiff):
        raise ValueError(f"Tags claim {num_bytes} bytes in a file of {len(tiff)}.")
    return first


def _walk_directories(tiff: bytes) -> Iterator[tuple[bool, ExifEntry]]:
    """Yield the entries of the first directory, told by True, and of all that are below it."""
    waiting: list[int | None] = [None]
    seen = set[int]()
    while waiting:
        offset = waiting.pop()
        for entry in read_directory(tiff, offset):
            yield offset is None, entry
            if entry.tag not in _SUBDIRECTORIES or entry.value in seen:
                continue
            if entry.value is None:
                raise ValueError(f"Tag {entry.tag} must point at a directory.")
            seen.add(entry.value)
            waiting.append(entry.value)
