"""Letters as coverage masks, from open fonts or from strokes, in many weights and widths."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lpr_core.places import SHIPPED_DIR
from lpr_core.synthesis.strokes import StrokeStyle, draw_stroke_glyph

STROKES = "strokes"
"""The name of the lettering that `lpr_core.synthesis.strokes` draws."""

_FONT_HEIGHT = 96


@dataclass(frozen=True)
class Lettering:
    """One plate's way of writing.

    Attributes:
        font: A file stem in `data/fonts`, or `STROKES`.
        stretch: Width of a font's letters against its own drawing, 0.7 to 1.3.
        boldness: Pixels at 96 px letter height by which a font's strokes grow (or shrink).
        strokes: How strokes are drawn; None for a font.
        bare_one: The digit 1 is written like the letter I, as on British plates.
    """

    font: str
    stretch: float
    boldness: int
    strokes: StrokeStyle | None
    bare_one: bool


def list_fonts() -> tuple[str, ...]:
    """Return the stems of the vendored font files, sorted."""
    return tuple(sorted(_font_paths()))


def pick_lettering(fonts: tuple[str, ...], rng: np.random.Generator) -> Lettering:
    """Draw one lettering; `fonts` repeats a name to make it likelier."""
    font = fonts[rng.integers(len(fonts))]
    bare_one = bool(rng.random() < 0.3)
    if font != STROKES:
        boldness = int(rng.integers(-2, 4))
        return Lettering(font, float(rng.uniform(0.82, 1.2)), boldness, None, bare_one)
    weight = float(rng.uniform(0.1, 0.19))
    style = StrokeStyle(
        weight=weight,
        roundness=float(rng.uniform(0.55, 1.0)),
        # Bold letters need room for their counters.
        aspect=float(rng.uniform(0.42, 0.62) + (weight - 0.1) * 0.8),
        flat_ends=bool(rng.random() < 0.6),
        wide=float(rng.uniform(1.0, 1.35)),
        variants=int(rng.integers(1000)),
    )
    return Lettering(STROKES, 1.0, 0, style, bare_one)


def draw_symbol(symbol: str, lettering: Lettering, height: int) -> np.ndarray:
    """Return the coverage mask `(height, width) uint8` of one letter or digit."""
    if symbol == "1" and lettering.bare_one:
        symbol = "I"
    if lettering.strokes is not None:
        return draw_stroke_glyph(symbol, lettering.strokes, height)
    glyph = _draw_font_glyph(lettering.font, symbol, lettering.boldness)
    width = max(2, round(glyph.shape[1] * height / _FONT_HEIGHT * lettering.stretch))
    return cv2.resize(glyph, (width, height), interpolation=cv2.INTER_AREA)


@lru_cache(maxsize=256)
def draw_line(text: str, font: str, height: int) -> np.ndarray:
    """Return the coverage mask `(height, width) uint8` of small print such as a slogan."""
    typeface = _load_font(font, max(4, round(height * 1.2)))
    left, top, right, bottom = typeface.getbbox(text)
    canvas = Image.new("L", (max(1, round(right - left)), max(1, round(bottom - top))))
    ImageDraw.Draw(canvas).text((-left, -top), text, font=typeface, fill=255)
    width = max(1, round(canvas.width * height / canvas.height))
    return np.asarray(canvas.resize((width, height), Image.Resampling.BOX))


@lru_cache(maxsize=16384)
def _draw_font_glyph(font: str, symbol: str, boldness: int) -> np.ndarray:
    typeface = _load_font(font, _cap_size(font))
    left, _, right, lowest = typeface.getbbox(symbol)
    top, bottom = _cap_extent(font)
    # Plates have no descenders: the tail of a Q is squeezed into the letter box, not cut off.
    bottom = max(bottom, lowest)
    canvas = Image.new("L", (max(2, round(right - left)), max(2, round(bottom - top))))
    ImageDraw.Draw(canvas).text((-left, -top), symbol, font=typeface, fill=255)
    glyph = np.asarray(canvas)
    if boldness == 0:
        return glyph
    size = abs(boldness) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    # Dilation needs room at both sides; above and below the letter box stays as it is.
    padded = np.pad(glyph, ((0, 0), (size, size)))
    return cv2.dilate(padded, kernel) if boldness > 0 else cv2.erode(glyph, kernel)


@lru_cache(maxsize=64)
def _cap_size(font: str) -> int:
    """Return the font size at which capitals are `_FONT_HEIGHT` px high."""
    _, top, _, bottom = _load_font(font, 200).getbbox("H")
    return max(8, round(200 * _FONT_HEIGHT / (bottom - top)))


@lru_cache(maxsize=64)
def _cap_extent(font: str) -> tuple[float, float]:
    _, top, _, bottom = _load_font(font, _cap_size(font)).getbbox("H")
    return top, bottom


@lru_cache(maxsize=512)
def _load_font(font: str, size: int) -> ImageFont.FreeTypeFont:
    paths = _font_paths()
    if font not in paths:
        raise ValueError(f"`font` must be one of {', '.join(sorted(paths))}. Received: {font!r}.")
    return ImageFont.truetype(paths[font], size)


@lru_cache(maxsize=1)
def _font_paths() -> dict[str, Path]:
    return {path.stem: path for path in (SHIPPED_DIR / "fonts").glob("*.[ot]tf")}
