"""Labels that stand in the names of the pictures themselves."""

import re
from collections.abc import Iterator
from pathlib import Path

from lpr_core.data.formats.labels import Found, PictureLabel, Said
from lpr_core.data.samples import Box

# Order as in https://github.com/detectRecog/CCPD, "Dataset Annotations"; the last symbol of each
# alphabet, the letter O, means "no character".
_PROVINCES = "皖沪津渝冀晋蒙辽吉黑苏浙京闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新警学O"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZO"
_SYMBOLS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789O"
_CCPD_NAME = re.compile(
    r"\d+-\d+_\d+-(?P<box>\d+&\d+_\d+&\d+)-[\d&_]+-(?P<plate>\d+(_\d+){6,7})-\d+-\d+"
)

_COPY = re.compile(r"[ _]?-? ?(copy|copia|cópia|copie|kopie|kopia|kopi|副本)( ?\(?\d*\)?)?$", re.I)
"""What file managers put behind the name of a second copy."""
_NUMBERED = re.compile(r"(?P<plate>.*\d)[ -](?P<number>\d{1,3})")
_CAMERA_WORDS = {
    *("img", "dsc", "dscn", "dscf", "pxl", "mvi", "vid"),
    *("photo", "image", "picture", "frame", "screenshot", "snapshot"),
}


def read_name(path: Path) -> Iterator[Found]:
    """Picture files named by the plate, one plate filling each picture.

    `ABC1234.jpg`, `ABC-1234.png` or `B MW 5557.jpg`. What follows an underscore or a bracket tells
    pictures of one plate apart, and so does "Copy": `ABC1234_2.jpg`, `ABC1234 (2).jpg`,
    `ABC1234 - Copy.jpg`. A number behind one dash or blank and a digit may be either, and is asked
    about; a camera's name (`IMG_2043`) is no text. Folders such as `train` name the split.
    """
    text = re.split(r"[_(\[]", _COPY.sub("", path.stem))[0].rstrip(" -")
    if not text.strip() or text.startswith(" "):
        raise ValueError("the name must begin with the plate's text")
    if text.casefold() in _CAMERA_WORDS:
        raise ValueError(f"a camera's name is no plate's text. Received: {path.stem[:40]!r}")
    if (number := _NUMBERED.fullmatch(text)) and not re.search(r"[ -]", number["plate"]):
        plate, copy = number["plate"], number["number"]
        raise ValueError(
            f"the name may mean {plate + copy!r}, or {plate!r} for the picture number {copy}; call "
            f"it {plate + copy + path.suffix!r} or {f'{plate}_{copy}{path.suffix}'!r}"
        )
    yield PictureLabel("", path.name, Said(text))


def read_ccpd(path: Path) -> Iterator[Found]:
    """Chinese City Parking Dataset: seven fields in each file name, the plate in the fifth.

    `025-95_113-154&383_386&473-386&473_177&454_154&383_363&402-0_0_22_27_27_33_16-37-15.jpg`: area,
    tilt, box (left-top, right-bottom), corners, symbols by number, brightness, blur.
    Seven symbols, eight in CCPD-Green. Source: https://github.com/detectRecog/CCPD
    """
    match = _CCPD_NAME.fullmatch(path.stem)
    if match is None:
        raise ValueError("the name must have the seven fields of CCPD")
    left, top, right, bottom = (int(number) for number in re.findall(r"\d+", match["box"]))
    text = _decode_ccpd([int(number) for number in match["plate"].split("_")])
    box = Box.around([(left, top), (right, bottom)])
    yield PictureLabel("", path.name, Said(text), "cn", box=box)


def _decode_ccpd(numbers: list[int]) -> str:
    alphabets = [_PROVINCES, _LETTERS, *[_SYMBOLS] * (len(numbers) - 2)]
    for number, alphabet in zip(numbers, alphabets, strict=True):
        if number >= len(alphabet):
            raise ValueError(f"a symbol must be below {len(alphabet)}. Received: {number}")
    symbols = [alphabet[number] for number, alphabet in zip(numbers, alphabets, strict=True)]
    return "".join(symbol for symbol in symbols if symbol != "O")
