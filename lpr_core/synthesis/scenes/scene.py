"""Draw one scene: a background, cars and signs, plates in perspective, light and camera."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lpr_core.augment.photo_light import relight_photo
from lpr_core.synthesis.draw import DrawnPlate, draw_plate
from lpr_core.synthesis.ornaments import fill_rounded_rectangle
from lpr_core.synthesis.scenes.cars import draw_car, measure_car
from lpr_core.synthesis.scenes.options import SceneOptions
from lpr_core.synthesis.scenes.poses import (
    Matrix,
    Points,
    paste_patch,
    project,
    rectangle,
    scale_plane,
    turn_plane,
    upright_rectangle,
)
from lpr_core.synthesis.scenes.signs import draw_sign, stamp_clock
from lpr_core.synthesis.scenes.streets import draw_street

Picture = NDArray[np.uint8]
_NUM_TRIES = 12
_CLOCK_SHARE = 0.1


@dataclass(frozen=True)
class DrawnScene:
    """A scene and the plates in it.

    Attributes:
        picture: `(H, W, 3)` uint8 RGB.
        boxes: `(n, 4)` float32: left, top, right and bottom edge of each plate in pixels.
        corners: `(n, 4, 2)` float32: each plate's corners from its left top clockwise, x before y.
        texts: What each plate says.
        regions: Code of each plate's design, such as `br`.
    """

    picture: Picture
    boxes: NDArray[np.float32]
    corners: NDArray[np.float32]
    texts: tuple[str, ...]
    regions: tuple[str, ...]


@dataclass(frozen=True)
class _Stand:
    """A plate, the plane it is in, its corners, and its car's size where it has one."""

    plate: DrawnPlate
    plane: Matrix
    corners: Points
    car: tuple[float, float, float] | None

    def cover(self) -> NDArray[np.float64]:
        """Return the upright box around what this hides."""
        if self.car is None:
            return _enclose(self.corners)
        width, roof, foot = self.car
        points = rectangle(-0.55 * width, roof, 0.55 * width, foot + 0.1 * width)
        return _enclose(project(points, self.plane))


def draw_scene(
    rng: np.random.Generator,
    options: SceneOptions | None = None,
    background: Picture | None = None,
) -> DrawnScene:
    """Return a scene; with equal generators, options and backgrounds the same one.

    Args:
        rng: All randomness comes from here.
        options: What to draw; None takes the defaults.
        background: A picture without plates, `(H, W, 3)` uint8 RGB, stretched to the size; it is
            not changed. None draws one.
    """
    options = options or SceneOptions()
    has_photo = background is not None
    canvas = draw_street(options.size, rng) if background is None else _fit(background, options)
    stands = _arrange(rng, options, has_photo)
    num_signs = 0 if has_photo and rng.random() < 0.5 else int(rng.poisson(options.sign_mean))
    for _ in range(num_signs):
        draw_sign(canvas, rng, *_draw_spot(rng, options))
    for stand in stands:
        if stand.car is not None:
            draw_car(canvas, stand.plane, _aspect(stand.plate), rng, stand.car)
        _mount_plate(canvas, stand, rng)
    _add_stickers(canvas, stands, rng, options)
    lit = _light(canvas, rng)
    if rng.random() < _CLOCK_SHARE and not stands:
        stamp_clock(lit, rng)
    corners = np.array([stand.corners for stand in stands], np.float32).reshape(-1, 4, 2)
    return DrawnScene(
        relight_photo(lit, rng, options.camera),
        np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1),
        corners,
        tuple(stand.plate.text for stand in stands),
        tuple(stand.plate.region for stand in stands),
    )


def _fit(background: Picture, options: SceneOptions) -> Picture:
    size = options.size[::-1]
    how = cv2.INTER_AREA if background.shape[1] > size[0] else cv2.INTER_LINEAR
    return cv2.resize(background, size, interpolation=how).astype(np.uint8)


def _aspect(plate: DrawnPlate) -> float:
    return plate.picture.shape[1] / plate.picture.shape[0]


def _arrange(rng: np.random.Generator, options: SceneOptions, has_photo: bool) -> list[_Stand]:
    """Return plates from the smallest, farthest one on, none hidden by another or its car."""
    shares = np.array(options.plate_shares)
    count = int(rng.choice(len(shares), p=shares / shares.sum()))
    limits = np.log([options.least_width, options.most_width * options.size[1]])
    stands: list[_Stand] = []
    for width in np.exp(np.sort(rng.uniform(limits.min(), limits.max(), count))):
        region = options.regions[rng.integers(len(options.regions))] if options.regions else None
        plate = draw_plate(region, rng)
        has_car = rng.random() < options.car_share * (0.4 if has_photo else 1)
        car = measure_car(_aspect(plate), rng) if has_car else None
        for _ in range(_NUM_TRIES):
            stand = _pose(plate, car, float(width), rng, options)
            if stand is not None and not any(_overlaps(stand.cover(), one) for one in stands):
                stands.append(stand)
                break
    return stands


def _overlaps(cover: NDArray[np.float64], other: _Stand) -> bool:
    box = _enclose(other.corners)
    return bool((cover[:2] < box[2:]).all() and (box[:2] < cover[2:]).all())


def _pose(
    plate: DrawnPlate,
    car: tuple[float, float, float] | None,
    width: float,
    rng: np.random.Generator,
    options: SceneOptions,
) -> _Stand | None:
    """Return a plate whose box has this width somewhere in the scene; None where it has no room."""
    yaw = float(np.clip(rng.normal(0, options.yaw / 2), -options.yaw, options.yaw))
    pitch = rng.uniform(-0.3, 1) * options.pitch
    distance = float(np.exp(rng.uniform(np.log(6), np.log(30))))
    turned = turn_plane(yaw, pitch, rng.normal(0, options.roll), distance)
    outline = upright_rectangle(_aspect(plate))
    flat = _enclose(project(outline, turned))
    scale = width / (flat[2] - flat[0])
    room = np.array(options.size[::-1]) - (flat[2:] - flat[:2]) * scale - 2
    if (room < 0).any():
        return None
    # Streets have their cars in the lower half.
    share = np.array([rng.random(), rng.beta(2, 1.2)])
    middle = 1 + share * room - flat[:2] * scale
    plane = scale_plane(turned, scale, (float(middle[0]), float(middle[1])))
    return _Stand(plate, plane, project(outline, plane), car)


def _enclose(points: Points) -> NDArray[np.float64]:
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def _mount_plate(canvas: Picture, stand: _Stand, rng: np.random.Generator) -> None:
    """Paint the plate where it stands, lit like its surroundings."""
    picture = stand.plate.picture
    height, width = picture.shape[:2]
    left, top, right, bottom = np.rint(_enclose(stand.corners)).astype(int)
    around = canvas[max(top - 4, 0) : bottom + 5, max(left - 4, 0) : right + 5].reshape(-1, 3)
    near = around.mean(axis=0) / max(float(around.mean()), 1)
    gain = rng.uniform(0.55, 1.1) * (0.75 + 0.25 * around.mean() / 128)
    tint = 1 + 0.3 * (near - 1)
    table = np.clip(np.arange(256)[:, None] * tint * gain, 0, 255).astype(np.uint8)
    lit = cv2.LUT(picture, table[None]).astype(np.uint8, copy=False)
    mask = fill_rounded_rectangle((height, width), 0, round(height * rng.uniform(0, 0.12)) or 1)
    if rng.random() < 0.4:
        _cast_shadow(canvas, stand, rng)
    paste_patch(canvas, lit, mask.astype(np.float32), stand.corners)


def _cast_shadow(canvas: Picture, stand: _Stand, rng: np.random.Generator) -> None:
    away = rng.uniform(-0.02, 0.04, 2) * (stand.corners[1, 0] - stand.corners[0, 0])
    shape = np.rint((stand.corners + away - 0.5) * 16).astype(np.int32)
    shade = float(rng.uniform(5, 60))
    cv2.fillPoly(canvas, [shape], (shade,) * 3, cv2.LINE_AA, 4)


def _add_stickers(
    canvas: Picture, stands: list[_Stand], rng: np.random.Generator, options: SceneOptions
) -> None:
    """Stick small lettering where it hides no plate: on windows, bumpers and walls."""
    for _ in range(int(rng.poisson(options.sign_mean / 2))):
        width, middle = _draw_spot(rng, options)
        width /= 2
        reach = np.array([width, width])
        cover = np.concatenate([middle - reach, middle + reach])
        if not any(_overlaps(cover, stand) for stand in stands):
            draw_sign(canvas, rng, width, middle)


def _draw_spot(
    rng: np.random.Generator, options: SceneOptions
) -> tuple[float, tuple[float, float]]:
    """Return the width and the middle of a sign."""
    height, width = options.size
    wide = float(np.exp(rng.uniform(np.log(10), np.log(width * 0.45))))
    return wide, (float(rng.uniform(0, width)), float(rng.uniform(0, height)))


def _light(canvas: Picture, rng: np.random.Generator) -> Picture:
    """Return the scene in uneven light: soft patches, and a shadow's edge on some."""
    height, width = canvas.shape[:2]
    patches = 1 + rng.normal(0, 0.12, (4, 4)).astype(np.float32)
    light = cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC)
    if rng.random() < 0.25:
        shadow = np.ones((height, width), np.float32)
        points = rng.uniform(-0.3, 1.3, (4, 2)) * [width, height]
        cv2.fillConvexPoly(shadow, points.astype(np.int32), float(rng.uniform(0.4, 0.8)))
        light = light * cv2.blur(shadow, (9, 9))
    return cv2.multiply(canvas, cv2.merge([light] * 3), dtype=cv2.CV_8U).astype(
        np.uint8, copy=False
    )
