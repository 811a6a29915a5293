"""Take a JPEG file apart at its markers, so that a decoder sees the picture and nothing else."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

# Markers with a length behind them, and the end of the picture. Between them lie bytes without a
# marker: entropy-coded data, in which 0xFF is followed by 0x00 or a restart marker. Of several 0xFF
# before a marker all but the last are filling; a pattern that took them along would begin anew at
# each of them, which takes hours for a file of nothing else.
_MARKER = re.compile(rb"\xff([\x02-\xcf\xd9-\xfe])")
_FILLING = re.compile(rb"\xff{16,}")
_EXIF_NAME, _XMP_NAME = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_END, _SCAN, _APP1, _COMMENT = 0xD9, 0xDA, 0xE1, 0xFE
# APP1 to APP15 and comments, except APP14, in which Adobe says how the colours are coded.
_METADATA = (set(range(0xE1, 0xF0)) - {0xEE}) | {_COMMENT}

MAX_SEGMENTS = 10_000
"""Cameras write some ten; a profile or a thermal picture in pieces, some hundred."""


class JpegParts(NamedTuple):
    """A JPEG file without metadata, its EXIF block and XMP packet or nothing, its scans counted."""

    picture: bytes
    exif: bytes
    xmp: bytes
    num_scans: int


class _Segment(NamedTuple):
    marker: int
    start: int
    end: int


def split_jpeg(content: bytes) -> JpegParts:
    """Part the picture from its metadata.

    Pillow parses EXIF, and the index of further pictures, while it opens a file; neither is needed.

    Raises:
        ValueError: There are more than `MAX_SEGMENTS`.
    """
    segments = list(islice(_segments(content), MAX_SEGMENTS + 1))
    if len(segments) > MAX_SEGMENTS:
        raise ValueError(f"A JPEG picture may have {MAX_SEGMENTS:,} segments.")
    is_scan = [segment.marker == _SCAN for segment in segments]
    first = is_scan.index(True) if any(is_scan) else len(segments)
    header = [found for found in segments[:first] if found.marker not in _METADATA]
    kept = [content[:2], *(content[found.start : found.end] for found in header)]
    picture = b"".join([*kept, *_tidy_scans(content, segments[first:])])
    exif, xmp = (_find_block(content, segments[:first], name) for name in (_EXIF_NAME, _XMP_NAME))
    return JpegParts(picture, exif, xmp, sum(is_scan))


def _find_block(content: bytes, segments: Sequence[_Segment], name: bytes) -> bytes:
    """Return what stands behind a name in the first APP1 segment that begins with it."""
    for marker, start, end in segments:
        if marker == _APP1 and content.startswith(name, start + 4):
            return content[start + 4 + len(name) : end]
    return b""


def _tidy_scans(content: bytes, segments: Sequence[_Segment]) -> Iterator[bytes]:
    """Yield the scans without long filling: of such a run of 0xFF between segments one is left.

    Pillow hands its decoder the whole run again with each further block of the file.
    """
    ends = [*(found.start for found in segments[1:]), len(content)]
    for (_, start, end), next_start in zip(segments, ends, strict=False):
        yield content[start:end]
        yield _FILLING.sub(b"\xff", content[end:next_start])


def _segments(content: bytes) -> Iterator[_Segment]:
    """Yield each segment up to the end of the picture; bytes between them are passed over."""
    end = 2
    while found := _MARKER.search(content, end):
        marker = found[1][0]
        if marker == _END:
            return
        end = found.end() + int.from_bytes(content[found.end() : found.end() + 2])
        yield _Segment(marker, found.end() - 2, end)
