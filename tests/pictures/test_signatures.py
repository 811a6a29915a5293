import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lpr_core.pictures.signatures import PICTURE_KINDS, recognise
from tests.kit.bad_pictures import make_picture


@pytest.mark.parametrize("kind", PICTURE_KINDS)
def test_pictures_are_recognised(kind):
    assert recognise(make_picture(kind)) == kind


def test_big_endian_tiff_is_recognised():
    assert recognise(b"MM\0*\0\0\0\x08") == "TIFF"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "text"),
        (b"\0", "a file of unknown kind"),
        (b"a", "text"),
        (b"BM", "text"),  # the sign of a bitmap alone is two letters
        (b"RIFF", "text"),
        (b"<?xml version='1.0'?><!-- a plate --><SVG>", "an SVG drawing"),
        (b"<!DOCTYPE svg PUBLIC", "an SVG drawing"),
        (b"<!-- saved --><html>", "an HTML page"),
        (b"<div>plate</div>", "an HTML page"),
        (b"<?xml version='1.0'?><annotation/>", "an XML document"),
        (b"\xef\xbb\xbf{}", "a JSON document"),
        (b"%PDF-1.4", "a PDF document"),
        (b"\n%PDF-1.4", "a PDF document"),
        (b"\0\0\0\x1cftypcrx ", "a camera raw file"),
        (b"\0\0\0\x1cftypisom", "a video"),
        ("Żółć ".encode() * 2000, "text"),
        ("plate ".encode("utf-16-be"), "a file of unknown kind"),  # no byte order mark
    ],
)
def test_kinds(content, kind):
    assert recognise(content) == kind


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=300))
def test_any_bytes_have_a_kind(content):
    assert recognise(content)


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet=st.characters(categories=["L", "N", "Zs"]), max_size=300))
def test_words_are_text_or_unluckily_a_sign(text):
    assert recognise(text.encode()) != "a file of unknown kind"
