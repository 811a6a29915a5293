"""What stands on a plate besides its symbols: bands, borders, bolts, crests, stickers, scenery.

All functions draw in place on a canvas `(H, W, 3) float32`, RGB, 0 to 255.
"""

import cv2
import numpy as np

from lpr_core.synthesis.lettering import draw_line


def paint(canvas: np.ndarray, mask: np.ndarray, x: float, y: float, colour: np.ndarray) -> None:
    """Blend `colour` into `canvas` where `mask` `(h, w)`, 0 to 1, covers it at (x, y).

    `colour` is one for all, `(C,)`, or one for each pixel of the mask, `(h, w, C)`.
    """
    left, top = round(x), round(y)
    height, width = canvas.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + mask.shape[1], width), min(top + mask.shape[0], height)
    if x0 >= x1 or y0 >= y1:
        return
    inside = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    part = mask[inside][..., None].astype(np.float32)
    area = canvas[y0:y1, x0:x1]
    area += part * ((colour[inside] if colour.ndim == 3 else colour) - area)


def draw_band(
    canvas: np.ndarray, start: int, end: int, code: str, rng: np.random.Generator
) -> None:
    """Draw a blue band with a ring of stars above a country code."""
    height = canvas.shape[0]
    blue = np.array([30, 70, 170]) * rng.uniform(0.6, 1.4) + rng.uniform(-20, 50)
    canvas[:, start:end] = np.clip(blue, 0, 255)
    middle, radius = (start + end) / 2, (end - start) * rng.uniform(0.22, 0.32)
    stars = (240.0, 220.0, 60.0) if rng.random() < 0.7 else (235.0, 235.0, 235.0)
    for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        point = (
            round(middle + radius * np.cos(angle)),
            round(height * 0.3 + radius * np.sin(angle)),
        )
        cv2.circle(canvas, point, 1, stars, -1, cv2.LINE_AA)
    if code:
        mask = draw_line(code, "overpass-700", max(5, round(height * rng.uniform(0.2, 0.3))))
        room = (end - start) * 0.8
        if mask.shape[1] > room:
            mask = cv2.resize(mask, (max(2, round(room)), mask.shape[0]))
        y = height * rng.uniform(0.58, 0.66)
        paint(canvas, mask / 255, middle - mask.shape[1] / 2, y, np.full(3, 238, np.float32))


def draw_border(canvas: np.ndarray, colour: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a rounded frame, on most plates; return its coverage `(H, W) float32`."""
    height, width = canvas.shape[:2]
    frame = np.zeros((height, width), np.float32)
    if rng.random() < 0.25:
        return frame
    inset = round(height * rng.uniform(0.0, 0.04))
    thickness = max(1, round(height * rng.uniform(0.01, 0.035)))
    radius = max(2, round(height * rng.uniform(0.04, 0.16)))
    outer = fill_rounded_rectangle((height, width), inset, radius)
    inner = fill_rounded_rectangle((height, width), inset + thickness, max(1, radius - thickness))
    frame = np.clip(outer - inner, 0, 1)
    canvas += (frame * rng.uniform(0.3, 1))[..., None] * (colour - canvas)
    return frame


def fill_rounded_rectangle(shape: tuple[int, int], inset: int, radius: int) -> np.ndarray:
    """Return a mask `(H, W) float32` that is 1 inside a rounded rectangle."""
    height, width = shape
    mask = np.zeros(shape, np.float32)
    x0, y0, x1, y1 = inset, inset, width - 1 - inset, height - 1 - inset
    cv2.rectangle(mask, (x0 + radius, y0), (x1 - radius, y1), 1.0, -1)
    cv2.rectangle(mask, (x0, y0 + radius), (x1, y1 - radius), 1.0, -1)
    for x in (x0 + radius, x1 - radius):
        for y in (y0 + radius, y1 - radius):
            cv2.circle(mask, (x, y), radius, 1.0, -1, cv2.LINE_AA)
    return mask


def draw_bolts(canvas: np.ndarray, rng: np.random.Generator) -> None:
    """Draw two or four bolts, holes or rusty spots near the upper and lower edge."""
    height, width = canvas.shape[:2]
    offset = rng.uniform(0.12, 0.34)
    rows = [rng.uniform(0.06, 0.13)] if rng.random() < 0.5 else [rng.uniform(0.05, 0.1), 0.94]
    colour = np.array([70, 62, 56]) * rng.uniform(0.3, 2.4) + rng.normal(0, 8, 3)
    for y in rows:
        for x in (offset, 1 - offset):
            centre = (
                round(width * (x + rng.normal(0, 0.01))),
                round(height * (y + rng.normal(0, 0.01))),
            )
            radius = max(1, round(height * rng.uniform(0.02, 0.05)))
            # The lower fixings are often slots, wider than high.
            stretch = rng.uniform(1, 2.6) if y > 0.5 else 1
            axes = (round(radius * stretch), max(1, round(radius * rng.uniform(0.4, 1))))
            cv2.ellipse(canvas, centre, axes, 0, 0, 360, colour.tolist(), -1, cv2.LINE_AA)


def draw_low_slots(canvas: np.ndarray, foot: int, rng: np.random.Generator) -> None:
    """Draw two dark slots, wider than high, at the row `foot` where the symbols end."""
    height, width = canvas.shape[:2]
    offset = rng.uniform(0.24, 0.34)
    y = foot + height * rng.uniform(-0.02, 0.055)
    half = np.array([width * rng.uniform(0.014, 0.034), height * rng.uniform(0.012, 0.032)])
    shade = np.array([34, 30, 30]) * rng.uniform(0.2, 2.2)
    for x in (offset, 1 - offset):
        middle = np.array([width * (x + rng.normal(0, 0.012)), y + rng.normal(0, 1)])
        low, high = np.round(middle - half).astype(int), np.round(middle + half).astype(int)
        cv2.rectangle(canvas, low.tolist(), high.tolist(), shade.tolist(), -1, cv2.LINE_AA)


def draw_crest(
    canvas: np.ndarray,
    middle: tuple[int, int],
    width: int,
    height: int,
    seals: bool,
    rng: np.random.Generator,
) -> None:
    """Draw a shield, or two round seals one above the other, between two groups of symbols."""
    radius = max(2, round(min(width * 0.48, height * rng.uniform(0.14, 0.26))))
    x, y = middle
    spots = [(x, y - round(radius * 1.1)), (x, y + round(radius * 1.1))] if seals else [middle]
    for spot in spots:
        depth = radius if seals else round(radius * rng.uniform(0.9, 1.8))
        draw_emblem(canvas, spot, (radius, depth), rng)


def draw_emblem(
    canvas: np.ndarray, spot: tuple[int, int], radii: tuple[int, int], rng: np.random.Generator
) -> None:
    """Draw an ellipse or a shield filled with a few strong colours, sometimes with an outline."""
    size = (2 * radii[0] + 1, 2 * radii[1] + 1)
    mask = np.zeros(size[::-1], np.float32)
    cv2.ellipse(mask, radii, radii, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    if rng.random() < 0.4:
        mask[: radii[1]] = 1.0
    fields = rng.uniform(20, 240, (rng.integers(2, 5), rng.integers(2, 4), 3)).astype(np.float32)
    fields += rng.uniform(0, 0.8) * (fields.mean(axis=(0, 1)) - fields)
    pattern = cv2.resize(
        fields, size, interpolation=cv2.INTER_NEAREST if rng.random() < 0.5 else cv2.INTER_LINEAR
    )
    if rng.random() < 0.4:
        cv2.ellipse(pattern, radii, radii, 0, 0, 360, rng.uniform(10, 90, 3).tolist(), 1)
    paint(canvas, mask, spot[0] - radii[0], spot[1] - radii[1], pattern)


def draw_stickers(canvas: np.ndarray, rng: np.random.Generator) -> None:
    """Draw one to four small labels with a month or a year in the corners."""
    height, width = canvas.shape[:2]
    words = ("JAN", "MAR", "AUG", "OCT", "07", "09", "12", "2004", "11", "")
    for corner in rng.permutation(4)[: rng.integers(1, 5)]:
        box = (width * rng.uniform(0.08, 0.14), height * rng.uniform(0.12, 0.19))
        x = width * rng.uniform(0.02, 0.06) if corner % 2 == 0 else width * 0.96 - box[0]
        y = height * rng.uniform(0.03, 0.07) if corner < 2 else height * 0.95 - box[1]
        if rng.random() < 0.75:
            label = np.ones((round(box[1]), round(box[0])), np.float32)
            paint(canvas, label, x, y, rng.uniform(20, 245, 3).astype(np.float32))
        word = words[rng.integers(len(words))]
        if word:
            mask = draw_line(word, "overpass-700", max(5, round(box[1] * 0.7)))
            mask = cv2.resize(mask, (max(2, round(box[0] * 0.8)), mask.shape[0]))
            shade = rng.uniform(10, 90, 3).astype(np.float32)
            paint(canvas, mask / 255, x + box[0] * 0.1, y + box[1] * 0.15, shade)


def draw_scenery(canvas: np.ndarray, rng: np.random.Generator) -> None:
    """Blend a painted background into the canvas: a sky gradient, blotches, sometimes hills."""
    height, width = canvas.shape[:2]
    if rng.random() < 0.25:
        return
    top, bottom = rng.uniform(90, 255, (2, 3))
    ramp = np.linspace(0, 1, height, dtype=np.float32)[:, None, None] ** rng.uniform(0.5, 2.5)
    strength = rng.uniform(0.1, 0.75)
    canvas += strength * (top * (1 - ramp) + bottom * ramp - canvas)
    blotches = cv2.resize(rng.normal(0, 1, (4, 8, 3)).astype(np.float32), (width, height))
    canvas += blotches * rng.uniform(2, 16)
    if rng.random() < 0.4:
        xs = np.linspace(-10, width + 10, 9)
        ys = height * (rng.uniform(0.45, 0.8) + rng.normal(0, 0.09, 9))
        hills = np.vstack([np.c_[xs, ys], [[width + 10, height + 2], [-10, height + 2]]])
        mask = np.zeros((height, width), np.float32)
        cv2.fillPoly(mask, [hills.astype(np.int32)], 1.0, cv2.LINE_AA)
        shade = rng.uniform(80, 230, 3).astype(np.float32)
        canvas += (mask * rng.uniform(0.15, 0.6))[..., None] * (shade - canvas)
