"""Tell what a file is from its first bytes, never from its name."""

import re

PICTURE_KINDS = ("JPEG", "PNG", "WebP", "BMP", "TIFF")
"""What people are asked for; PPM is read too, because data sets of photos come in it."""

# (pattern for the first bytes, what a person calls such a file). The first match counts.
# Sources: https://en.wikipedia.org/wiki/List_of_file_signatures and the formats' own documents.
_BINARY_KINDS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), kind)
    for pattern, kind in (
        (rb"\xff\xd8\xff", "JPEG"),
        (rb"\x89PNG\r\n\x1a\n", "PNG"),
        (rb"RIFF....WEBP", "WebP"),
        (rb"(II\*\0|MM\0\*).{4}CR", "a camera raw file"),
        (rb"II\*\0|MM\0\*", "TIFF"),
        (rb"BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0", "BMP"),
        (rb"II\+\0|MM\0\+", "a BigTIFF file"),
        (rb"IIU\0|IIRO|IIRS|FUJIFILMCCD-RAW|....ftypcrx ", "a camera raw file"),
        (rb"GIF8[79]a", "a GIF picture"),
        (rb"....ftyp(hei[cxms]|hev[cmx]|mif1|msf1)", "a HEIC picture"),
        (rb"....ftypavi[fs]", "an AVIF picture"),
        (rb"....ftyp|....moov|....mdat", "a video"),
        (rb"\x1a\x45\xdf\xa3|RIFF....AVI |FLV\x01|\0\0\x01[\xba\xb3]", "a video"),
        (rb"RIFF....WAVE|ID3|OggS|fLaC|\xff[\xfb\xf3\xf2]|MThd", "a sound file"),
        (rb"\0\0\x01\0[^\0]\0|icns", "an icon"),
        (rb"\0\0\x02\0[^\0]\0", "a mouse pointer"),
        (rb"\0[\0\x01][\x01-\x03\x09-\x0b]\0\0", "a TGA picture"),
        (rb"\0\0\0\x0cJXL |\xff\x0a", "a JPEG XL picture"),
        (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "a JPEG 2000 picture"),
        (rb"8BPS", "a Photoshop document"),
        (rb"gimp xcf", "a GIMP document"),
        (rb"P6\s", "PPM"),
        (rb"P[1-57]\s", "a Netpbm picture"),
        (rb"qoif", "a QOI picture"),
        (rb"DDS ", "a DDS texture"),
        (rb"\x76\x2f\x31\x01|#\?RADIANCE", "a high-dynamic-range picture"),
        (rb"\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF", "a Windows metafile"),
        (rb".{128}DICM", "a DICOM file"),
        (rb"%PDF-", "a PDF document"),
        (rb"%!PS|\xc5\xd0\xd3\xc6", "a PostScript document"),
        (rb"\{\\rtf", "an RTF document"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
        (rb"PK(\x03\x04|\x05\x06|\x07\x08)", "a ZIP archive"),
        (rb"\x1f\x8b|BZh|\xfd7zXZ\0|\x28\xb5\x2f\xfd", "a compressed file"),
        (rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|.{257}ustar", "an archive"),
        (rb"\x7fELF|MZ|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|\0asm", "a program"),
        (rb"SQLite format 3\0", "a database"),
        (rb"\x89HDF|\x93NUMPY|\x80[\x02-\x05]", "a data file"),
        (rb"wOF[F2]|\0\x01\0\0\0|OTTO", "a font"),
    )
)

# The same for text, matched against its first characters in lower case, white space stripped.
_TEXT_KINDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), kind)
    for pattern, kind in (
        (r"<!doctype html|<html|<(head|body|script|title|div|p)\b", "an HTML page"),
        (r"<!doctype svg|<svg", "an SVG drawing"),
        (r"<\?xml.*<svg|<!--.*<svg", "an SVG drawing"),
        (r"<\?xml.*<html|<!--.*<html", "an HTML page"),
        (r"<\?xml|<!doctype", "an XML document"),
        (r"[\[{]", "a JSON document"),
        (r"#!|<\?php", "a script"),
        (r"data:", "a data URL"),
        (r"%pdf-", "a PDF document"),
    )
)


def recognise(content: bytes) -> str:
    """Name the kind of a file: one of `PICTURE_KINDS`, or words such as "a PDF document".

    The words carry their article, so that "This is {kind}." reads well; a file without any known
    sign is "text" or "a file of unknown kind".
    """
    for pattern, kind in _BINARY_KINDS:
        if pattern.match(content):
            return kind
    return _recognise_text(content[:4096])


def _recognise_text(beginning: bytes) -> str:
    text = _decode_text(beginning)
    if text is None:
        return "a file of unknown kind"
    text = text.lstrip("\ufeff \t\r\n\v\f").lower()
    return next((kind for pattern, kind in _TEXT_KINDS if pattern.match(text)), "text")


def _decode_text(beginning: bytes) -> str | None:
    """Return the beginning as text; None when it holds bytes that no text has."""
    encoding = "utf-16" if beginning[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = beginning.decode(encoding, errors="replace")
    binary = sum(character < " " and character not in "\t\r\n\v\f" for character in text)
    # A letter cut in half at the end, or a page in an older encoding, is still text.
    doubtful = binary + text.count("\ufffd")
    return text if doubtful <= len(text) // 10 and "\0" not in text else None
