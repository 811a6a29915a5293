"""Take a JPEG file apart at its markers, so that a decoder sees the picture and nothing else."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# Markers with a length behind them, and the end of the picture. Between them lie bytes without a
# marker: entropy-coded data, in which 0xFF is followed by 0x00 or a restart marker.
_MARKER = re.compile(rb"\xff+([\x02-\xcf\xd9-\xfe])")
_END, _SCAN, _EXIF, _COMMENT = 0xD9, 0xDA, 0xE1, 0xFE
# APP1 to APP15 and comments, except APP14, in which Adobe says how the colours are coded.
_METADATA = (set(range(0xE1, 0xF0)) - {0xEE}) | {_COMMENT}


class JpegParts(NamedTuple):
    """A JPEG file without metadata, the body of its EXIF block (or nothing), its scans counted."""

    picture: bytes
    exif: bytes
    num_scans: int


def split_jpeg(content: bytes) -> JpegParts:
    """Part the picture from its metadata.

    Pillow parses EXIF, and the index of further pictures, while it opens a file; neither is needed.
    """
    header, exif = [content[:2]], b""
    scans = []
    for marker, start, end in _segments(content):
        if marker == _SCAN:
            scans.append(start)
        elif scans:
            continue
        elif marker not in _METADATA:
            header.append(content[start:end])
        elif marker == _EXIF and not exif and content[start + 4 : start + 10] == b"Exif\0\0":
            exif = content[start + 10 : end]
    pixels = content[scans[0] :] if scans else b""
    return JpegParts(b"".join([*header, pixels]), exif, len(scans))


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of each segment up to the end of the picture."""
    end = 2
    while found := _MARKER.search(content, end):
        marker = found[1][0]
        if marker == _END:
            return
        end = found.end() + int.from_bytes(content[found.end() : found.end() + 2])
        yield marker, found.end() - 2, end
