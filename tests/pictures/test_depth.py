"""Samples of more than 8 bits, and letters that only transparency shows."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from lpr_core.pictures.decoding import read_picture

LETTERS = np.tile(np.linspace(0, 1, 24), (16, 1))


def encode(samples, suffix=".png"):
    return cv2.imencode(suffix, samples)[1].tobytes()


def encode_pillow(image):
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("channels", "suffix"), [(1, ".png"), (3, ".png"), (4, ".png"), (1, ".tiff")]
)
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_samples_fill_the_range_of_their_sensor(bits, channels, suffix):
    grey = np.rint(LETTERS * (2**bits - 1)).astype(np.uint16)
    samples = grey if channels == 1 else np.dstack([grey] * 3)
    if channels == 4:
        samples = np.dstack([samples, np.full_like(grey, 65535)])
    shown = read_picture(encode(samples, suffix))
    np.testing.assert_allclose(shown, np.dstack([LETTERS * 255] * 3), atol=1.5)


def test_a_shifted_sensor_fills_its_range_too():
    samples = np.rint(LETTERS * 1023).astype(np.uint16) << 6
    shown = read_picture(encode(samples))
    np.testing.assert_allclose(shown[..., 0], LETTERS * 255, atol=1.5)


def test_black_stays_black():
    assert not read_picture(encode(np.zeros((16, 24), np.uint16))).any()
    assert not read_picture(encode(np.zeros((16, 24, 3), np.uint16))).any()


@pytest.mark.parametrize("colour", [0, 255])
def test_letters_in_the_alpha_channel_are_seen(colour):
    alpha = np.where(LETTERS > 0.5, 255, 0).astype(np.uint8)
    samples = np.dstack([np.full((16, 24, 3), colour, np.uint8), alpha])
    shown = read_picture(encode_pillow(Image.fromarray(samples)))
    expected = np.where(alpha > 0, colour, 255 - colour)
    np.testing.assert_array_equal(shown, np.dstack([expected] * 3))
