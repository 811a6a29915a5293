"""Find out how a picture must be turned, wherever a program wrote that down."""

import re
from collections.abc import Mapping
from typing import Any

from lpr_core.pictures.exif import read_orientation

_MAX_PROFILE = 1_000_000
# https://www.exiftool.org/TagNames/PNG.html#TextualData: newline, name, length, then hex digits
_RAW_PROFILE = re.compile(r"\s*\S+\s+\d+\s+(?P<digits>[0-9a-fA-F\s]*)")
# XMP, part 1 (ISO 16684-1): as an attribute or an element of the namespace that is called tiff
_XMP = re.compile(rb"tiff:Orientation\s*(?:=\s*[\"']|>)\s*([1-8])\s*[\"'<]")


def find_orientation(info: Mapping[Any, Any], exif: bytes = b"", xmp: bytes = b"") -> int:
    """Return the EXIF orientation, 1 to 8; 1 (upright) where nothing says another.

    EXIF counts first, in its own block or in the text that ImageMagick makes of it, then XMP.

    Args:
        info: What Pillow says of the picture; of PNG only after the pixels, behind which it may
            stand, were loaded.
        exif: The EXIF block, where it was read apart.
        xmp: The XMP packet, likewise.
    """
    texts = (info.get("Raw profile type exif"), info.get("Raw profile type APP1"))
    blocks = (exif, info.get("exif"), *map(_decode_profile, texts))
    found = (read_orientation(block) for block in blocks if isinstance(block, bytes) and block)
    turned = next((orientation for orientation in found if orientation != 1), None)
    return turned or _read_xmp(xmp or info.get("xmp") or info.get("XML:com.adobe.xmp") or b"")


def _decode_profile(text: Any) -> bytes:
    """Return the bytes of a "raw profile"; nothing where it is none."""
    if not isinstance(text, str) or len(text) > _MAX_PROFILE:
        return b""
    found = _RAW_PROFILE.fullmatch(text)
    try:
        return bytes.fromhex(found["digits"]) if found else b""
    except ValueError:
        return b""


def _read_xmp(packet: Any) -> int:
    content = packet.encode() if isinstance(packet, str) else packet
    found = _XMP.search(content[:_MAX_PROFILE]) if isinstance(content, bytes) else None
    return int(found[1]) if found else 1
