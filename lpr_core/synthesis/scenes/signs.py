"""Lettering that is no plate: boards, stickers, round signs, painted numbers, a camera's clock."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from lpr_core.synthesis.lettering import draw_line
from lpr_core.synthesis.ornaments import paint
from lpr_core.synthesis.scenes.colours import draw_colour
from lpr_core.synthesis.scenes.poses import (
    Points,
    paste_patch,
    project,
    scale_plane,
    turn_plane,
    upright_rectangle,
)

Picture = NDArray[np.uint8]

_FONTS = ("overpass-700", "barlow-600", "nunito-700", "osp-din", "rg2014d", "oswald-500")
_WORDS = (
    *("Bakery", "TAXI", "Sale", "POLICE", "Parking", "Hotel", "Turbo", "Service", "SCHOOL", "exit"),
    *("Coffee & Tea", "Road works", "for hire", "diesel", "Pizza", "STOP", "one way", "Garage"),
)
_LINE_HEIGHT = 28
_ROUND_SHARE, _BARE_SHARE = 0.2, 0.3
_NUM_NUMBERS = 12


def draw_sign(
    canvas: Picture, rng: np.random.Generator, width: float, middle: tuple[float, float]
) -> Points:
    """Draw one sign in place and return its corners `(4, 2)` in the picture."""
    chance = rng.random()
    if chance < _ROUND_SHARE:
        patch, mask = _make_round(rng)
    else:
        patch, mask = _make_board(rng, has_board=chance > _ROUND_SHARE + _BARE_SHARE)
    return _place(canvas, patch, mask, rng, width, middle)


def stamp_clock(canvas: Picture, rng: np.random.Generator) -> None:
    """Write a date or a camera's name into a corner, in place, as recorders do."""
    numbers = rng.integers([2000, 1, 1, 0, 0, 0], [2031, 13, 29, 24, 60, 60])
    text = "{}-{:02}-{:02} {:02}:{:02}:{:02}".format(*numbers)
    if rng.random() < 0.3:
        text = f"CAM {numbers[1]:02}"
    size = canvas.shape[0] / 480 * rng.uniform(0.5, 1)
    at = (int(rng.uniform(4, canvas.shape[1] * 0.4)), int(rng.choice([0.05, 0.97]) * len(canvas)))
    cv2.putText(canvas, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (240, 240, 240), 1, cv2.LINE_AA)


def _place(
    canvas: Picture,
    patch: Picture,
    mask: NDArray[np.float32],
    rng: np.random.Generator,
    width: float,
    middle: tuple[float, float],
) -> Points:
    turned = turn_plane(rng.uniform(-45, 45), rng.uniform(-10, 10), rng.normal(0, 4), 8)
    corners = project(
        upright_rectangle(patch.shape[1] / patch.shape[0]), scale_plane(turned, width, middle)
    )
    paste_patch(canvas, patch, mask, corners)
    return corners


def _make_text(rng: np.random.Generator) -> str:
    if rng.random() < 0.6:
        return str(rng.choice(_WORDS))
    # Few numbers, so that their letterings are drawn once.
    digits = str(7919 ** int(rng.integers(1, _NUM_NUMBERS)))[-int(rng.integers(1, 10)) :]
    return f"{digits[:4]} {digits[4:]}".strip()


def _make_board(rng: np.random.Generator, has_board: bool) -> tuple[Picture, NDArray[np.float32]]:
    """Return a board of one to four lines, more than one where a single line could be a plate."""
    least = 2 if has_board else 1
    lines = [_make_text(rng) for _ in range(int(rng.integers(least, least + 3)))]
    font = _FONTS[rng.integers(len(_FONTS))]
    masks = [_draw_line(line, font) for line in lines]
    pitch = round(_LINE_HEIGHT * rng.uniform(1.2, 1.8))
    width = max(mask.shape[1] for mask in masks) + 2 * int(rng.integers(6, 40))
    canvas = np.empty((pitch * len(masks) + 16, width, 3), np.float32)
    canvas[:] = draw_colour(rng, 0.6)
    ink = np.where(canvas[0, 0].mean() > 128, rng.uniform(0, 90, 3), rng.uniform(165, 255, 3))
    cover = np.zeros(canvas.shape[:2], np.float32)
    for index, mask in enumerate(masks):
        x, y = (width - mask.shape[1]) / 2, 8 + index * pitch
        paint(canvas, mask / 255, x, y, ink.astype(np.float32))
        paint(cover[..., None], mask / 255, x, y, np.ones(1, np.float32))
    if has_board:
        cover[:] = 1
    return canvas.astype(np.uint8), cover


@lru_cache(maxsize=1024)
def _draw_line(line: str, font: str) -> NDArray[np.uint8]:
    return draw_line(line, font, _LINE_HEIGHT)


def _make_round(rng: np.random.Generator) -> tuple[Picture, NDArray[np.float32]]:
    """Return a round sign: a number or nothing within a ring."""
    patch = np.empty((64, 64, 3), np.float32)
    patch[:] = rng.uniform(150, 250) if rng.random() < 0.7 else np.array([30, 70, 160])
    ring = np.array([190, 25, 30]) if rng.random() < 0.7 else rng.uniform(0, 255, 3)
    cv2.circle(patch, (32, 32), 28, ring.tolist(), int(rng.integers(4, 9)), cv2.LINE_AA)
    if rng.random() < 0.8:
        mask = draw_line(str(rng.integers(1, 13) * 10), _FONTS[0], 24)
        paint(patch, mask / 255, 32 - mask.shape[1] / 2, 20, np.full(3, 20, np.float32))
    cover = np.zeros((64, 64), np.float32)
    cv2.circle(cover, (32, 32), 31, 1.0, -1, cv2.LINE_AA)
    return patch.astype(np.uint8), cover
