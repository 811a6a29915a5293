"""Backgrounds that are drawn: streets, walls and clutter, with no plate in them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lpr_core.synthesis.scenes.colours import draw_colour

Picture = NDArray[np.uint8]
"""`(H, W, 3)` uint8 RGB."""

_GREENS = np.array([60, 95, 45])


def draw_street(size: tuple[int, int], rng: np.random.Generator) -> Picture:
    """Return a street, or on one of four pictures a wall with bars, tiles and edges."""
    height, width = size
    if rng.random() < 0.25:
        picture = _ramp(size, draw_colour(rng), draw_colour(rng))
        _draw_clutter(picture, rng)
        return _roughen(picture, rng, 14)
    horizon = int(height * rng.uniform(0.15, 0.55))
    sky, ground = draw_colour(rng, 0.3, 90, 245), draw_colour(rng, 0.15, 55, 165)
    picture = np.concatenate(
        [
            _ramp((horizon, width), sky, sky * rng.uniform(0.8, 1.15)),
            _ramp((height - horizon, width), ground * 0.85, ground * 1.1),
        ]
    )
    for _ in range(int(rng.integers(1, 7))):
        _draw_house(picture, horizon, rng)
    _draw_road(picture, horizon, rng)
    for _ in range(int(rng.poisson(1.5))):
        _draw_tree(picture, horizon, rng)
    for _ in range(int(rng.poisson(1.5))):
        _draw_pole(picture, horizon, rng)
    return _roughen(picture, rng, 9)


def _ramp(size: tuple[int, int], top: NDArray[np.floating], low: NDArray[np.floating]) -> Picture:
    column = np.linspace(top, low, size[0])[:, None]
    return np.clip(np.broadcast_to(column, (*size, 3)), 0, 255).astype(np.uint8)


def _roughen(picture: Picture, rng: np.random.Generator, strength: float) -> Picture:
    """Return the picture with coarse and fine grain, as asphalt, leaves and plaster have."""
    height, width = picture.shape[:2]
    rough = np.zeros((height, width, 3), np.int16)
    for step, share in ((24, 0.5), (5, 0.7), (2, 0.5)):
        grain = rng.standard_normal((height // step + 1, width // step + 1, 1), np.float32)
        grain = (grain * strength * share).astype(np.int16)
        rough += cv2.resize(grain, (width, height)).astype(np.int16, copy=False)[..., None]
    return cv2.add(picture, rough, dtype=cv2.CV_8U).astype(np.uint8, copy=False)


def _draw_house(picture: Picture, horizon: int, rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    left, wide = int(rng.integers(-width // 4, width)), int(width * rng.uniform(0.1, 0.5))
    top = int(horizon * rng.uniform(-0.3, 0.8))
    foot = horizon + int(height * rng.uniform(0, 0.08))
    wall, glass = draw_colour(rng, 0.3, 50, 215), draw_colour(rng, 0.15, 25, 110)
    cv2.rectangle(picture, (left, top), (left + wide, foot), wall.tolist(), -1)
    step = (max(8, int(wide / rng.integers(2, 7))), max(9, int((foot - top) / rng.integers(2, 6))))
    size = (int(step[0] * rng.uniform(0.3, 0.7)), int(step[1] * rng.uniform(0.3, 0.7)))
    for x in range(left + step[0] // 4, left + wide - size[0], step[0]):
        for y in range(top + step[1] // 4, foot - size[1], step[1]):
            shade = (glass * rng.uniform(0.7, 1.3)).tolist()
            cv2.rectangle(picture, (x, y), (x + size[0], y + size[1]), shade, -1)


def _draw_road(picture: Picture, horizon: int, rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    vanishing = np.array([rng.uniform(0.1, 0.9) * width, horizon])
    feet = np.sort(rng.uniform(-0.8, 1.8, 2)) * width
    shade = np.clip(rng.uniform(50, 130) + rng.normal(0, 4, 3), 0, 255).tolist()
    road = np.array([vanishing, [feet[0], height], [feet[1], height]], np.int32)
    cv2.fillPoly(picture, [road], shade, cv2.LINE_AA)
    for foot in rng.uniform(feet[0], feet[1], int(rng.integers(0, 4))):
        for start in np.arange(0.1, 1, 0.22):  # dashes that grow towards the camera
            way = np.array([foot, height]) - vanishing
            near, far = (
                np.rint(vanishing + reach * way).astype(int).tolist()
                for reach in (start**2, start * (start + 0.2))
            )
            cv2.line(picture, near, far, (210, 210, 200), max(1, int(5 * start)), cv2.LINE_AA)


def _draw_tree(picture: Picture, horizon: int, rng: np.random.Generator) -> None:
    width = picture.shape[1]
    x, reach = int(rng.uniform(0, width)), width * rng.uniform(0.04, 0.16)
    y = int(horizon - reach * rng.uniform(0.5, 1.5))
    trunk = (int(x), int(horizon + reach * 0.6))
    cv2.line(picture, (x, y), trunk, (70, 55, 40), max(1, int(reach / 6)), cv2.LINE_AA)
    green = _GREENS * rng.uniform(0.6, 1.6) + rng.normal(0, 10, 3)
    for _ in range(14):
        spot = np.rint(rng.normal([x, y], reach / 2)).astype(int).tolist()
        shade = np.clip(green * rng.uniform(0.7, 1.3), 0, 255).tolist()
        cv2.circle(picture, spot, int(reach * rng.uniform(0.2, 0.5)), shade, -1, cv2.LINE_AA)


def _draw_pole(picture: Picture, horizon: int, rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    x, top = int(rng.uniform(0, width)), int(horizon * rng.uniform(-0.2, 0.9))
    foot = (x, int(rng.uniform(horizon, height)))
    shade = rng.uniform(30, 170)
    cv2.line(picture, (x, top), foot, (shade,) * 3, int(rng.integers(1, 5)), cv2.LINE_AA)


def _draw_clutter(picture: Picture, rng: np.random.Generator) -> None:
    """Bars, tiles and edges: what a finder takes for the lines of a plate."""
    height, width = picture.shape[:2]
    if rng.random() < 0.6:  # a wall of bricks or a fence
        step = (int(rng.integers(6, 60)), int(rng.integers(5, 30)))
        shade = draw_colour(rng).tolist()
        for index, y in enumerate(range(0, height, step[1])):
            cv2.line(picture, (0, y), (width, y), shade, 1)
            for x in range(step[0] // 2 * (index % 2), width, step[0]):
                cv2.line(picture, (x, y), (x, y + step[1]), shade, 1)
    for _ in range(int(rng.integers(3, 25))):
        start, end = (rng.uniform(0, [width, height]).astype(int).tolist() for _ in range(2))
        shade = draw_colour(rng, 0.5).tolist()
        if rng.random() < 0.5:
            cv2.line(picture, start, end, shade, int(rng.integers(1, 9)), cv2.LINE_AA)
        else:
            reach = (rng.uniform(0.02, 0.3, 2) * [width, height]).astype(int)
            cv2.rectangle(picture, start, (start + reach).tolist(), shade, -1)
