import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lpr_core.pictures.exif import ExifEntry, check_directories, read_directory, read_orientation
from tests.kit.bad_pictures import make_directory, make_tiff, tag_bomb

SHORT, LONG = 3, 4


def make_exif(*entries: tuple[int, int, int, int]) -> bytes:
    return b"II*\0\x08\0\0\0" + make_directory(list(entries))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_written_by_pillow_is_read(orientation):
    exif = Image.Exif()
    exif[274] = orientation
    assert read_orientation(exif.tobytes()) == orientation  # begins with "Exif\0\0"


def test_orientation_of_big_endian_blocks_is_read():
    block = b"MM\0*\0\0\0\x08" + struct.pack(">HHHLHHL", 1, 274, SHORT, 1, 6, 0, 0)
    assert read_orientation(block) == 6


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        make_exif()[:9],
        make_exif((274, SHORT, 1, 6))[:20],
        make_exif((274, SHORT, 1, 0)),
        make_exif((274, SHORT, 1, 9)),
        make_exif((274, SHORT, 2, 6)),  # two orientations
        make_exif((274, 2, 1, 6)),  # text
        make_exif((256, SHORT, 1, 6)),
    ],
)
def test_without_a_valid_orientation_a_picture_is_upright(block):
    assert read_orientation(block) == 1


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=200))
def test_any_bytes_have_an_orientation(block):
    assert 1 <= read_orientation(block) <= 8


def test_directory_entries():
    exif = make_exif((256, LONG, 1, 70_000), (258, SHORT, 3, 99), (999, 77, 5, 0))
    assert list(read_directory(exif)) == [
        ExifEntry(256, 4, 70_000),
        ExifEntry(258, 6, None),
        ExifEntry(999, 0, None),
    ]


def test_checked_directories_give_the_first_ones_values():
    assert check_directories(make_tiff())[256] == 16


@pytest.mark.parametrize(
    ("tiff", "message"),
    [
        (b"II*\0", "must lie inside the file"),
        (tag_bomb(1000), "Tags claim 2000000 bytes in a file of 25014"),
        (make_tiff((34665, LONG, 1, 10**9)), "must lie inside the file"),
        (make_tiff((34665, 9, 1, 8)), "Tag 34665 must point at a directory"),
    ],
)
def test_unsafe_directories_are_refused(tiff, message):
    with pytest.raises(ValueError, match=message):
        check_directories(tiff)


def test_directories_that_point_at_themselves_end():
    start = len(make_tiff((34665, LONG, 1, 0)))
    tiff = make_tiff((34665, LONG, 1, start)) + make_directory([(34665, LONG, 1, start)])
    assert check_directories(tiff)[34665] == start
