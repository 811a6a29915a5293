"""What stands beside the symbols: it narrows their room, is repeatable, and never their text."""

import numpy as np
import pytest

from lpr_core.synthesis import trimmings
from lpr_core.synthesis.draw import draw_any_plate, draw_plate
from lpr_core.synthesis.trimmings import draw_group_sticker, draw_side_trims, frame_plate

SHAPE = (80, 288, 3)


def grey() -> np.ndarray:
    return np.full(SHAPE, 128, np.float32)


def test_trims_stay_outside_of_what_they_leave():
    left_out = 0
    for seed in range(200):
        canvas = grey()
        left, right = draw_side_trims(canvas, (8.0, 280.0), np.random.default_rng(seed))
        assert 8 <= left < right <= 280
        assert right - left > 0.6 * 272
        assert (canvas[:, int(np.ceil(left)) : int(right)] == 128).all()
        left_out += left > 8 or right < 280
    assert 60 < left_out < 140  # about half of the plates have something


@pytest.mark.parametrize("trim", trimmings._TRIMS)
def test_each_trim_draws_within_its_room(trim):
    drawn = 0
    for seed in range(20):
        canvas = grey()
        trim(canvas, 40, 70, np.random.default_rng(seed))
        assert (canvas[:, :38] == 128).all()
        assert (canvas[:, 73:] == 128).all()
        drawn += (canvas != 128).any()
    assert drawn == 20


def test_a_sticker_stands_in_its_gap():
    for seed in range(20):
        canvas = grey()
        draw_group_sticker(canvas, (144.0, 40.0), 20.0, np.random.default_rng(seed))
        assert (canvas[:, 133:156] != 128).any()
        assert (canvas[:, :133] == 128).all()
        assert (canvas[:, 156:] == 128).all()


def test_some_plates_have_a_frame_and_all_keep_their_width():
    plate = np.full(SHAPE, 200, np.uint8)
    framed = [frame_plate(plate, np.random.default_rng(seed)) for seed in range(100)]
    assert {picture.shape[1] for picture in framed} == {288}
    higher = sum(picture.shape[0] > 80 for picture in framed)
    assert 8 < higher < 35
    assert (plate == 200).all()


def test_plates_of_the_world_are_trimmed_repeatably_and_those_of_studies_are_not():
    first, again, other = (draw_any_plate(np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert first.text == again.text
    assert (first.picture == again.picture).all()
    assert first.text != other.text
    assert draw_plate("br", np.random.default_rng(0)).picture.shape[1] == 288
