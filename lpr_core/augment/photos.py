"""Photos with boxes, changed as a finder should not mind: boxes and corners go along."""

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from lpr_core.augment.photo_light import Photo, relight_photo
from lpr_core.augment.photo_options import PhotoOptions
from lpr_core.augment.photo_places import (
    FILL,
    Boxes,
    PhotoPlace,
    Points,
    Size,
    clip_boxes,
    letterbox_scale,
    measure_visible,
    move_boxes,
    move_corners,
    paste_photo,
    scaled_size,
    size_of,
)

_NUM_TRIES = 12
"""Spots that are looked at when a photo is cut; the one that cuts fewest boxes is taken."""


class MovedPhoto(NamedTuple):
    """A photo at the network's size.

    Attributes:
        picture: `(h, w, 3)` uint8 RGB.
        boxes: `(m, 4)` float32: left, top, right and bottom edge, inside the picture.
        corners: `(m, 4, 2)` float32 from the left top clockwise; NaN where they were unknown, or
            where a corner is no longer in the picture.
        kept: `(m,)` int: which of the boxes that were given these are.
    """

    picture: Photo
    boxes: NDArray[np.float32]
    corners: NDArray[np.float32]
    kept: NDArray[np.intp]


def augment_photo(
    picture: Photo,
    boxes: NDArray[np.floating],
    corners: NDArray[np.floating] | None,
    rng: np.random.Generator,
    options: PhotoOptions,
    size: Size,
    background: Photo | None = None,
) -> MovedPhoto:
    """Return a photo at another place, size and light, letterboxed, with its boxes and corners.

    Args:
        picture: `(H, W, 3)` uint8 RGB; nothing that is given is changed.
        boxes: `(n, 4)` left, top, right and bottom edge in pixels; `n` may be 0.
        corners: `(n, 4, 2)` from the left top clockwise, NaN where unknown; None knows none.
        rng: All randomness comes from here.
        options: How far to go.
        size: Height and width of the canvas.
        background: What lies around the photo, a picture without plates of any size; None takes
            grey, or the photo's own mean colour.
    """
    boxes, corners = _as_float(boxes, corners)
    place = _draw_place(size_of(picture), boxes, rng, options, size)
    place = _choose_cut(place, size_of(picture), boxes, corners, rng, options, size)
    canvas = _draw_canvas(picture, rng, size, background)
    moved = lay_photo(picture, boxes, corners, place, canvas, options.least_visible)
    return moved._replace(picture=relight_photo(moved.picture, rng, options))


def letterbox_photo(
    picture: Photo,
    boxes: NDArray[np.floating],
    corners: NDArray[np.floating] | None,
    size: Size,
) -> MovedPhoto:
    """Return a photo as a finder reads it: whole, in the middle, grey beside it."""
    boxes, corners = _as_float(boxes, corners)
    place = PhotoPlace(letterbox_scale(size_of(picture), size))
    return lay_photo(picture, boxes, corners, place, np.full((*size, 3), FILL, np.uint8), 1e-6)


def lay_photo(
    picture: Photo,
    boxes: Boxes,
    corners: Points,
    place: PhotoPlace,
    canvas: Photo,
    least_visible: float,
) -> MovedPhoto:
    """Return the canvas with a photo on it; boxes that are visible enough are cut to the canvas.

    Args:
        picture: `(H, W, 3)` uint8 RGB.
        boxes: `(n, 4)` left, top, right and bottom edge.
        corners: `(n, 4, 2)`, NaN where unknown.
        place: Where it goes.
        canvas: `(h, w, 3)` uint8 RGB; it is not changed.
        least_visible: Share of a box's area that must be left; what is left of others is painted
            over.
    """
    size = size_of(canvas)
    matrix = place.build_matrix(size_of(picture), size)
    moved = move_boxes(boxes, corners, matrix)
    visible = measure_visible(moved, size)
    kept = np.flatnonzero(visible >= least_visible)
    pasted = paste_photo(picture, canvas, place)
    for box in clip_boxes(moved[(visible > 0) & (visible < least_visible)], size):
        (left, top), (right, bottom) = np.floor(box[:2]).astype(int), np.ceil(box[2:]).astype(int)
        pasted[top:bottom, left:right] = FILL
    held = move_corners(corners[kept], matrix)
    is_out = (held < 0) | (held > np.array(size[::-1]))
    held[is_out.any(axis=(1, 2))] = np.nan
    clipped = clip_boxes(moved[kept], size)
    return MovedPhoto(pasted, clipped.astype(np.float32), held.astype(np.float32), kept)


def _as_float(
    boxes: NDArray[np.floating], corners: NDArray[np.floating] | None
) -> tuple[Boxes, Points]:
    float_boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
    if corners is None:
        return float_boxes, np.full((len(float_boxes), 4, 2), np.nan)
    return float_boxes, np.asarray(corners, np.float64).reshape(-1, 4, 2)


def _draw_place(
    photo: Size, boxes: Boxes, rng: np.random.Generator, options: PhotoOptions, size: Size
) -> PhotoPlace:
    scale = letterbox_scale(photo, size)
    chance = rng.random()
    if chance < options.zoom_out_share:
        scale /= _draw_zoom(rng, min(options.zoom_out, _least_shrinking(boxes, scale, options)))
    elif chance < options.zoom_out_share + options.zoom_in_share:
        scale *= _draw_zoom(rng, min(options.zoom_in, _most_growing(boxes, scale, size)))
    degrees = 0.0
    if rng.random() < options.turn_share:
        degrees = float(rng.uniform(-options.turn, options.turn))
    return PhotoPlace(scale, degrees, bool(rng.random() < options.mirror_share))


def _draw_zoom(rng: np.random.Generator, limit: float) -> float:
    """Draw between 1 and a limit, each doubling as likely as the next."""
    return float(np.exp(rng.uniform(0, np.log(max(limit, 1.0)))))


def _least_shrinking(boxes: Boxes, scale: float, options: PhotoOptions) -> float:
    widths = (boxes[:, 2] - boxes[:, 0]) * scale
    return float(np.min(widths, initial=np.inf) / options.least_width)


def _most_growing(boxes: Boxes, scale: float, size: Size) -> float:
    """Return the zoom at which the smallest box would just fit the canvas."""
    if not len(boxes):
        return np.inf
    sides = (boxes[:, 2:] - boxes[:, :2]) * scale
    return float(np.max(np.array(size[::-1]) / np.maximum(sides, 1e-6), axis=0).min())


def _choose_cut(
    place: PhotoPlace,
    photo: Size,
    boxes: Boxes,
    corners: Points,
    rng: np.random.Generator,
    options: PhotoOptions,
    size: Size,
) -> PhotoPlace:
    """Return the place moved to a spot that cuts boxes no oftener than the options say."""
    may_cut = rng.random() < options.cut_share
    low, high = np.zeros(2), np.ones(2)
    at_left_top = replace(place, share=(0.0, 0.0))
    moved = move_boxes(boxes, corners, at_left_top.build_matrix(photo, size))
    free = np.subtract(size, scaled_size(photo, place.scale))[::-1].astype(float)
    if len(boxes) and rng.random() < options.plate_share:
        low, high = _range_shares(moved[rng.integers(len(boxes))], free, size)
    shares = rng.uniform(low, high, (_NUM_TRIES, 2))
    there = moved + np.tile(np.round(free * shares), 2)[:, None]
    visible = measure_visible(there, size)
    num_cut = ((visible > 0) & (visible < 1)).sum(axis=1)
    best = 0 if may_cut else int(num_cut.argmin())
    return replace(place, share=(float(shares[best, 0]), float(shares[best, 1])))


def _range_shares(
    box: NDArray[np.float64], free: NDArray[np.float64], size: Size
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lowest and highest shares of the free room at which a box is whole.

    Args:
        box: `(4,)` where it lies when the photo lies at the left top.
        free: `(2,)` the canvas less the photo, across and down; below 0 where the photo is cut.
        size: Of the canvas.
    """
    room = np.where(free == 0, np.inf, free)
    ends = np.stack([-box[:2] / room, (np.array(size[::-1]) - box[2:]) / room])
    ends = np.clip(np.sort(ends, axis=0), 0, 1)
    is_fixed = (free == 0) | (ends[0] == ends[1])
    return np.where(is_fixed, 0, ends[0]), np.where(is_fixed, 1, ends[1])


def _draw_canvas(
    picture: Photo, rng: np.random.Generator, size: Size, background: Photo | None
) -> Photo:
    if background is not None:
        return _cover(background, size)
    colour = np.full(3, FILL, np.uint8)
    if rng.random() < 0.5:
        colour = np.rint(picture[::8, ::8].mean(axis=(0, 1))).astype(np.uint8)
    return np.broadcast_to(colour, (*size, 3)).copy()


def _cover(background: Photo, size: Size) -> Photo:
    """Return the middle of a picture that covers a canvas of this size."""
    scale = max(size[0] / background.shape[0], size[1] / background.shape[1])
    height = min(background.shape[0], max(1, round(size[0] / scale)))
    width = min(background.shape[1], max(1, round(size[1] / scale)))
    top, left = (background.shape[0] - height) // 2, (background.shape[1] - width) // 2
    part = background[top : top + height, left : left + width]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(part, size[::-1], interpolation=how).astype(np.uint8, copy=False)
