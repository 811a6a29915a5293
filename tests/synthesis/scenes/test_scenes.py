"""Drawn scenes: every plate lies where its corners say, and equal seeds are equal scenes."""

import numpy as np
import pytest

from lpr_core.augment import PhotoOptions
from lpr_core.synthesis.scenes import SceneOptions, draw_scene
from lpr_core.synthesis.scenes.cars import draw_car, measure_car
from lpr_core.synthesis.scenes.poses import (
    fill_shape,
    paste_patch,
    project,
    scale_plane,
    turn_plane,
    upright_rectangle,
)
from lpr_core.synthesis.scenes.signs import draw_sign
from lpr_core.synthesis.scenes.streets import draw_street

SMALL = SceneOptions(size=(96, 128))
NO_CAMERA = PhotoOptions(light_share=0, grey_share=0, blur_share=0, jpeg_share=0, noise_share=0)
BARE = SMALL.model_copy(update={"car_share": 0, "sign_mean": 0, "camera": NO_CAMERA})


def rng(seed=0):
    return np.random.default_rng(seed)


def bright_box(picture, above=0):
    ys, xs = np.nonzero(picture.max(axis=2) > above)
    return np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])


def test_plates_lie_where_their_corners_say():
    options = BARE.model_copy(update={"plate_shares": (0, 1)})
    for seed in range(20):
        scene = draw_scene(rng(seed), options, np.zeros((40, 60, 3), np.uint8))
        box = scene.boxes[0]
        # A shadow on the background may reach a little farther.
        near = 2.6 + 0.05 * (box[2] - box[0])
        np.testing.assert_allclose(bright_box(scene.picture), box, atol=near)
        np.testing.assert_allclose(scene.corners[0].min(axis=0), box[:2])
        np.testing.assert_allclose(scene.corners[0].max(axis=0), box[2:])


def test_scenes_hold_none_one_or_more_plates_that_hide_nothing():
    options = SMALL.model_copy(update={"plate_shares": (1, 1, 1, 1)})
    scenes = [draw_scene(rng(seed), options) for seed in range(24)]
    counts = {len(scene.boxes) for scene in scenes}
    assert {0, 1, 2} <= counts
    for scene in scenes:
        assert scene.picture.shape == (96, 128, 3)
        assert scene.picture.dtype == np.uint8
        assert scene.boxes.shape == (len(scene.texts), 4)
        assert scene.corners.shape == (len(scene.regions), 4, 2)
        assert (scene.boxes[:, :2] >= 0).all()
        assert (scene.boxes[:, 2:] <= [128, 96]).all()
        widths = scene.boxes[:, 2] - scene.boxes[:, 0]
        assert (widths >= 11.99).all()
        assert (widths <= 0.6 * 128 + 0.01).all()
        for index, one in enumerate(scene.boxes):
            for other in scene.boxes[index + 1 :]:
                assert (one[:2] >= other[2:]).any() or (other[:2] >= one[2:]).any()


def test_the_first_corner_is_the_left_top_of_the_text():
    scene = draw_scene(rng(2), BARE.model_copy(update={"plate_shares": (0, 1), "roll": 2}))
    left_top, right_top, right_low, left_low = scene.corners[0]
    assert left_top[0] < right_top[0]
    assert left_low[0] < right_low[0]
    assert left_top[1] < left_low[1]
    assert right_top[1] < right_low[1]


def test_the_regions_that_were_asked_for_are_drawn():
    options = SMALL.model_copy(update={"regions": ("br",), "plate_shares": (0, 1)})
    assert {draw_scene(rng(seed), options).regions for seed in range(5)} == {("br",)}


def test_equal_seeds_are_equal_scenes_and_the_background_is_not_changed():
    background = rng().integers(0, 256, (50, 70, 3), dtype=np.uint8)
    before = background.copy()
    first, second, other = (draw_scene(rng(seed), SMALL, background) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first.picture, second.picture)
    np.testing.assert_array_equal(first.corners, second.corners)
    assert first.texts == second.texts
    assert not np.array_equal(first.picture, other.picture)
    np.testing.assert_array_equal(background, before)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"size": (10, 100)}, "both sides of `size` must lie in 64 to 4096. Received: .10, 100."),
        ({"regions": ("xx",)}, "`region` must be one of .*Received: 'xx'"),
        ({"plate_shares": (0, 0)}, "`plate_shares` must have shares of at least 0, not all 0"),
        ({"plates": 3}, "plates"),
    ],
)
def test_options_say_what_is_wrong(change, problem):
    with pytest.raises(ValueError, match=problem):
        SceneOptions(**change)


def test_a_patch_fills_its_four_corners():
    canvas = np.zeros((60, 80, 3), np.uint8)
    corners = np.array([[10, 12], [60, 20], [58, 44], [12, 30]], float)
    paste_patch(canvas, np.full((40, 120, 3), 250, np.uint8), np.ones((40, 120), "f4"), corners)
    np.testing.assert_allclose(bright_box(canvas, 125), [10, 12, 60, 44], atol=1.1)
    assert canvas[26, 35].tolist() == [250, 250, 250]
    assert not canvas[14, 50].any()
    outside = canvas.copy()
    paste_patch(outside, np.full((4, 9, 3), 250, np.uint8), np.ones((4, 9), "f4"), corners + 500)
    np.testing.assert_array_equal(outside, canvas)


def test_a_turned_plane_is_nearer_on_the_side_that_is_turned_here():
    corners = project(upright_rectangle(4), scale_plane(turn_plane(40, 0, 0, 6), 100, (200, 100)))
    left, right = corners[3, 1] - corners[0, 1], corners[2, 1] - corners[1, 1]
    assert left != pytest.approx(right)
    assert corners[1, 0] - corners[0, 0] == pytest.approx(100 * np.cos(np.deg2rad(40)), rel=0.02)
    np.testing.assert_allclose(
        project(upright_rectangle(4), scale_plane(turn_plane(0, 0, 0, 6), 100, (200, 100))),
        [[150, 87.5], [250, 87.5], [250, 112.5], [150, 112.5]],
    )


def test_a_shape_far_outside_is_drawn_without_an_error():
    canvas = np.zeros((40, 40, 3), np.uint8)
    plane = scale_plane(turn_plane(0, 0, 0, 6), 1e6, (20, 20))
    fill_shape(canvas, upright_rectangle(1), plane, np.full(3, 300.0))
    assert (canvas == 255).all()


def test_cars_signs_and_streets_fill_what_they_are_given():
    canvas = draw_street((96, 128), rng(1))
    assert canvas.shape == (96, 128, 3)
    before = canvas.copy()
    plane = scale_plane(turn_plane(10, 5, 0, 8), 20, (64, 60))
    draw_car(canvas, plane, 4.6, rng(1), measure_car(4.6, rng(1)))
    assert (canvas != before).any(axis=2).mean() > 0.2
    corners = draw_sign(canvas, rng(3), 40, (64, 48))
    np.testing.assert_allclose(np.ptp(corners[:, 0]), 40, rtol=0.4)
