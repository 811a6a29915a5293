"""The turn of a picture, wherever it is written."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from lpr_core.pictures.decoding import read_picture
from lpr_core.pictures.orientation import find_orientation

STANDING = np.zeros((24, 16, 3), np.uint8)
STANDING[:8] = 255
LYING = np.rot90(STANDING, -1)  # what orientation 6 makes of it
EXIF = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
XMP = (
    b'<x:xmpmeta><rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>'
)
PROFILE = f"\nexif\n{len(EXIF) + 6:8}\n{(b'Exif' + bytes(2) + EXIF).hex()}\n"


def encode(kind, **options):
    stream = io.BytesIO()
    Image.fromarray(STANDING).save(stream, kind, **options)
    return stream.getvalue()


def with_text(**texts):
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name.replace("_", " "), text, zip=True)
    return encode("PNG", pnginfo=info)


def behind_the_pixels(name, body):
    content = encode("PNG")
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return content[:-12] + chunk + content[-12:]


PICTURES = {
    "PNG, eXIf before the pixels": encode("PNG", exif=EXIF),
    "PNG, eXIf behind them": behind_the_pixels(b"eXIf", EXIF),
    "PNG, text of ImageMagick": with_text(Raw_profile_type_exif=PROFILE),
    "PNG, the same behind them": behind_the_pixels(
        b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(PROFILE.encode())
    ),
    "PNG, XMP": behind_the_pixels(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
    "JPEG, EXIF": encode("JPEG", quality=95, exif=b"Exif\0\0" + EXIF),
    "JPEG, XMP": encode("JPEG", quality=95, xmp=XMP),
    "WebP, EXIF": encode("WebP", lossless=True, exif=EXIF),
    "WebP, XMP": encode("WebP", lossless=True, xmp=XMP),
}


@pytest.mark.parametrize("content", PICTURES.values(), ids=PICTURES)
def test_pictures_come_upright(content):
    np.testing.assert_allclose(read_picture(content), LYING, atol=12)


def test_what_says_nothing_turns_nothing():
    np.testing.assert_array_equal(read_picture(encode("PNG")), STANDING)
    np.testing.assert_array_equal(
        read_picture(with_text(Raw_profile_type_exif="nonsense")), STANDING
    )


@pytest.mark.parametrize(
    ("info", "exif", "xmp", "orientation"),
    [
        ({}, b"", b"", 1),
        ({"exif": EXIF}, b"", XMP.replace(b'"6"', b'"3"'), 6),  # EXIF before XMP
        ({}, b"", b"<tiff:Orientation>8</tiff:Orientation>", 8),
        ({}, b"", b'tiff:Orientation="9"', 1),
        ({"Raw profile type exif": "\nexif\n 3\nzz"}, b"", b"", 1),
        ({"Raw profile type exif": "\nexif\n 3\nabc"}, b"", b"", 1),  # half a byte
        ({"Raw profile type exif": "0" * 2_000_000}, b"", b"", 1),
        ({"xmp": 5, "exif": None}, EXIF, b"", 6),
        ({"xmp": 5}, b"", b"", 1),
    ],
)
def test_orientations(info, exif, xmp, orientation):
    assert find_orientation(info, exif, xmp) == orientation
