"""Files that are no readable pictures, made on the spot: `make_bad_pictures()` gives them by name.

A name begins with the family: `other` (whole files of another kind), `text`, `cut` (truncated),
`broken` (inconsistent), `bomb` (small files that want much memory or time), `size` (beyond a
limit).
"""

import base64
import bz2
import gzip
import io
import json
import lzma
import pickle
import struct
import tarfile
import wave
import zipfile
import zlib
from itertools import pairwise

import numpy as np
from PIL import Image

KINDS = ("JPEG", "PNG", "WebP", "BMP", "TIFF")


def make_bad_pictures() -> dict[str, bytes]:
    """Return name -> content of every bad file; about 40 MB in all."""
    return {
        **_other_files(),
        **_texts(),
        **_cut_pictures(),
        **_broken_pictures(),
        **_bombs(),
        **_wrong_sizes(),
    }


def make_hostile_pictures() -> dict[str, bytes]:
    """Return name -> content of good pictures that a careless reader would choke on."""
    return {
        "jpeg_tag_bomb": _jpeg_tag_bomb(),
        "png_tag_bomb": make_png(96, 48, png_chunk(b"eXIf", tag_bomb(2_000_000))),
        "webp_tag_bomb": make_picture("WebP", exif=tag_bomb(2_000_000)),
        "tiff_two_million_strips": _many_strips(),
        "tiff_endless_pages": _endless_pages(),
    }


def make_picture(
    kind: str, size: tuple[int, int] = (96, 48), mode: str = "RGB", **options
) -> bytes:
    """Return a good file of this kind that shows noise, which compresses badly on purpose."""
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(stream, kind, **options)
    return stream.getvalue()


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def make_png(width: int, height: int, *chunks: bytes, pixels: bytes | None = None) -> bytes:
    """Return an 8-bit grey PNG; its pixels are compressed zeros unless given as raw IDAT bytes."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = zlib.compress(bytes((width + 1) * height), 9) if pixels is None else pixels
    end = png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + end


def make_directory(entries: list[tuple[int, int, int, int]], next_offset: int = 0) -> bytes:
    """Return a little-endian TIFF directory of (tag, type, count, value or offset)."""
    rows = b"".join(struct.pack("<HHLL", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + rows + struct.pack("<L", next_offset)


def make_tiff(
    *extra: tuple[int, int, int, int], width=16, height=16, changes=None, pixels=bytes(256)
) -> bytes:
    """Return an uncompressed 8-bit grey TIFF with more, or changed, single-integer tags."""
    tags = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: height}
    tags |= {279: len(pixels)} | (changes or {})
    entries = [(tag, 4, 1, value) for tag, value in tags.items()]
    start = struct.pack("<L", 8 + len(pixels))
    return b"II*\0" + start + pixels + make_directory([*entries, *extra])


def tag_bomb(num_bytes: int, num_tags: int = 2000) -> bytes:
    """Return a TIFF structure in which every tag points at the same `num_bytes` bytes."""
    entries = [(50000 + index, 7, num_bytes, 8) for index in range(num_tags)]
    return b"II*\0" + struct.pack("<L", 8 + num_bytes) + bytes(num_bytes) + make_directory(entries)


def _other_files() -> dict[str, bytes]:
    return {f"other_{name}": content for name, content in (_containers() | _stubs()).items()}


def _containers() -> dict[str, bytes]:
    """Files that a library writes, so that they are whole."""
    return {
        "gif": make_picture("GIF"),
        "gif_animated": make_picture(
            "GIF", save_all=True, append_images=[Image.new("L", (96, 48))]
        ),
        "ico": make_picture("ICO", (32, 32)),
        "avif": make_picture("AVIF"),
        "jpeg2000": make_picture("JPEG2000"),
        "pgm": make_picture("PPM", mode="L"),
        "tga": make_picture("TGA"),
        "dds": make_picture("DDS"),
        "icns": make_picture("ICNS", (32, 32)),
        "pdf_with_jpeg": make_picture("PDF"),
        "eps": make_picture("EPS"),
        "zip": _zip({"plate.jpg": make_picture("JPEG")}),
        "zip_bomb": _zip({"zeros": bytes(20_000_000)}),
        "docx": _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
        "tar": _tar(make_picture("PNG")),
        "gzip_svg": gzip.compress(b"<svg/>"),
        "bzip2": bz2.compress(make_picture("BMP")),
        "xz": lzma.compress(make_picture("BMP")),
        "wav": _wav(),
        "pickle": pickle.dumps({"plate": "ABC1234"}),
        "npy": _npy(),
    }


def _stubs() -> dict[str, bytes]:
    """Beginnings of files that no library at hand writes."""
    filler = bytes(range(256)) * 2
    beginnings = {
        "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "mp4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
        "webm": b"\x1a\x45\xdf\xa3\x01\0\0\0",
        "avi": b"RIFF\0\x10\0\0AVI LIST",
        "mp3": b"ID3\x04\0\0\0\0\0\x0f",
        "jpeg_xl": b"\0\0\0\x0cJXL \r\n\x87\n",
        "photoshop": b"8BPS\0\x01\0\0\0\0\0\0\0\x03",
        "cr2": b"II*\0\x10\0\0\0CR\x02\0",
        "bigtiff": b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0",
        "cursor": b"\0\0\x02\0\x01\0\x20\x20",
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "7z": b"7z\xbc\xaf\x27\x1c\0\x04",
        "rar": b"Rar!\x1a\x07\x01\0",
        "elf": b"\x7fELF\x02\x01\x01\0",
        "exe": b"MZ\x90\0\x03\0\0\0",
        "wasm": b"\0asm\x01\0\0\0",
        "java_class": b"\xca\xfe\xba\xbe\0\0\0\x37",
        "sqlite": b"SQLite format 3\0\x10\0",
        "dicom": bytes(128) + b"DICM\x02\0",
        "truetype": b"\0\x01\0\0\0\x0b\0\x80",
        "zeros": bytes(64),
        "noise": np.random.default_rng(1).bytes(4000),
    }
    return {name: beginning + filler for name, beginning in beginnings.items()}


def _texts() -> dict[str, bytes]:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    laughs = '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise("abcdefghi")
    )
    texts = {
        "plain": "This is no picture.\n",
        "utf16": "This is no picture.\n".encode("utf-16"),
        "latin1": "Plaque d'immatriculation, modèle français, série déposée\n".encode("latin-1"),
        "blank_lines": "\n\n\n",
        "bm_word": "BMW 320d, plate unknown, seen at the corner\n",
        "html": "<!DOCTYPE html><html><body>Not found</body></html>",
        "html_upper_case": "\r\n  <HTML><BODY>Sign in</BODY></HTML>",
        "html_byte_order_mark": "\ufeff<!doctype html><p>404",
        "xhtml": '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
        "svg": svg,
        "svg_prolog": '<?xml version="1.0" encoding="UTF-8"?>\n' + svg,
        "svg_comment": "<!-- drawn by hand -->\n" + svg,
        "svg_entities": laughs + "]><svg>&i;</svg>",
        "xml": '<?xml version="1.0"?><annotation><object/></annotation>',
        "json": json.dumps({"detail": "Not authenticated"}),
        "json_list": "[]",
        "csv": "image_path,plate_text\na.jpg,ABC1234\n",
        "shell": "#!/bin/sh\nrm -rf somewhere\n",
        "php": "<?php system($_GET['c']); ?>",
        "base64": base64.b64encode(make_picture("JPEG")),
        "data_url": b"data:image/jpeg;base64," + base64.b64encode(make_picture("JPEG")),
        "large_file_pointer": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    }
    return {
        f"text_{name}": text.encode() if isinstance(text, str) else text
        for name, text in texts.items()
    }


def _cut_pictures() -> dict[str, bytes]:
    """Every kind cut after its first bytes, in the middle and a little before its end."""
    cuts = {}
    for kind in KINDS:
        whole = make_picture(kind)
        for name, length in (("start", 20), ("half", len(whole) // 2), ("end", len(whole) - 64)):
            cuts[f"cut_{kind}_{name}"] = whole[:length]
    return cuts


def _broken_pictures() -> dict[str, bytes]:
    jpeg, png, bmp = (make_picture(kind) for kind in ("JPEG", "PNG", "BMP"))
    middle = png.index(b"IDAT") + 2000
    return {
        "broken_jpeg_only_start": b"\xff\xd8\xff",
        "broken_jpeg_html": b"\xff\xd8\xff<html><script>alert(1)</script></html>",
        "broken_jpeg_without_scan": jpeg[: jpeg.index(b"\xff\xda")] + b"\xff\xd9",
        "broken_jpeg_without_tables": b"\xff\xd8" + jpeg[jpeg.index(b"\xff\xc0") :],
        "broken_jpeg_no_pixels": _with_jpeg_size(0, 0),
        "broken_png_check_sum": png[:middle] + bytes([png[middle] ^ 255]) + png[middle + 1 :],
        "broken_png_pixels": make_png(64, 64, pixels=b"this is not deflated"),
        "broken_png_few_pixels": make_png(64, 64, pixels=zlib.compress(bytes(100))),
        "broken_png_no_pixels": make_png(0, 0),
        "broken_png_short_header": b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", b"\0\0\0\x40"),
        "broken_png_html": b"\x89PNG\r\n\x1a\n<!doctype html><html></html>",
        "broken_webp_empty": b"RIFF\x04\0\0\0WEBP",
        "broken_webp_chunk": b"RIFF\x20\0\0\0WEBPVP8 \x10\0\0\0" + bytes(16),
        "broken_bmp_depth": bmp[:28] + b"\x07\0" + bmp[30:],
        "broken_bmp_header": bmp[:14] + b"\xff\xff\0\0" + bmp[18:],
        "broken_tiff_no_directory": b"II*\0\xff\xff\xff\0" + bytes(64),
        "broken_tiff_empty_directory": b"MM\0*\0\0\0\x08" + bytes(64),
        "broken_tiff_compression": make_tiff(changes={259: 65000}),
        "broken_tiff_no_strips": make_tiff(changes={273: 0xFFFFFF}),
        "broken_tiff_depth": make_tiff(changes={258: 3}),
        "broken_tiff_subdirectory": make_tiff((34665, 9, 1, 8)),
    }


def _bombs() -> dict[str, bytes]:
    zeros = zlib.compress(bytes(50_000_000), 9)
    huge = make_tiff(width=100_000, height=100_000)
    return {
        "bomb_png_400_megapixels": make_png(20_000, 20_000),
        "bomb_png_claimed": make_png(2**31 - 1, 2**31 - 1, pixels=b""),
        "bomb_png_text": make_png(64, 64, png_chunk(b"zTXt", b"note\0\0" + zeros)),
        "bomb_png_international_text": make_png(
            64, 64, png_chunk(b"iTXt", b"note\0\x01\0\0\0" + zeros)
        ),
        "bomb_png_profile": make_png(64, 64, png_chunk(b"iCCP", b"sRGB\0\0" + zeros)),
        "bomb_png_many_texts": make_png(
            64, 64, *[png_chunk(b"zTXt", b"n\0\0" + zlib.compress(bytes(1_000_000), 9))] * 80
        ),
        "bomb_jpeg": _with_jpeg_size(65_500, 65_500),
        "bomb_jpeg_scans": _many_scans(300),
        "bomb_webp": _webp_canvas_bomb(),
        "bomb_webp_lossless": make_picture("WebP", (16, 16), lossless=True).replace(
            b"\x2f\x0f\xc0\x03", b"\x2f\xff\xff\xff"
        ),
        "bomb_bmp": b"BM"
        + struct.pack("<LLLLllHHLLLLLL", 54, 0, 54, 40, 60_000, 60_000, 1, 24, *[0] * 6),
        "bomb_tiff": huge,
        "bomb_tiff_tile": _tile_bomb(),
        "bomb_tiff_tags": tag_bomb(1_000_000),
        "bomb_tiff_hidden_tags": _hidden_tag_bomb(),
    }


def _wrong_sizes() -> dict[str, bytes]:
    return {
        "size_empty": b"",
        "size_one_byte": b"\xff",
        "size_25_megabytes": make_picture("JPEG") + bytes(25_000_000),
        "size_31_megapixels": make_png(6200, 5000),
        "size_1x1": make_picture("PNG", (1, 1)),
        "size_7x90": make_picture("JPEG", (7, 90)),
        "size_200x2": make_picture("BMP", (200, 2)),
    }


def _with_jpeg_size(width: int, height: int) -> bytes:
    """Return a JPEG whose header claims another size."""
    jpeg = make_picture("JPEG")
    place = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:place] + struct.pack(">HH", height, width) + jpeg[place + 4 :]


def _many_scans(count: int) -> bytes:
    """Return a progressive JPEG whose last scan is repeated."""
    jpeg = make_picture("JPEG", progressive=True)
    scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    return jpeg[:-2] + scan * count + jpeg[-2:]


def _webp_canvas_bomb() -> bytes:
    """Return an animated WebP of small frames on a canvas of 16,000 x 16,000."""
    webp = make_picture("WebP", save_all=True, append_images=[Image.new("RGB", (96, 48))])
    side = (16_000 - 1).to_bytes(3, "little")
    return webp[:24] + side * 2 + webp[30:]


def _tile_bomb() -> bytes:
    """Return a TIFF of 16 x 16 pixels in one compressed tile of 40,000 x 40,000."""
    changes = {259: 8, 322: 40_000, 323: 40_000, 324: 8, 325: 256}
    return make_tiff(changes=changes)


def _hidden_tag_bomb() -> bytes:
    """Return a TIFF whose EXIF directory, not its first one, repeats a megabyte 2,000 times."""
    start = len(make_tiff((34665, 4, 1, 0)))
    entries = [(50000 + index, 7, 1_000_000, 8) for index in range(2000)]
    directory = make_directory(entries)
    return make_tiff((34665, 4, 1, start)) + directory + bytes(1_000_000)


def _jpeg_tag_bomb() -> bytes:
    """Return a JPEG with a tag bomb of 2 MB in 31 EXIF segments, which Pillow joins."""
    jpeg, bomb = make_picture("JPEG"), tag_bomb(2_000_000)
    start = jpeg.index(b"\xff\xdb")  # behind JFIF, whose resolution would spare Pillow the EXIF
    pieces = [bomb[place : place + 65_000] for place in range(0, len(bomb), 65_000)]
    segments = [
        b"\xff\xe1" + struct.pack(">H", len(piece) + 8) + b"Exif\0\0" + piece for piece in pieces
    ]
    return jpeg[:2] + b"".join(segments) + jpeg[start:]


def _endless_pages() -> bytes:
    """Return a TIFF of 200,000 empty pages behind the first."""
    first = make_tiff()
    pages = b"".join(make_directory([], len(first) + 6 * (index + 1)) for index in range(200_000))
    return first[:-4] + struct.pack("<L", len(first)) + pages


def _many_strips() -> bytes:
    """Return a TIFF with two million strips."""
    start = len(make_tiff())
    tiff = make_tiff(changes={273: 0, 279: 0})
    directory = tiff.index(struct.pack("<HHL", 273, 4, 1))
    counted = struct.pack("<HHLL", 273, 4, 2_000_000, start)
    return tiff[:directory] + counted + tiff[directory + 12 :] + bytes(8_000_000)


def _zip(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _tar(content: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo("plate.png")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def _wav() -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(1000))
    return stream.getvalue()


def _npy() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.zeros((8, 8)))
    return stream.getvalue()
