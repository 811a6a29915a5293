"""What makes a plate hard to read before any camera sees it: mud, dust, rust, covers, fading."""

from collections.abc import Callable
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

SoilName = Literal["mud", "dust", "rust", "cover", "fading"]

Plate = NDArray[np.float32]
"""`(H, W, 3)` RGB of 0..255."""

_HIDDEN = 0.6
"""From this opacity on, what lies below a stain can hardly be seen."""


def soil_names() -> tuple[SoilName, ...]:
    """Return what a plate can be made hard to read with."""
    return get_args(SoilName)


def soil_plate(
    picture: NDArray[np.uint8], kind: SoilName, amount: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return a plate that was made hard to read; the given one is not changed.

    Args:
        picture: The plate from the front with nothing around it `(H, W, 3)`, RGB.
        kind: `mud` splashed up from below, `dust` as a film, `rust` from bolts and rim, a `cover`
            (leaf, strap, bar, snow) in front of it, or `fading` of the paint.
        amount: 0 (nothing) to 1. Of mud, rust and covers the share of the plate's area that is
            hidden; of dust and fading how much of the contrast is gone.
        rng: All randomness comes from here.

    Raises:
        ValueError: `amount` is outside 0 to 1.
    """
    if not 0 <= amount <= 1:
        raise ValueError(f"`amount` must lie between 0 and 1. Received: {amount}.")
    if amount == 0:
        return picture.copy()
    soiled = _SOILS[kind](picture.astype(np.float32), amount, rng)
    return np.clip(np.rint(soiled), 0, 255).astype(np.uint8)


def _splash_mud(plate: Plate, amount: float, rng: np.random.Generator) -> Plate:
    """Mud in clots, most of it at the bottom or at one side, with thin edges."""
    height, width = plate.shape[:2]
    rough = _cloud((height, width), rng, cells=(3, 9), octaves=4)
    slope = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    aside = np.linspace(-1, 1, width, dtype=np.float32)[None, :] * rng.uniform(-0.5, 0.5)
    depth = rough + rng.uniform(0.2, 0.8) * slope + aside
    opacity = _cover_share(depth, amount, softness=0.06) * rng.uniform(0.85, 1.0)
    shade = np.array(_MUDS[rng.integers(len(_MUDS))], np.float32) * rng.uniform(0.7, 1.15)
    grain = 1 + 0.12 * _cloud((height, width), rng, cells=(20, 60), octaves=2)[..., None]
    return _lay(plate, shade * grain, opacity)


def _lay_dust(plate: Plate, amount: float, rng: np.random.Generator) -> Plate:
    """A film of dust or road salt, thicker in places, with streaks of rain through it."""
    height, width = plate.shape[:2]
    film = amount * (0.9 + 0.2 * _cloud((height, width), rng, cells=(2, 6), octaves=3))
    if rng.random() < 0.5:
        streaks = _cloud((1, width), rng, cells=(1, int(rng.integers(12, 40))), octaves=1)
        film = film * (1 - 0.35 * np.clip(streaks - 0.2, 0, 1))
    shade = np.array(_DUSTS[rng.integers(len(_DUSTS))], np.float32)
    film = np.asarray(np.clip(film * amount / film.mean(), 0, 1), np.float32)
    return _lay(plate, shade, film)


def _let_rust(plate: Plate, amount: float, rng: np.random.Generator) -> Plate:
    """Rust that grows from the rim and from some places, and runs down from them."""
    height, width = plate.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    rim = np.minimum.reduce([rows, height - 1 - rows, columns, width - 1 - columns]) / height
    near = np.exp(-rim * 9)
    for _ in range(int(rng.integers(1, 6))):
        y, x = rng.uniform(0, height), rng.uniform(0, width)
        below = np.where(rows > y, 0.35, 1.0)  # it runs down
        distance = np.hypot((rows - y) * below, columns - x) / height
        near = np.maximum(near, np.exp(-distance * rng.uniform(2, 5)))
    depth = near + 0.5 * _cloud((height, width), rng, cells=(6, 18), octaves=4)
    opacity = _cover_share(depth, amount, softness=0.12) * rng.uniform(0.8, 1.0)
    shade = np.array(_RUSTS[rng.integers(len(_RUSTS))], np.float32)
    grain = 1 + 0.25 * _cloud((height, width), rng, cells=(10, 30), octaves=3)[..., None]
    return _lay(plate, shade * grain, opacity)


def _put_cover(plate: Plate, amount: float, rng: np.random.Generator) -> Plate:
    """Things in front of the plate until the share is hidden: straps, bars, leaves, snow."""
    height, width = plate.shape[:2]
    hidden = np.zeros((height, width), np.float32)
    covered = plate
    draw = _COVERS[rng.integers(len(_COVERS))]
    for _ in range(40):
        missing = amount - float((hidden > _HIDDEN).mean())
        if missing <= 0.01:
            break
        drawn = cv2.GaussianBlur(draw((height, width), missing, rng), (0, 0), 0.7)
        mask = np.asarray(drawn, np.float32)
        shade = np.array(_THINGS[rng.integers(len(_THINGS))], np.float32) * rng.uniform(0.8, 1.1)
        covered = _lay(covered, shade, mask)
        hidden = np.maximum(hidden, mask)
    return covered


def _let_fade(plate: Plate, amount: float, rng: np.random.Generator) -> Plate:
    """Paint that the sun took: the contrast goes, in places more than in others."""
    height, width = plate.shape[:2]
    gone = amount * (0.92 + 0.16 * _cloud((height, width), rng, cells=(3, 8), octaves=3))
    ground = np.median(plate.reshape(-1, 3), axis=0) * rng.uniform(0.85, 1.05)
    return _lay(plate, ground.astype(np.float32), np.clip(gone, 0, 1))


def _strap(shape: tuple[int, int], missing: float, rng: np.random.Generator) -> Plate:
    """A strap or bar across the plate, upright or slanted."""
    height, width = shape
    mask = np.zeros(shape, np.float32)
    thickness = max(2, round(missing * width))
    foot, lean = rng.uniform(0, width), rng.normal(0, 0.25) * height
    ends = (round(foot - lean), -height), (round(foot + lean), 2 * height)
    cv2.line(mask, ends[0], ends[1], 1.0, thickness, cv2.LINE_AA)
    return mask


def _edge(shape: tuple[int, int], missing: float, rng: np.random.Generator) -> Plate:
    """A bumper, a frame or cargo that hides one side."""
    height, width = shape
    mask = np.zeros(shape, np.float32)
    side = rng.integers(4)
    if side < 2:
        rows = max(1, round(missing * height))
        mask[slice(0, rows) if side else slice(height - rows, height)] = 1
    else:
        columns = max(1, round(missing * width))
        mask[:, slice(0, columns) if side == 2 else slice(width - columns, width)] = 1
    return mask


def _leaf(shape: tuple[int, int], missing: float, rng: np.random.Generator) -> Plate:
    """A leaf, a sticker or a lump of snow."""
    height, width = shape
    mask = np.zeros(shape, np.float32)
    area = min(missing, 0.12) * height * width
    ratio = rng.uniform(0.4, 1.0)
    radius = max(1.5, float(np.sqrt(area / (np.pi * ratio))))
    centre = (round(rng.uniform(0, width)), round(rng.uniform(0, height)))
    axes = (max(1, round(radius)), max(1, round(radius * ratio)))
    cv2.ellipse(mask, centre, axes, rng.uniform(0, 180), 0, 360, 1.0, -1, cv2.LINE_AA)
    return mask


def _cover_share(depth: Plate, share: float, softness: float) -> Plate:
    """Return an opacity that is above `_HIDDEN` in just that share of the area."""
    edge = np.quantile(depth, 1 - share)
    spread = softness * (float(depth.std()) + 1e-6) * 4
    rise = np.log(_HIDDEN / (1 - _HIDDEN))
    steepness = np.clip((depth - edge) / spread + rise, -30, 30)
    return np.asarray(1 / (1 + np.exp(-steepness)), np.float32)


def _lay(plate: Plate, shade: Plate, opacity: Plate) -> Plate:
    """Return the plate with a colour on it `(3,)` or `(H, W, 3)`; opacity `(H, W)` of 0..1."""
    return plate + opacity[..., None] * (shade - plate)


def _cloud(
    shape: tuple[int, int], rng: np.random.Generator, cells: tuple[int, int], octaves: int
) -> Plate:
    """Return smooth noise of mean 0 and deviation 1 `(H, W)`, with ever finer detail in it."""
    height, width = shape
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        grid = [max(2, cell * 2**octave) for cell in cells]
        rough = rng.standard_normal(grid).astype(np.float32)
        total += cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC) / 2**octave
    return np.asarray((total - total.mean()) / (total.std() + 1e-6), np.float32)


_MUDS = ((96, 74, 52), (120, 98, 72), (70, 58, 46), (140, 118, 90), (86, 82, 76))
_DUSTS = ((176, 164, 146), (200, 196, 190), (150, 140, 126))
_RUSTS = ((120, 62, 30), (96, 52, 32), (140, 84, 46))
_THINGS = ((30, 30, 32), (70, 92, 44), (236, 238, 242), (110, 84, 50), (60, 64, 72), (196, 30, 40))
_COVERS = (_strap, _edge, _leaf)
_SOILS: dict[SoilName, Callable[[Plate, float, np.random.Generator], Plate]] = {
    "mud": _splash_mud,
    "dust": _lay_dust,
    "rust": _let_rust,
    "cover": _put_cover,
    "fading": _let_fade,
}
