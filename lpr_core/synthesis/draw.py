"""Draw one plate, clean and from the front."""

from dataclasses import dataclass, replace
from typing import TypeVar

import cv2
import numpy as np

from lpr_core.synthesis.kinds.listing import list_designs
from lpr_core.synthesis.kinds.plate_design import Colour, PlateDesign, Scheme
from lpr_core.synthesis.kinds.world import WORLD
from lpr_core.synthesis.lettering import Lettering, draw_line, draw_symbol, pick_lettering
from lpr_core.synthesis.ornaments import (
    draw_band,
    draw_bolts,
    draw_border,
    draw_crest,
    draw_low_slots,
    draw_scenery,
    draw_stickers,
    paint,
)
from lpr_core.synthesis.trimmings import draw_group_sticker, draw_side_trims, frame_plate

T = TypeVar("T", PlateDesign, Scheme)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
PLATE_WIDTH = 288
"""Pixels across a drawn plate; `photograph` samples it down to what a camera sees."""

_SMALL_PRINT = ("overpass-700", "barlow-600", "nunito-700", "osp-din", "rg2014d", "oswald-500")
# Width of what stands between symbols, as a fraction of the symbol height: lowest and highest.
_SEPARATOR_WIDTHS = {
    ".": (0.22, 0.4),
    "-": (0.26, 0.5),
    "_": (0.25, 0.6),
    "'": (0.1, 0.25),
    "c": (0.34, 0.75),
    "s": (0.32, 0.56),
}


@dataclass(frozen=True)
class DrawnPlate:
    """A drawn plate.

    Attributes:
        text: The symbols from left to right, upper row first, letter O as `O`.
        region: Code of its design, such as `br` or `us-ca`.
        picture: `(H, 288, 3) uint8` RGB, nothing around the plate.
        rows: Rows of symbols, 1 or 2.
    """

    text: str
    region: str
    picture: np.ndarray
    rows: int = 1


@dataclass(frozen=True)
class _Piece:
    """A symbol or a separator of a row with its width in pixels."""

    sign: str
    symbol: str
    width: int
    mask: np.ndarray | None


def draw_plate(region: str | None, rng: np.random.Generator) -> DrawnPlate:
    """Draw a plate of `region` (a code, a family such as `us`, or None for any).

    Raises:
        ValueError: The region has no design.
    """
    return draw_design(_choose(list_designs(region), rng), rng)


def draw_any_plate(rng: np.random.Generator) -> DrawnPlate:
    """Draw a plate of 4 to 10 characters in one row or two, of any country or of none.

    Beside the symbols stands what plates of the world have: bands, crests, flags, frames.
    """
    return draw_design(_choose(WORLD, rng), rng, trimmed=True)


def draw_design(
    design: PlateDesign, rng: np.random.Generator, *, trimmed: bool = False
) -> DrawnPlate:
    """Draw a plate of one design, `trimmed` with what has no part in its text (see `trimmings`)."""
    scheme = _choose(design.schemes, rng)
    height = round(PLATE_WIDTH / rng.uniform(*design.aspect))
    background = _vary(scheme.background, rng)
    ink = _vary(scheme.ink, rng)
    canvas = np.empty((height, PLATE_WIDTH, 3), np.float32)
    canvas[:] = background
    if design.scenery:
        draw_scenery(canvas, rng)
    left, right = _draw_bands(canvas, design, rng)
    if trimmed:
        left, right = draw_side_trims(canvas, (left, right), rng)
    relief = draw_border(canvas, ink if rng.random() < 0.6 else background * 0.55, rng)
    _draw_small_print(canvas, design, ink, rng)
    if design.stickers and rng.random() < 0.8:
        draw_stickers(canvas, rng)
    rows = design.layouts[rng.integers(len(design.layouts))].split("/")
    text, mask = "", np.zeros(canvas.shape[:2], np.float32)
    for number, row in enumerate(rows):
        place = _place_row(design, number)
        symbols, drawn = _draw_row(canvas, row, place, ink, (left, right), rng, trimmed=trimmed)
        text, mask = text + symbols, np.maximum(mask, drawn)
    _emboss(canvas, np.maximum(mask, relief), rng)
    if design.low_slots and rng.random() < 0.85:
        foot = int(np.flatnonzero(mask.max(axis=1) > 0.5)[-1])
        draw_low_slots(canvas, foot, rng)
    if rng.random() < 0.7:
        draw_bolts(canvas, rng)
    picture = np.clip(canvas, 0, 255).astype(np.uint8)
    if trimmed:
        picture = frame_plate(picture, rng)
    return DrawnPlate(text, design.region, picture, len(rows))


def _place_row(design: PlateDesign, number: int) -> PlateDesign:
    """Return the design with the middle of the second row as far from the edge as the first's."""
    low, high = design.text_y
    return design if number == 0 else replace(design, text_y=(1 - high, 1 - low))


def _choose(items: tuple[T, ...], rng: np.random.Generator) -> T:
    weights = np.array([item.weight for item in items])
    return items[rng.choice(len(items), p=weights / weights.sum())]


def _vary(colour: Colour, rng: np.random.Generator) -> np.ndarray:
    """Return the colour `(3,) float32` with another shade and tint."""
    shade = rng.uniform(0.85, 1.1) * np.array(colour) + rng.uniform(-14, 14)
    return np.clip(shade + rng.normal(0, 8, 3), 5, 250).astype(np.float32)


def _draw_bands(
    canvas: np.ndarray, design: PlateDesign, rng: np.random.Generator
) -> tuple[float, float]:
    """Draw the bands and return where the symbols may begin and end, in pixels."""
    width = canvas.shape[1]
    left, right = width * rng.uniform(0.015, 0.04), width * (1 - rng.uniform(0.015, 0.04))
    code = design.left_band[rng.integers(len(design.left_band))] if design.left_band else ""
    if code and rng.random() < 0.85:
        end = round(width * rng.uniform(0.07, 0.115))
        draw_band(canvas, 0, end, code, rng)
        left = end + width * rng.uniform(0.01, 0.03)
    if design.right_band and rng.random() < 0.7:
        start = round(width * (1 - rng.uniform(0.06, 0.1)))
        # A department number or a province: digits or letters that are not part of the text.
        extra = "".join(rng.choice(list(DIGITS), 2)) if rng.random() < 0.6 else ""
        draw_band(canvas, start, width, extra, rng)
        right = start - width * rng.uniform(0.01, 0.03)
    return left, right


def _draw_small_print(
    canvas: np.ndarray, design: PlateDesign, ink: np.ndarray, rng: np.random.Generator
) -> None:
    height, width = canvas.shape[:2]
    middle = np.mean(design.text_y)
    reach = np.mean(design.text_height) / 2
    for lines, low, high in (
        (design.header, 0.03, middle - reach),
        (design.footer, middle + reach, 0.98),
    ):
        line = lines[rng.integers(len(lines))] if lines else ""
        room = (high - low) * height
        if not line or room < 6 or rng.random() < 0.1:
            continue
        font = _SMALL_PRINT[rng.integers(len(_SMALL_PRINT))]
        mask = draw_line(line, font, max(5, round(room * rng.uniform(0.42, 0.8))))
        span = min(width * 0.85, mask.shape[1] * rng.uniform(0.8, 1.3))
        mask = cv2.resize(mask, (round(span), mask.shape[0]), interpolation=cv2.INTER_AREA)
        x = (width - mask.shape[1]) / 2 + rng.normal(0, width * 0.02)
        colour = ink if rng.random() < 0.6 else _vary((120, 40, 60), rng)
        paint(canvas, mask / 255, x, low * height + (room - mask.shape[0]) / 2, colour)


def _draw_row(
    canvas: np.ndarray,
    row: str,
    design: PlateDesign,
    ink: np.ndarray,
    span: tuple[float, float],
    rng: np.random.Generator,
    *,
    trimmed: bool,
) -> tuple[str, np.ndarray]:
    """Draw the symbols; return their text and coverage `(H, W) float32`."""
    height, width = canvas.shape[:2]
    lettering = pick_lettering(design.fonts, rng)
    size = round(height * rng.uniform(*design.text_height))
    spacing = size * rng.uniform(0.06, 0.22)
    pieces = [_make_piece(sign, lettering, size, rng) for sign in row]
    available = (span[1] - span[0]) * rng.uniform(0.86, 0.99)
    natural = sum(piece.width for piece in pieces) + spacing * (len(pieces) - 1)
    scale = available / natural
    if scale > 1 and rng.random() < 0.5:
        scale = min(scale, rng.uniform(1.0, 1.25))
    scale = min(scale, 1.35)
    pieces = [_squeeze(piece, lettering, size, scale) for piece in pieces]
    spacing *= scale
    total = sum(piece.width for piece in pieces) + spacing * (len(pieces) - 1)
    x = span[0] + (span[1] - span[0] - total) * rng.uniform(0.3, 0.7)
    y = height * rng.uniform(*design.text_y) - size / 2
    coverage = np.zeros((height, width), np.float32)
    for piece in pieces:
        if piece.mask is not None:
            paint(coverage[..., None], piece.mask / 255, x, y, np.ones(1, np.float32))
        else:
            _draw_separator(canvas, coverage, piece, x, y, size, rng)
            if trimmed and piece.sign == "_" and rng.random() < 0.25:
                spot = (x + piece.width / 2, y + size * rng.uniform(0.3, 0.7))
                draw_group_sticker(canvas, spot, piece.width + spacing, rng)
        x += piece.width + spacing
    worn = _wear(coverage, rng)
    canvas += worn[..., None] * (ink - canvas)
    return "".join(piece.symbol for piece in pieces), coverage


def _make_piece(sign: str, lettering: Lettering, size: int, rng: np.random.Generator) -> _Piece:
    if sign in _SEPARATOR_WIDTHS:
        return _Piece(sign, "", round(size * rng.uniform(*_SEPARATOR_WIDTHS[sign])), None)
    choice = {"L": LETTERS, "N": DIGITS, "A": LETTERS + DIGITS}.get(sign, sign)
    symbol = choice[rng.integers(len(choice))]
    mask = draw_symbol(symbol, lettering, size)
    return _Piece(sign, symbol, mask.shape[1], mask)


def _squeeze(piece: _Piece, lettering: Lettering, size: int, scale: float) -> _Piece:
    """Change the width of a piece; strokes keep their weight while letters get narrower."""
    if piece.mask is None:
        return replace(piece, width=max(2, round(piece.width * scale)))
    if lettering.strokes is not None:
        style = replace(lettering.strokes, aspect=lettering.strokes.aspect * scale)
        mask = draw_symbol(piece.symbol, replace(lettering, strokes=style), size)
    else:
        narrower = replace(lettering, stretch=lettering.stretch * scale)
        mask = draw_symbol(piece.symbol, narrower, size)
    return replace(piece, mask=mask, width=mask.shape[1])


def _draw_separator(
    canvas: np.ndarray,
    coverage: np.ndarray,
    piece: _Piece,
    x: float,
    y: float,
    size: int,
    rng: np.random.Generator,
) -> None:
    middle = (round(x + piece.width / 2), round(y + size * rng.uniform(0.44, 0.56)))
    if piece.sign == ".":
        cv2.circle(coverage, middle, max(1, round(size * rng.uniform(0.05, 0.09))), 1.0, -1)
    elif piece.sign == "-":
        half = (max(2, round(piece.width * 0.34)), max(1, round(size * rng.uniform(0.035, 0.07))))
        cv2.rectangle(
            coverage,
            (middle[0] - half[0], middle[1] - half[1]),
            (middle[0] + half[0], middle[1] + half[1]),
            1.0,
            -1,
        )
    elif piece.sign in "cs":
        draw_crest(canvas, middle, piece.width, size, piece.sign == "s", rng)


def _wear(coverage: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the coverage with ink lost in patches, on three plates of ten."""
    if rng.random() > 0.3:
        return coverage
    patches = cv2.resize(rng.random((6, 20), np.float32), coverage.shape[::-1])
    return coverage * np.clip(1.3 - patches * rng.uniform(0.2, 0.9), 0.25, 1)


def _emboss(canvas: np.ndarray, coverage: np.ndarray, rng: np.random.Generator) -> None:
    """Light the pressed metal: a bright and a dark edge on opposite sides of each stroke."""
    strength = rng.uniform(-45, 60)
    if strength < 8:
        return
    raised = cv2.GaussianBlur(coverage, (0, 0), rng.uniform(0.7, 1.6))
    angle = rng.uniform(0, 2 * np.pi)
    slope_x = cv2.Sobel(raised, cv2.CV_32F, 1, 0, ksize=3)
    slope_y = cv2.Sobel(raised, cv2.CV_32F, 0, 1, ksize=3)
    canvas += (strength * (np.cos(angle) * slope_x + np.sin(angle) * slope_y) / 2)[..., None]
