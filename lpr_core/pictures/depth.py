"""Bring samples of more than 8 bits to 8, whatever share of their range a camera fills."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import PngImagePlugin, TiffImagePlugin
from PIL.Image import Image

_DEPTHS = (8, 10, 12, 14, 16)
"""Bits that sensors have. A 16-bit file holds their samples as they are, or shifted to the top."""

_WHITE_IS_ZERO = 0  # TIFF 6.0, PhotometricInterpretation; Pillow inverts up to 8 bits only
_HIGH, _LOW = "B", "L"
"""Ends of Pillow's names of 16-bit samples: which of the two bytes it keeps of a PNG's."""


def scale_grey(image: Image) -> NDArray[np.uint8]:
    """Scale grey samples, `(H, W)` of more than 8 bits, to 0..255.

    Integers fill the smallest of 8, 10, 12, 14 or 16 bits that holds them all, floats 0 to 1; what
    lies outside of 16 bits or of 0 to 1 is scaled from the picture's own minimum and maximum.
    """
    samples = np.nan_to_num(np.asarray(image), posinf=0, neginf=0)
    tags = image.tag_v2 if isinstance(image, TiffImagePlugin.TiffImageFile) else {}
    bits = tags.get(TiffImagePlugin.BITSPERSAMPLE, (16,))[0] if image.mode == "I;16" else 16
    smallest, largest = float(samples.min()), float(samples.max())
    low, high = 0.0, 1.0 if image.mode == "F" else _find_white(largest, bits)
    if smallest < low or largest > high:
        low, high = smallest, largest
    if tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == _WHITE_IS_ZERO:
        low, high = high, low
    scaled = (samples.astype(np.float32) - low) * (255 / (high - low))
    return np.rint(scaled).astype(np.uint8)


def restore_colours(image: Image, content: bytes) -> NDArray[np.uint8] | None:
    """Return the samples of a colour PNG of 16 bits whose upper bytes leave it nearly black.

    Args:
        image: As Pillow loaded it, with the upper byte of each sample.
        content: The file.

    Returns:
        `(H, W, 3 or 4)`, or `None` where the picture is another or has its full range.
    """
    if not isinstance(image, PngImagePlugin.PngImageFile) or image.mode not in ("RGB", "RGBA"):
        return None
    again = PngImagePlugin.PngImageFile(io.BytesIO(content))
    mode = again.tile[0].args if again.tile else None
    upper = np.asarray(image).astype(np.float32)
    if mode != f"{image.mode};16{_HIGH}" or upper[..., :3].max() >= 2.0 ** (_DEPTHS[-2] - 8):
        return None
    again.tile = [tile._replace(args=f"{image.mode};16{_LOW}") for tile in again.tile]
    samples = upper * 256 + np.asarray(again)
    colours = samples[..., :3] * (255 / _find_white(float(samples[..., :3].max())))
    return np.rint(np.dstack([colours, upper[..., 3:]])).astype(np.uint8)


def _find_white(largest: float, bits: int = _DEPTHS[-1]) -> float:
    """Return the largest sample of the smallest depth, up to `bits`, that holds all samples."""
    return next(
        (2.0**depth - 1 for depth in _DEPTHS if largest < 2**depth <= 2**bits), 2.0**bits - 1
    )
