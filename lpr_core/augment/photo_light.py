"""Another light, lens, file and sensor for a photo; nothing in it moves."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lpr_core.augment.noise import add_noise
from lpr_core.augment.photo_options import PhotoOptions

Photo = NDArray[np.uint8]
"""`(H, W, 3)` uint8 RGB."""

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601
_BEST_QUALITY = 95
_MOVED_SHARE = 1 / 3


def relight_photo(picture: Photo, rng: np.random.Generator, options: PhotoOptions) -> Photo:
    """Return a photo in another light; the order is that of the light: scene, lens, sensor, file.

    Dark noise and blur may take a small plate's letters, never its outline.
    """
    if rng.random() < options.light_share:
        picture = _change_colour(_change_curve(picture, rng, options), rng, options)
    elif rng.random() < options.grey_share:
        picture = _saturate(picture, 0.0)
    if rng.random() < options.blur_share:
        picture = _blur(picture, rng, options.blur)
    if rng.random() < options.noise_share:
        strength = options.noise * float(rng.random())
        seed = int(rng.integers(2**31))
        per_channel = bool(rng.random() < 0.5)
        picture = add_noise(picture[None], strength, per_channel=per_channel, seed=seed)[0]
    if rng.random() < options.jpeg_share:
        picture = _compress(picture, int(rng.integers(options.jpeg_quality, _BEST_QUALITY + 1)))
    return picture


def _change_curve(picture: Photo, rng: np.random.Generator, options: PhotoOptions) -> Photo:
    """Change gamma, contrast about mid-grey, brightness and each channel's gain in one table."""
    limit = np.log1p(options.contrast)
    gamma, contrast = np.exp(rng.uniform(-limit, limit, 2))
    brightness = rng.uniform(-1, 1) * options.brightness
    gains = 1 + rng.uniform(-1, 1, 3) * options.colour / 5
    levels = np.linspace(0, 1, 256)[:, None] ** gamma
    curve = ((levels - 0.5) * contrast + 0.5 + brightness) * gains
    table = np.clip(np.rint(curve * 255), 0, 255).astype(np.uint8)
    return cv2.LUT(picture, table[None]).astype(np.uint8, copy=False)


def _change_colour(picture: Photo, rng: np.random.Generator, options: PhotoOptions) -> Photo:
    if rng.random() < options.grey_share:
        return _saturate(picture, 0.0)
    return _saturate(picture, 1 + float(rng.uniform(-1, 1)) * options.colour)


def _saturate(picture: Photo, saturation: float) -> Photo:
    """Return colours this many times as far from their grey; 0 is grey."""
    mix = saturation * np.eye(3) + (1 - saturation) * np.array(_LUMA)
    return cv2.transform(picture, mix).astype(np.uint8, copy=False)


def _blur(picture: Photo, rng: np.random.Generator, limit: float) -> Photo:
    sigma = limit * float(rng.random())
    if rng.random() < _MOVED_SHARE:
        return move_blur(picture, 3.5 * sigma, float(rng.uniform(0, np.pi)))
    return _soften(picture, sigma)


def _soften(picture: Photo, sigma: float) -> Photo:
    if sigma < 0.1:  # less than a grey level
        return picture
    return cv2.GaussianBlur(picture, (0, 0), sigma).astype(np.uint8, copy=False)


def move_blur(picture: Photo, length: float, angle: float) -> Photo:
    """Return a photo blurred along a line: the car, or the hand, moved.

    Args:
        picture: `(H, W, 3)`.
        length: Of the way in pixels; up to 1 changes nothing.
        angle: Of the way in radians; 0 is level.
    """
    if length <= 1:
        return picture
    reach = int(np.ceil(length / 2))
    kernel = np.zeros((2 * reach + 1,) * 2, np.float32)
    # Sixteenths of a pixel, so that short ways have lengths too.
    way = np.array([np.cos(angle), np.sin(angle)]) * (length - 1) / 2
    start, end = (np.rint((reach + sign * way) * 16).astype(int).tolist() for sign in (-1, 1))
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_8, 4)
    return cv2.filter2D(picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE).astype(
        np.uint8, copy=False
    )


def _compress(picture: Photo, quality: int) -> Photo:
    parameters = [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), parameters)
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    assert decoded is not None, "OpenCV reads what it wrote"
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
