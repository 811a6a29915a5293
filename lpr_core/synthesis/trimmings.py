"""What stands beside the symbols of plates all over the world and is no part of their text.

Bands of any colour with a country's letters, crests, flags, upright lettering, years in small
figures, holograms, stickers between groups, and the frames of dealers. A reader that has not seen
them takes them for a character, and every other one slips by a place.
"""

import cv2
import numpy as np

from lpr_core.synthesis.lettering import draw_line
from lpr_core.synthesis.ornaments import draw_emblem, paint

_PRINT = ("overpass-700", "barlow-600", "nunito-700", "oswald-500")
_CODES = (
    *("PK", "IND", "TR", "RUS", "UAE", "GB", "UK", "EU", "IRL", "D", "F", "I", "NL", "PL", "UA"),
    *("NSW", "VIC", "ICT", "PB", "KPK", "SD", "QA", "KSA", "MA", "DZ", "BY", "KZ", "GE", "AZ"),
)
_BANDS = (
    (30, 70, 170),
    (20, 100, 60),
    (160, 24, 40),
    (24, 24, 28),
    (230, 200, 40),
    (240, 240, 240),
)
_FRAME_WORDS = (
    *("AUTOHAUS SCHMIDT", "WWW.CARS.COM", "CITY MOTORS", "HONDA CENTRE", "TOYOTA", "DRIVE SAFE"),
    *("MEHRAN MOTORS", "FORD", "PREMIUM CARS 0800 123456", "GARAGE DU LAC", "AL FUTTAIM", ""),
)

Span = tuple[float, float]
"""Where the symbols may begin and end, in pixels from the left."""


def draw_side_trims(canvas: np.ndarray, span: Span, rng: np.random.Generator) -> Span:
    """Draw what stands at the sides of the symbols, on half of the plates; return what is left.

    Args:
        canvas: The plate `(H, W, 3) float32`, changed in place.
        span: Room of the symbols.
        rng: All randomness comes from here.
    """
    left, right = span
    full = right - left
    if rng.random() < 0.34:
        room = full * rng.uniform(0.06, 0.2)
        _draw_trim(canvas, left, left + room, rng)
        left += room + full * rng.uniform(0.008, 0.03)
    if rng.random() < 0.2:
        room = full * rng.uniform(0.05, 0.13)
        _draw_trim(canvas, right - room, right, rng)
        right -= room + full * rng.uniform(0.008, 0.03)
    return left, right


def draw_group_sticker(
    canvas: np.ndarray, spot: Span, size: float, rng: np.random.Generator
) -> None:
    """Draw a label, hologram or emblem in a gap between two groups.

    Args:
        canvas: The plate, changed in place.
        spot: Middle of the gap, x and y in pixels.
        size: Width of the gap in pixels.
        rng: All randomness comes from here.
    """
    radius = max(2.0, size * rng.uniform(0.25, 0.42))
    middle = (round(spot[0]), round(spot[1]))
    if rng.random() < 0.6:
        depth = round(radius * rng.uniform(0.8, 1.5))
        draw_emblem(canvas, middle, (round(radius), depth), rng)
        return
    label = np.full((round(2 * radius), round(2 * radius)), rng.uniform(0.5, 1), np.float32)
    paint(canvas, label, middle[0] - radius, middle[1] - radius, _colour(rng))


def frame_plate(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a plate in a dealer's frame, as wide as before; on a fifth of the plates.

    Args:
        picture: The drawn plate `(H, W, 3) uint8`; it is not changed.
        rng: All randomness comes from here.
    """
    if rng.random() > 0.2:
        return picture
    height, width = picture.shape[:2]
    side = round(width * rng.uniform(0.01, 0.03))
    top, foot = round(height * rng.uniform(0.02, 0.06)), round(height * rng.uniform(0.08, 0.2))
    shade = np.array(_DARK[rng.integers(len(_DARK))], np.float32) * rng.uniform(0.7, 1.2)
    framed = np.empty((height + top + foot, width + 2 * side, 3), np.float32)
    framed[:] = np.clip(shade, 0, 255)
    framed[top : top + height, side : side + width] = picture
    word = _FRAME_WORDS[rng.integers(len(_FRAME_WORDS))]
    if word:
        mask = _write(word, max(5, round(foot * rng.uniform(0.45, 0.8))), width * 0.9, rng)
        x = side + (width - mask.shape[1]) * rng.uniform(0.3, 0.7)
        ink = np.full(3, 235.0 if shade.mean() < 128 else 30.0, np.float32)
        paint(framed, mask, x, top + height + (foot - mask.shape[0]) / 2, ink)
    scale = width / framed.shape[1]
    size = (width, round(framed.shape[0] * scale))
    resized = cv2.resize(framed, size, interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(resized, 0, 255), np.uint8)


def _draw_trim(canvas: np.ndarray, start: float, end: float, rng: np.random.Generator) -> None:
    draw = _TRIMS[rng.integers(len(_TRIMS))]
    draw(canvas, round(start), max(round(end), round(start) + 4), rng)


def _draw_colour_band(canvas: np.ndarray, start: int, end: int, rng: np.random.Generator) -> None:
    """A band of any colour over the whole height, with a code, an emblem, or both."""
    height = canvas.shape[0]
    colour = np.array(_BANDS[rng.integers(len(_BANDS))], np.float32) * rng.uniform(0.7, 1.15)
    canvas[:, start:end] = np.clip(colour + rng.uniform(-15, 15), 0, 255)
    ink = np.full(3, 235.0 if colour.mean() < 140 else 25.0, np.float32)
    if rng.random() < 0.6:
        spot = ((start + end) // 2, round(height * rng.uniform(0.22, 0.38)))
        radius = max(2, round((end - start) * rng.uniform(0.2, 0.38)))
        draw_emblem(canvas, spot, (radius, radius), rng)
    if rng.random() < 0.8:
        code = _CODES[rng.integers(len(_CODES))]
        mask = _write(code, round(height * rng.uniform(0.14, 0.3)), (end - start) * 0.85, rng)
        x = (start + end - mask.shape[1]) / 2
        paint(canvas, mask, x, height * rng.uniform(0.55, 0.72), ink)


def _draw_side_crest(canvas: np.ndarray, start: int, end: int, rng: np.random.Generator) -> None:
    """A crest or shield, with a line of small print below it or none."""
    height = canvas.shape[0]
    radius = max(2, round(min((end - start) / 2, height * 0.4) * rng.uniform(0.7, 1)))
    spot = ((start + end) // 2, round(height * rng.uniform(0.35, 0.6)))
    draw_emblem(canvas, spot, (radius, round(radius * rng.uniform(0.9, 1.4))), rng)
    if rng.random() < 0.4:
        code = _CODES[rng.integers(len(_CODES))]
        mask = _write(code, max(5, round(height * rng.uniform(0.1, 0.2))), end - start, rng)
        y = min(spot[1] + 1.4 * radius, height - mask.shape[0] - 1)
        paint(canvas, mask, (start + end - mask.shape[1]) / 2, y, _colour(rng))


def _draw_flag(canvas: np.ndarray, start: int, end: int, rng: np.random.Generator) -> None:
    """A small flag of two or three stripes, with a code under it."""
    height = canvas.shape[0]
    rows = max(3, round(height * rng.uniform(0.14, 0.28)))
    top = round(height * rng.uniform(0.1, 0.4))
    stripes = rng.uniform(10, 245, (int(rng.integers(2, 4)), 3)).astype(np.float32)
    upright = rng.random() < 0.4
    grid = stripes[None] if upright else stripes[:, None]
    flag = cv2.resize(grid, (end - start, rows), interpolation=cv2.INTER_NEAREST)
    canvas[top : top + rows, start:end] = flag[: height - top]
    if rng.random() < 0.7:
        code = _CODES[rng.integers(len(_CODES))]
        mask = _write(code, max(5, round(height * rng.uniform(0.12, 0.26))), end - start, rng)
        paint(canvas, mask, (start + end - mask.shape[1]) / 2, top + 1.3 * rows, _colour(rng))


def _draw_upright_print(canvas: np.ndarray, start: int, end: int, rng: np.random.Generator) -> None:
    """A word that runs upwards."""
    height = canvas.shape[0]
    word = _FRAME_WORDS[rng.integers(len(_FRAME_WORDS) - 1)]
    size = max(5, round((end - start) * rng.uniform(0.3, 0.7)))
    mask = np.ascontiguousarray(np.rot90(_write(word, size, height * 0.85, rng)))
    y = (height - mask.shape[0]) / 2
    paint(canvas, mask, (start + end - mask.shape[1]) / 2, y, _colour(rng))


def _draw_small_year(canvas: np.ndarray, start: int, end: int, rng: np.random.Generator) -> None:
    """Small figures above each other, such as a month and a year."""
    height = canvas.shape[0]
    for place in (0.2, 0.56)[: int(rng.integers(1, 3))]:
        figures = f"{rng.integers(100):02d}"
        size = max(5, round(height * rng.uniform(0.14, 0.26)))
        mask = _write(figures, size, (end - start) * 0.9, rng)
        x = (start + end - mask.shape[1]) / 2
        paint(canvas, mask, x, height * (place + rng.uniform(0, 0.12)), _colour(rng))


def _write(text: str, size: int, room: float, rng: np.random.Generator) -> np.ndarray:
    """Return a line of print as a mask of 0..1, no wider than the room."""
    mask = draw_line(text, _PRINT[rng.integers(len(_PRINT))], max(5, size))
    if mask.shape[1] > room:
        mask = cv2.resize(mask, (max(2, round(room)), mask.shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(mask, np.float32) / 255


def _colour(rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(10, 240, 3).astype(np.float32)


_DARK = ((24, 24, 26), (60, 62, 66), (176, 178, 182), (20, 30, 70), (120, 20, 26))
_TRIMS = (
    *(_draw_colour_band, _draw_colour_band, _draw_side_crest, _draw_side_crest),
    *(_draw_flag, _draw_upright_print, _draw_small_year),
)
