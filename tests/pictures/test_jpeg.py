import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lpr_core.pictures.jpeg import split_jpeg
from tests.kit.bad_pictures import make_picture


def decode(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


def add_segment(content: bytes, marker: int, body: bytes) -> bytes:
    length = (len(body) + 2).to_bytes(2)
    return content[:2] + bytes([0xFF, marker]) + length + body + content[2:]


@pytest.mark.parametrize(
    ("mode", "options", "num_scans"),
    [
        ("RGB", {}, 1),
        ("L", {}, 1),
        ("CMYK", {}, 1),  # whose colours an APP14 segment explains
        ("RGB", {"progressive": True}, 10),
        ("RGB", {"restart_marker_blocks": 2}, 1),
    ],
)
def test_pixels_stay_and_scans_are_counted(mode, options, num_scans):
    content = make_picture("JPEG", mode=mode, **options)
    parts = split_jpeg(content)
    assert (parts.exif, parts.num_scans) == (b"", num_scans)
    np.testing.assert_array_equal(decode(parts.picture), decode(content))


def test_metadata_is_parted():
    plain = make_picture("JPEG")
    first = add_segment(plain, 0xE1, b"Exif\0\0second, ignored")
    content = add_segment(first, 0xE1, b"Exif\0\0II*\0body")
    content = add_segment(add_segment(content, 0xE2, b"MPF\0"), 0xFE, b"a comment")
    assert split_jpeg(content) == (plain, b"II*\0body", b"", 1)


def test_other_application_segments_are_no_exif():
    content = add_segment(make_picture("JPEG"), 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>")
    assert split_jpeg(content).exif == b""


def test_bytes_between_segments_are_skipped():
    plain = make_picture("JPEG")
    assert split_jpeg(plain[:2] + b"\0\0\xff\xd8\xff\xff" + plain[3:]).picture == plain


def test_scans_behind_the_end_do_not_count():
    """Phones append a film, or further pictures, to a picture."""
    content = make_picture("JPEG")
    assert split_jpeg(content + content).num_scans == 1


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=300))
def test_any_bytes_can_be_split(content):
    assert split_jpeg(b"\xff\xd8" + content).picture[:2] == b"\xff\xd8"
