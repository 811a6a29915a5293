"""Something like a car around a plate, seen from the front or from behind."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lpr_core.synthesis.scenes.colours import draw_colour
from lpr_core.synthesis.scenes.poses import Matrix, Points, fill_shape, rectangle

Colour = NDArray[np.float64]
Fill = Callable[[Points, Colour], None]
"""Fills a polygon of the plate's plane with a colour."""
Span = tuple[float, float, float]
"""Half of a width and two heights, in plate widths."""

_CAR_METRES = 1.8
# Width of plates in metres from the longest shape on: Europe, in two rows or American, motorcycle.
_PLATE_METRES = ((3.3, 0.52), (1.6, 0.32), (0.0, 0.24))
_NUM_BANDS = 6


def measure_car(aspect: float, rng: np.random.Generator) -> tuple[float, float, float]:
    """Return a car's width, and its roof and its foot about the plate's middle, in plate widths."""
    metres = next(width for least, width in _PLATE_METRES if aspect >= least)
    width = _CAR_METRES / metres * rng.uniform(0.9, 1.15)
    height = width * rng.uniform(0.7, 1.0)
    above = height * rng.uniform(0.55, 0.8)
    return width, -above, height - above


def draw_car(
    canvas: NDArray[np.uint8],
    plane: Matrix,
    aspect: float,
    rng: np.random.Generator,
    size: tuple[float, float, float],
) -> None:
    """Draw a car in place.

    Args:
        canvas: `(H, W, 3)`.
        plane: Of the plate.
        aspect: The plate's width divided by its height.
        rng: All randomness comes from here.
        size: As `measure_car` gives it.
    """
    width, roof, foot = size
    half = width / 2
    waist = roof + (foot - roof) * rng.uniform(0.36, 0.46)
    paint = _draw_paint(rng)
    dark = rng.uniform(8, 40) * np.ones(3)

    def fill(points: Points, colour: Colour) -> None:
        fill_shape(canvas, points, plane, colour)

    fill(_oval(0, foot, 1.02 * width, 0.05 * width), dark + 15)
    for side in (-1, 1):
        fill(_slab(side * half * 0.78, foot - 0.03 * width, 0.09 * width, 0.1 * width), dark * 0.6)
    _draw_cabin(fill, (half, roof, waist), paint, rng)
    bottom = foot - rng.uniform(0.05, 0.1) * width
    _draw_body(fill, (half, waist, bottom), paint, rng)
    _draw_front(fill, (half, waist, bottom), rng)
    if rng.random() < 0.6:
        room = rng.uniform(1.02, 1.4, 2)
        shade = dark if rng.random() < 0.5 else paint * rng.uniform(0.6, 1.1)
        fill(_slab(0, 0, room[0], room[1] / aspect), shade)


def _draw_paint(rng: np.random.Generator) -> Colour:
    """Return a colour that cars have: mostly white, grey or black."""
    return draw_colour(rng, 0.06 if rng.random() < 0.7 else 0.7)


def _draw_cabin(fill: Fill, span: Span, paint: Colour, rng: np.random.Generator) -> None:
    half, roof, waist = span
    top = half * rng.uniform(0.62, 0.8)
    fill(_taper(top, half * 0.95, roof, waist), paint * rng.uniform(0.7, 0.95))
    inset, glass = (waist - roof) * 0.14, rng.uniform(15, 120) + np.array([0, 6, 12])
    fill(_taper(top * 0.9, half * 0.85, roof + inset, waist - inset * 0.5), glass)
    for _ in range(int(rng.integers(0, 4))):
        x = rng.uniform(-0.6, 0.5) * half
        lean, wide = rng.uniform(-0.3, 0.3) * half, rng.uniform(0.03, 0.25) * half
        low, high = roof + inset * 1.2, waist - inset
        glint = np.array([[x, low], [x + wide, low], [x + wide + lean, high], [x + lean, high]])
        fill(glint, glass + rng.uniform(-20, 60))


def _draw_body(fill: Fill, span: Span, paint: Colour, rng: np.random.Generator) -> None:
    """Fill the body in bands of changing shade, as bent metal has them."""
    half, waist, bottom = span
    edges = np.linspace(waist, bottom, _NUM_BANDS + 1)
    edges[1:-1] += rng.normal(0, 0.02, _NUM_BANDS - 1) * half
    shades = np.cumsum(rng.normal(0, 0.08, _NUM_BANDS)) + rng.uniform(0.85, 1.1)
    widths = half * (0.95 + 0.05 * np.sin(np.linspace(0.3, 2.8, _NUM_BANDS + 1)))
    for index in range(_NUM_BANDS):
        fill(
            _taper(widths[index], widths[index + 1], edges[index], edges[index + 1] + 0.02),
            paint * shades[index],
        )
    if rng.random() < 0.5:  # a bumper of bare plastic
        rim = rng.uniform(25, 80) * np.ones(3)
        fill(_taper(half * 0.98, half * 0.94, bottom - 0.12 * half, bottom), rim)


def _draw_front(fill: Fill, span: Span, rng: np.random.Generator) -> None:
    """Lamps at both sides, and between them a grille, a lid's edge or a badge."""
    half, waist, bottom = span
    reach = bottom - waist
    y, tall = waist + reach * rng.uniform(0.08, 0.25), reach * rng.uniform(0.12, 0.3)
    wide, x = half * rng.uniform(0.14, 0.34), half * rng.uniform(0.7, 0.82)
    is_rear = rng.random() < 0.5
    lamp = np.array([190, 25, 30]) if is_rear else np.array([225, 225, 215])
    shape = _oval if rng.random() < 0.4 else _slab
    for side in (-1, 1):
        fill(shape(side * x, y, wide, tall), lamp * rng.uniform(0.6, 1.1))
        fill(shape(side * x * 0.98, y, wide * 0.5, tall * 0.5), lamp + rng.uniform(-60, 60))
    if is_rear and rng.random() < 0.6:
        fill(_slab(0, y, half * rng.uniform(0.6, 1.1), 0.015 * half), np.full(3, 30.0))
    elif not is_rear:
        _draw_grille(fill, (half * rng.uniform(0.35, 0.9), y, tall * rng.uniform(0.8, 1.6)), rng)
    if rng.random() < 0.7:
        fill(_oval(0, y, 0.05 * half, 0.05 * half), rng.uniform(120, 220) * np.ones(3))


def _draw_grille(fill: Fill, span: Span, rng: np.random.Generator) -> None:
    wide, y, tall = span
    fill(_slab(0, y, wide, tall), rng.uniform(10, 60) * np.ones(3))
    bars, shade = int(rng.integers(2, 7)), rng.uniform(60, 210) * np.ones(3)
    for offset in np.linspace(-0.4, 0.4, bars):
        if rng.random() < 0.85:
            fill(_slab(0, y + offset * tall, wide * 0.95, 0.3 * tall / bars), shade)


def _slab(x: float, y: float, width: float, height: float) -> Points:
    return rectangle(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _taper(top_half: float, low_half: float, top: float, low: float) -> Points:
    return np.array([[-top_half, top], [top_half, top], [low_half, low], [-low_half, low]])


def _oval(x: float, y: float, width: float, height: float) -> Points:
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    return np.column_stack([x + width / 2 * np.cos(angles), y + height / 2 * np.sin(angles)])
