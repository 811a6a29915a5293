"""Scanners of strangers' bytes pass once over them: work is counted, on runs of every byte."""

import re
import struct
from contextlib import suppress
from itertools import product
from types import SimpleNamespace

import pytest

from lpr_core.pictures import exif, jpeg
from lpr_core.pictures.decoding import MAX_BYTES, PictureError, read_picture
from tests.kit.bad_pictures import make_picture
from tests.kit.counted_work import CountedBytes, CountedPattern

SMALL = 100_000
MOST_PER_BYTE = 20
MARKERS = (0x00, 0x01, 0x49, 0x4B, 0x4D, 0x50, 0xC0, 0xD0, 0xD8, 0xD9, 0xDA, 0xE1, 0xFE, 0xFF)
SEQUENCES = [
    b"\xff\xff\x00",
    b"\xff\xff\xd8",
    b"\xff\xe0\0\0",
    b"\xff\xda\0\0",
    b"\xff\xe1\0\2",
    b"\xff\x00",
]


def fill(run: bytes, size: int) -> bytes:
    return (run * (size // len(run) + 1))[:size]


@pytest.fixture
def split_work(monkeypatch):
    """A function that splits a JPEG file and returns how many bytes were looked at, or copied."""
    patterns = [CountedPattern(jpeg._MARKER), CountedPattern(jpeg._FILLING)]
    monkeypatch.setattr(jpeg, "_MARKER", patterns[0])
    monkeypatch.setattr(jpeg, "_FILLING", patterns[1])

    def work(content: bytes) -> int:
        counted = CountedBytes(content)
        for pattern in patterns:
            pattern.work = 0
        with suppress(ValueError):  # too many segments
            jpeg.split_jpeg(counted)
        return sum(pattern.work for pattern in patterns) + counted.copied

    return work


@pytest.fixture(scope="module")
def beginnings() -> list[bytes]:
    """A file that has only begun, and one in the midst of its first scan."""
    good = make_picture("JPEG")
    return [b"\xff\xd8", good[: good.index(b"\xff\xda") + 200]]


def test_a_pattern_that_begins_anew_at_each_byte_is_told():
    greedy = CountedPattern(re.compile(rb"\xff+([\x02-\xcf\xd9-\xfe])"))
    greedy.search(b"\xff" * 2_000)
    assert greedy.work == 2_000**2


@pytest.mark.parametrize("byte", MARKERS, ids=hex)
def test_jpeg_work_on_runs_of_25_mb(split_work, beginnings, byte):
    for beginning in beginnings:
        content = beginning + fill(bytes([byte]), MAX_BYTES - len(beginning))
        assert split_work(content) <= MOST_PER_BYTE * len(content)


def test_jpeg_work_on_runs_of_any_byte(split_work, beginnings):
    for beginning, byte in product(beginnings, range(256)):
        content = beginning + fill(bytes([byte]), SMALL)
        assert split_work(content) <= MOST_PER_BYTE * len(content)


@pytest.mark.parametrize("run", SEQUENCES, ids=repr)
def test_jpeg_work_on_sequences(split_work, beginnings, run):
    for beginning in beginnings:
        content = beginning + fill(run, MAX_BYTES - len(beginning))
        assert split_work(content) <= MOST_PER_BYTE * len(content)


def test_what_pillow_gets_has_no_long_filling():
    """It would hand its decoder all of the filling again with each block of 64 kB."""
    good = make_picture("JPEG", (640, 480))
    middle = good.index(b"\xff\xda") + 5_000
    content = good[:middle] + fill(b"\xff", 1_000_000)
    assert len(jpeg.split_jpeg(content).picture) <= middle + 2


def test_filling_changes_no_pixel():
    good = make_picture("JPEG", progressive=True)
    filled = good[:2] + good[2:].replace(b"\xff\xc4", fill(b"\xff", 3000) + b"\xff\xc4")
    assert (read_picture(filled) == read_picture(good)).all()


def test_quantization_tables_between_scans_keep_their_255():
    good = make_picture("JPEG", progressive=True)
    second = good.index(b"\xff\xda", good.index(b"\xff\xda") + 2)
    table = b"\xff\xdb" + (67).to_bytes(2) + b"\x03" + b"\xff" * 64
    assert table in jpeg.split_jpeg(good[:second] + table + good[second:]).picture


def test_too_many_segments_are_refused():
    with pytest.raises(ValueError, match="10,000 segments"):
        jpeg.split_jpeg(b"\xff\xd8" + b"\xff\xe0\0\2" * 10_001)
    with pytest.raises(PictureError, match="damaged or cut off"):
        read_picture(b"\xff\xd8" + b"\xff\xe0\0\2" * 10_001)


@pytest.fixture
def entries_read(monkeypatch):
    """How many times a directory was looked into."""
    calls = [0]

    def unpack_from(*args):
        calls[0] += 1
        return struct.unpack_from(*args)

    counted = SimpleNamespace(unpack_from=unpack_from, unpack=struct.unpack, error=struct.error)
    monkeypatch.setattr(exif, "struct", counted)
    return calls


def test_directories_inside_each_other_are_not_walked(entries_read):
    """Each of 65,535 entries points at a directory that begins at another entry."""
    entries = b"".join(struct.pack("<HHLL", 34665, 4, 1, 10 + 12 * k) for k in range(65_535))
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", 65_535) + entries + bytes(500_000)
    with pytest.raises(ValueError, match="share their bytes"):
        exif.check_directories(tiff)
    assert entries_read[0] <= len(tiff) / 6


@pytest.mark.parametrize("run", [b"I", b"M", b"\0", b"\xff", b"II*\0", b"\x69\x87\x04\0"], ids=repr)
def test_exif_work_on_runs_of_25_mb(entries_read, run):
    for beginning in (b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"):
        tiff = beginning + fill(run, MAX_BYTES - 8)
        with suppress(ValueError):
            exif.check_directories(tiff)
        assert 1 <= exif.read_orientation(tiff) <= 8
        assert entries_read[0] <= len(tiff) / 6
