"""Turn untrusted files into pictures: `(H, W, 3)` uint8 RGB, upright, or one clear sentence."""

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from lpr_core.pictures import exif, jpeg
from lpr_core.pictures.depth import restore_colours, scale_grey
from lpr_core.pictures.orientation import find_orientation
from lpr_core.pictures.signatures import PICTURE_KINDS, recognise
from lpr_core.untrusted import FileRefusedError, FileTooLargeError, read_untrusted

MAX_PIXELS = 30_000_000
MAX_BYTES = 25_000_000
MIN_SIDE = 8
MAX_SCANS = 100
"""A progressive JPEG has about ten scans; thousands keep a decoder busy for hours."""

Picture = NDArray[np.uint8]
"""`(H, W, 3)` uint8 RGB."""

# The decoders themselves rather than `Image.open`, which warns about large pictures where an error
# is wanted, and would try sixty formats.
_DECODERS: dict[str, type[ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "WebP": WebPImagePlugin.WebPImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "PPM": PpmImagePlugin.PpmImageFile,
}
_UNSEEN = 8
"""Levels of 0 to 255 between which nobody sees a letter."""
_TOO_LARGE = f"The file is larger than {MAX_BYTES / 1e6:g} MB, the most that is read."
_READABLE = f"{', '.join(PICTURE_KINDS[:-1])} and {PICTURE_KINDS[-1]}"

# EXIF orientation -> what makes the picture upright.
# https://www.cipa.jp/std/documents/e/DC-X008-Translation-2019-E.pdf, tag Orientation.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_SIDEWAYS = (5, 6, 7, 8)  # orientations that swap height and width


class PictureError(ValueError):
    """A file cannot be read as a picture; the message is one sentence for a person."""


def read_picture(source: bytes | str | Path) -> Picture:
    """Read a JPEG, PNG, WebP, BMP, TIFF or PPM file, told by its content, as `(H, W, 3)` uint8.

    Of an animation or a document of several pages, the first picture is read. The orientation that
    EXIF or XMP tells is applied, transparency is laid on white, or on black where nothing would be
    seen on white. Samples of 16 bits are scaled as `depth.scale_grey` says. Size limits are checked
    from the header, before any decoding.

    Raises:
        PictureError: the file is missing, too large, too small, damaged or not such a picture.
    """
    content = source if isinstance(source, bytes) else read_picture_file(Path(source))
    kind = _check_content(content)
    try:
        image, find_turn = _open_image(kind, content)
        _check_size(kind, image)
        image.load()
        return np.array(_turn_upright(_convert_to_rgb(image, content), find_turn()))
    except PictureError:
        raise
    # Hostile bytes raise dozens of kinds of errors in decoders; to a person they are all one.
    except Exception as error:
        raise PictureError(f"The {kind} picture is damaged or cut off.") from error


def measure_picture(path: Path) -> tuple[int, int]:
    """Return the height and width of a file's upright picture, mostly from its header alone.

    Raises:
        PictureError: As `read_picture`, but for damage behind the header.
    """
    content = read_picture_file(path)
    try:
        return _measure(content)
    except PictureError as error:
        raise PictureError(f"{path.name}: {error}") from error


def _measure(content: bytes) -> tuple[int, int]:
    kind = _check_content(content)
    try:
        image, find_turn = _open_image(kind, content)
        _check_size(kind, image)
        if kind == "PNG" and _has_more_behind_pixels(content):
            image.load()
        orientation = find_turn()
    except PictureError:
        raise
    except Exception as error:  # as in `read_picture`
        raise PictureError(f"The {kind} picture is damaged or cut off.") from error
    return (image.width, image.height) if orientation in _SIDEWAYS else (image.height, image.width)


def _has_more_behind_pixels(content: bytes) -> bool:
    """Tell whether a PNG says something behind its pixels, such as how to turn it."""
    end = content[content.rfind(b"IDAT") :]
    return any(name in end for name in (b"eXIf", b"tEXt", b"zTXt", b"iTXt"))


def fit_picture(picture: Picture, height: int, width: int) -> Picture:
    """Stretch a picture to `(height, width, 3)`: each axis by area when it shrinks, else linearly.

    This is the one resize of the project: training and reading must see the same pixels.
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
        raise ValueError(
            f"`picture` must be (H, W, 3) uint8. Received: {picture.shape} {picture.dtype}"
        )
    smaller = (min(width, picture.shape[1]), min(height, picture.shape[0]))
    shrunk = cv2.resize(picture, smaller, interpolation=cv2.INTER_AREA)
    return cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)


def add_margin(picture: Picture, share: float) -> Picture:
    """Return the picture with `share` of its height and width added on each side, or cut off.

    The added pixels repeat those at the edge, so that no new edge appears. Crops of a detector are
    often cut so tightly that the outer characters touch the rim; others are cut loosely, and a
    share below 0 (above -0.5) takes that much away.
    """
    rows, columns = round(share * picture.shape[0]), round(share * picture.shape[1])
    if share < 0:
        height, width = picture.shape[:2]
        return picture[-rows : height + rows, -columns : width + columns]
    widened = cv2.copyMakeBorder(picture, rows, rows, columns, columns, cv2.BORDER_REPLICATE)
    return widened.astype(np.uint8)


def read_picture_file(path: Path) -> bytes:
    """Return the bytes of a file that may be a picture, as `read_picture` takes them.

    Raises:
        PictureError: The file is missing, too large, or none.
    """
    name = repr(str(path))
    try:
        return read_untrusted(path, MAX_BYTES)
    except FileTooLargeError:
        raise PictureError(_TOO_LARGE) from None
    except FileRefusedError:
        raise PictureError(f"{name} is not a file; a folder or device holds no picture.") from None
    except FileNotFoundError:
        raise PictureError(f"There is no file {name}.") from None
    except OSError as error:
        raise PictureError(f"The file {name} cannot be read: {error.strerror}.") from error


def _check_content(content: bytes) -> str:
    """Return the kind of picture that these bytes say they are."""
    if not content:
        raise PictureError("The file is empty.")
    if len(content) > MAX_BYTES:
        raise PictureError(_TOO_LARGE)
    kind = recognise(content)
    if kind not in _DECODERS:
        raise PictureError(f"This is {kind}; only {_READABLE} pictures are read.")
    return kind


def _open_image(kind: str, content: bytes) -> tuple[ImageFile.ImageFile, Callable[[], int]]:
    """Return the image, its header read and nothing decoded, and what tells its orientation then.

    PNG may have it behind the pixels.
    """
    if kind == "TIFF":
        tags = exif.check_directories(content)
        tile_pixels = (tags.get(exif.TILE_WIDTH) or 0) * (tags.get(exif.TILE_HEIGHT) or 0)
        if tile_pixels > MAX_PIXELS:
            raise ValueError(f"A tile may have {MAX_PIXELS} pixels. Received: {tile_pixels}")
        # Pillow turns TIFF pictures upright by itself.
        return _DECODERS[kind](io.BytesIO(content)), lambda: 1
    block = packet = b""
    if kind == "JPEG":
        content, block, packet, num_scans = jpeg.split_jpeg(content)
        if num_scans > MAX_SCANS:
            raise PictureError(
                f"The JPEG picture has {num_scans} scans; at most {MAX_SCANS} are read."
            )
    image = _DECODERS[kind](io.BytesIO(content))
    return image, lambda: find_orientation(image.info, block, packet)


def _check_size(kind: str, image: Image.Image) -> None:
    size = f"The {kind} picture has {image.width} x {image.height} pixels"
    if image.width * image.height > MAX_PIXELS:
        raise PictureError(f"{size}; at most {MAX_PIXELS / 1e6:g} megapixels are read.")
    if min(image.size) < MIN_SIDE:
        raise PictureError(f"{size}; each side needs at least {MIN_SIDE}.")


def _turn_upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _UPRIGHT.get(orientation)
    return image if turn is None else image.transpose(turn)


def _convert_to_rgb(image: Image.Image, content: bytes) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = Image.fromarray(scale_grey(image))
    elif (restored := restore_colours(image, content)) is not None:
        image = Image.fromarray(restored)
    return _lay_on_canvas(image) if image.has_transparency_data else image.convert("RGB")


def _lay_on_canvas(image: Image.Image) -> Image.Image:
    """Lay a transparent picture on white; on black where white letters would vanish on white."""
    on_white = _lay(image, "white")
    if _shows_something(on_white):
        return on_white
    on_black = _lay(image, "black")
    return on_black if _shows_something(on_black) else on_white


def _lay(image: Image.Image, colour: str) -> Image.Image:
    layer = image.convert("RGBA")
    canvas = Image.new("RGB", image.size, colour)
    canvas.paste(layer, mask=layer)
    return canvas


def _shows_something(image: Image.Image) -> bool:
    samples = np.asarray(image)
    return bool((np.ptp(samples, axis=(0, 1)) > _UNSEEN).any())
