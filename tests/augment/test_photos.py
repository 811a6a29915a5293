"""Photos that are moved and relit: boxes and corners stay on what they mark."""

import numpy as np
import pytest

from lpr_core.augment import PhotoOptions, augment_photo, letterbox_photo
from lpr_core.augment.photo_light import move_blur, relight_photo
from lpr_core.augment.photo_places import PhotoPlace, invert_place, letterbox_scale, move_points
from lpr_core.pictures import fit_picture

SIZE = (128, 160)
NO_LIGHT = {"light_share": 0, "grey_share": 0, "blur_share": 0, "jpeg_share": 0, "noise_share": 0}
STILL = PhotoOptions(**NO_LIGHT, zoom_out_share=0, zoom_in_share=0, turn_share=0)
MOVING = PhotoOptions(**NO_LIGHT, zoom_out=2, zoom_in_share=0.5, turn_share=1, turn=20)


def rng(seed=0):
    return np.random.default_rng(seed)


def marked_photo(height=200, width=300):
    """A black photo with one white plate, its box and its corners."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[90:120, 100:190] = 255
    corners = np.array([[[100, 90], [190, 90], [190, 120], [100, 120]]], float)
    return picture, np.array([[100, 90, 190, 120]], float), corners


def bright_box(picture):
    """The box around what is white, where the grey canvas is not."""
    ys, xs = np.nonzero(picture[..., 0] > 180)
    return [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]


@pytest.mark.parametrize("knows_corners", [True, False])
def test_boxes_stay_on_what_they_mark(knows_corners):
    picture, boxes, corners = marked_photo()
    options = MOVING.model_copy(update={"cut_share": 0, "plate_share": 1})
    for seed in range(30):
        moved = augment_photo(
            picture, boxes, corners if knows_corners else None, rng(seed), options, SIZE
        )
        assert moved.picture.shape == (*SIZE, 3)
        assert moved.kept.tolist() == [0]
        np.testing.assert_allclose(moved.boxes[0], bright_box(moved.picture), atol=1.6)
        assert np.isfinite(moved.corners).all() == knows_corners
        if knows_corners:
            around = [*moved.corners[0].min(axis=0), *moved.corners[0].max(axis=0)]
            np.testing.assert_allclose(moved.boxes[0], around, atol=1e-4)


def test_corners_keep_a_turned_box_tight():
    """A plate that leans already: its box's own outline would give a box that is too high."""
    picture = np.zeros((200, 300, 3), np.uint8)
    corners = np.array([[[100, 80], [190, 104], [190, 134], [100, 110]]], float)
    boxes = np.array([[100, 80, 190, 134]], float)
    options = MOVING.model_copy(update={"zoom_out_share": 0, "zoom_in_share": 0})
    for seed in range(10):
        known = augment_photo(picture, boxes, corners, rng(seed), options, SIZE).boxes[0]
        unknown = augment_photo(picture, boxes, None, rng(seed), options, SIZE).boxes[0]
        assert (known[2:] - known[:2] <= unknown[2:] - unknown[:2] + 1e-3).all()


def test_a_letterboxed_photo_has_the_pixels_that_reading_sees():
    picture = rng().integers(0, 256, (301, 400, 3), dtype=np.uint8)
    moved = letterbox_photo(picture, np.array([[40, 30, 140, 60]]), None, (128, 128))
    height = round(301 * 128 / 400)
    top = round((128 - height) / 2)
    np.testing.assert_array_equal(
        moved.picture[top : top + height], fit_picture(picture, height, 128)
    )
    assert (moved.picture[:top] == 114).all()
    assert (moved.picture[top + height :] == 114).all()
    scale = height / 301
    expected = [40 * 0.32, top + 30 * scale, 140 * 0.32, top + 60 * scale]
    np.testing.assert_allclose(moved.boxes[0], expected, rtol=1e-6)


def test_the_way_back_leads_to_the_photo():
    photo, points = (200, 300), rng().uniform(0, 200, (5, 2))
    place = PhotoPlace(letterbox_scale(photo, SIZE), 7, mirror=True, share=(0.2, 0.9))
    matrix = place.build_matrix(photo, SIZE)
    np.testing.assert_allclose(
        move_points(move_points(points, matrix), invert_place(matrix)), points
    )


def test_a_mirrored_plate_has_its_corners_from_the_left_top_again():
    picture, boxes, corners = marked_photo(300, 300)
    options = STILL.model_copy(update={"mirror_share": 1})
    moved = augment_photo(picture, boxes, corners, rng(), options, (300, 300))
    assert moved.boxes.tolist() == [[110, 90, 200, 120]]
    assert moved.corners.tolist() == [[[110, 90], [200, 90], [200, 120], [110, 120]]]
    np.testing.assert_array_equal(moved.picture, picture[:, ::-1])


def test_no_plate_gets_smaller_than_can_be_found():
    picture, boxes, _ = marked_photo()
    options = STILL.model_copy(update={"zoom_out_share": 1, "zoom_out": 50, "least_width": 14})
    widths = [
        np.ptp(augment_photo(picture, boxes, None, rng(seed), options, SIZE).boxes[0, [0, 2]])
        for seed in range(40)
    ]
    assert min(widths) > 13.4  # whole pixels of the shrunk photo
    assert max(widths) > 35


def test_cuts_leave_plates_whole_or_out_but_for_the_stated_share():
    picture, boxes, _ = marked_photo()
    zooming = STILL.model_copy(update={"zoom_in_share": 1, "zoom_in": 3})

    def areas(**update):
        options = zooming.model_copy(update=update)
        moved = [
            augment_photo(picture, boxes, None, rng(seed), options, SIZE) for seed in range(60)
        ]
        return [float(np.prod(np.ptp(m.boxes.reshape(-1, 2, 2), axis=1))) for m in moved], moved

    whole, moved = areas(cut_share=0, plate_share=1)
    assert all(len(one.boxes) == 1 for one in moved)
    assert all(
        np.isclose(one.boxes[0, 2] - one.boxes[0, 0], 3 * np.ptp(one.boxes[0, [1, 3]]), rtol=0.05)
        for one in moved
    )
    assert min(whole) > 0
    _, cut = areas(cut_share=1, plate_share=0)
    assert 0 < sum(len(one.boxes) == 0 for one in cut) < 60


def test_the_rest_of_a_plate_that_is_cut_is_painted_over():
    picture, boxes, _ = marked_photo()
    options = STILL.model_copy(
        update={"zoom_in_share": 1, "zoom_in": 3, "cut_share": 1, "plate_share": 0}
    )
    for seed in range(60):
        moved = augment_photo(picture, boxes, None, rng(seed), options, SIZE)
        assert len(moved.boxes) or moved.picture.max() <= 114


def test_a_photo_without_plates_and_one_on_another():
    picture, background = np.zeros((50, 80, 3), np.uint8), np.full((64, 70, 3), 200, np.uint8)
    options = STILL.model_copy(update={"zoom_out_share": 1, "zoom_out": 2})
    none = np.empty((0, 4))
    moved = augment_photo(picture, none, None, rng(1), options, SIZE, background)
    assert (moved.boxes.shape, moved.corners.shape, moved.kept.shape) == ((0, 4), (0, 4, 2), (0,))
    assert set(np.unique(moved.picture)) == {0, 200}


def test_equal_seeds_are_equal_and_nothing_given_is_changed():
    picture, boxes, corners = marked_photo()
    given = picture.copy(), boxes.copy(), corners.copy()
    first, second, other = (
        augment_photo(picture, boxes, corners, rng(seed), PhotoOptions(), SIZE)
        for seed in (3, 3, 4)
    )
    for one, two in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(first.picture, other.picture)
    for now, before in zip((picture, boxes, corners), given, strict=True):
        np.testing.assert_array_equal(now, before)


def test_light_changes_values_and_moves_nothing():
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[20:40, 20:50] = 200
    options = PhotoOptions(light_share=1, blur_share=0, noise_share=0, jpeg_share=1)
    for seed in range(10):
        lit = relight_photo(picture, rng(seed), options)
        assert lit.dtype == np.uint8
        assert lit[25:35, 25:45].mean() > lit[:15].mean() + 60
    grey = relight_photo(
        rng().integers(0, 256, (8, 8, 3), dtype=np.uint8),
        rng(),
        PhotoOptions(**NO_LIGHT | {"grey_share": 1}),
    )
    assert (np.ptp(grey, axis=2) <= 1).all()


def test_a_way_of_one_pixel_blurs_nothing_and_a_longer_one_only_along_itself():
    picture = np.zeros((15, 15, 3), np.uint8)
    picture[7, 7] = 250
    np.testing.assert_array_equal(move_blur(picture, 1, 0), picture)
    moved = move_blur(picture, 5, 0)
    assert moved[7, 5:10].min() > 0
    assert moved[:7].max() == 0


def test_options_refuse_what_they_do_not_know():
    with pytest.raises(ValueError, match="zoom"):
        PhotoOptions(zoom=2)
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        PhotoOptions(zoom_out=0.5)
