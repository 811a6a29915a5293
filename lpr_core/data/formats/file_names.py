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


def read_name(path: Path) -> Iterator[Found]:
    """Picture files named by the plate, one plate filling each picture.

    `ABC1234.jpg` or `ABC-1234.png`. What follows an underscore, a blank or a bracket tells pictures
    of one plate apart: `ABC1234_2.jpg`, `ABC1234 (2).jpg`. Folders such as `train` name the split.
    """
    text = re.split(r"[_ (\[]", path.stem)[0]
    if not text:
        raise ValueError("the name must begin with the plate's text")
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
