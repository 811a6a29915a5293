"""Plate lettering drawn from strokes, so that its weight and roundness are numbers."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

_SUPERSAMPLING = 3
_CORNER_STEPS = 6
_MOST_INK = 0.28  # of a letter's width, in one stroke


@dataclass(frozen=True)
class StrokeStyle:
    """How strokes become a letter.

    Attributes:
        weight: Stroke width as a fraction of the letter height, 0.08 (thin) to 0.22 (bold).
        roundness: Corner radius of the bowls as a fraction of the half width, 0 to 1.
        aspect: Width of the letter box as a fraction of its height.
        flat_ends: Strokes end at the letter box instead of in round caps.
        wide: Width of M and W against the other letters, 1.0 to 1.35.
        variants: Seed that picks among the variants of each symbol (the same for one plate).
    """

    weight: float
    roundness: float
    aspect: float
    flat_ends: bool
    wide: float
    variants: int


@dataclass(frozen=True)
class _Stroke:
    points: tuple[tuple[float, float, bool], ...]
    closed: bool


@cache
def _read_skeletons() -> dict[str, tuple[tuple[_Stroke, ...], ...]]:
    skeletons: dict[str, tuple[tuple[_Stroke, ...], ...]] = {}
    for line in Path(__file__).with_name("strokes.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, body = line.partition(":")
            strokes = tuple(_parse_stroke(part.split()) for part in body.split("|"))
            skeletons[name[0]] = (*skeletons.get(name[0], ()), strokes)
    return skeletons


def _parse_stroke(words: list[str]) -> _Stroke:
    points = []
    for word in (w for w in words if w != "z"):
        x, y = word.removesuffix("r").split(",")
        points.append((float(x), float(y), word.endswith("r")))
    return _Stroke(tuple(points), words[-1] == "z")


def draw_stroke_glyph(symbol: str, style: StrokeStyle, height: int) -> np.ndarray:
    """Return the coverage mask `(height, width) uint8` of one letter or digit.

    Raises:
        KeyError: `symbol` is none of 0-9 and A-Z.
    """
    scale = height * _SUPERSAMPLING
    # A letter squeezed for room gets lighter too, or its counters would close.
    weight = min(style.weight, _MOST_INK * style.aspect)
    thickness = max(1, round(weight * scale))
    variants = _read_skeletons()[symbol]
    # One plate keeps to one way of writing each symbol.
    strokes = variants[(style.variants + ord(symbol)) % len(variants)]
    share = style.wide if symbol in "MW" else 0.8 if symbol == "1" else 1.0
    if symbol == "I" and len(strokes) == 1:
        share = 0.55
    box_width = style.aspect * share * scale
    width = round(box_width)
    canvas = np.zeros((scale, width), np.uint8)
    inner = np.array([width - thickness, scale - thickness], np.float64)
    offset = thickness / 2
    radius = style.roundness * inner[0] / 2
    for stroke in strokes:
        curve = _round_corners(stroke, inner, radius)
        if not stroke.closed:
            curve = _finish_ends(curve, inner, offset, style.flat_ends)
        curve += offset
        points = np.round(curve * 16).astype(np.int32)
        cv2.polylines(canvas, [points], stroke.closed, 255, thickness, cv2.LINE_AA, shift=4)
    return cv2.resize(
        canvas, (max(1, width // _SUPERSAMPLING), height), interpolation=cv2.INTER_AREA
    )


def _round_corners(stroke: _Stroke, size: np.ndarray, radius: float) -> np.ndarray:
    """Return the stroke's curve `(P, 2)` in pixels with its marked corners rounded."""
    corners = [np.array([x, y]) * size for x, y, _ in stroke.points]
    curve: list[np.ndarray] = []
    for index, (_, _, rounded) in enumerate(stroke.points):
        corner = corners[index]
        at_end = not stroke.closed and index in (0, len(corners) - 1)
        if not rounded or at_end:
            curve.append(corner)
            continue
        before = corners[index - 1] - corner
        after = corners[(index + 1) % len(corners)] - corner
        start = corner + _shorten(before, radius)
        end = corner + _shorten(after, radius)
        for t in np.linspace(0, 1, _CORNER_STEPS):
            # Quadratic Bezier curve with the corner as its control point.
            curve.append((1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end)
    return np.array(curve)


def _shorten(vector: np.ndarray, radius: float) -> np.ndarray:
    length = float(np.hypot(*vector))
    return vector * min(radius, length / 2) / max(length, 1e-6)


def _finish_ends(curve: np.ndarray, size: np.ndarray, half_weight: float, flat: bool) -> np.ndarray:
    """Let open ends stop where the skeleton says, although pens have round tips.

    An end inside the letter box (of C, 3 or 6) is drawn back by half the stroke's weight, or bold
    letters would close their gaps: 6 would become 8. An end at the box is pushed out by as much
    when it is `flat`, so that the box cuts it off.
    """
    ends = []
    for end, neighbour in ((curve[0], curve[1]), (curve[-1], curve[-2])):
        step = (end - neighbour) / max(float(np.hypot(*(end - neighbour))), 1e-6) * half_weight
        beyond = end + step
        leaves_box = bool((beyond < -1e-6).any() or (beyond > size + 1e-6).any())
        moved = step * float(flat) if leaves_box else -step
        ends.append(end + moved)
    return np.vstack([ends[0], curve[1:-1], ends[1]])
