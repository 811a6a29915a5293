"""Parts of photos that hold none of their boxes."""

import numpy as np
import pytest

from lpr_core.augment import cut_free_part


def test_a_part_holds_no_box_and_has_the_proportions_asked_for():
    picture = np.zeros((200, 300, 3), np.uint8)
    picture[80:120, 120:200] = 255
    boxes = np.array([[120.0, 80, 200, 120]])
    sides = set()
    for seed in range(30):
        part = cut_free_part(picture, boxes, np.random.default_rng(seed), (64, 64))
        assert part is not None
        assert part.max() == 0
        assert part.shape[0] == part.shape[1] >= 50
        sides.add(part.shape[0])
    assert len(sides) > 10


@pytest.mark.parametrize("boxes", [[[0.0, 0, 300, 200]], [[20.0, 20, 280, 180]]])
def test_a_photo_that_is_one_plate_has_no_such_part(boxes):
    picture = np.zeros((200, 300, 3), np.uint8)
    assert cut_free_part(picture, np.array(boxes), np.random.default_rng(0), (64, 64)) is None


def test_a_photo_without_boxes_gives_a_part_of_at_least_a_quarter():
    picture = np.zeros((200, 300, 3), np.uint8)
    part = cut_free_part(picture, np.empty((0, 4)), np.random.default_rng(0), (100, 150))
    assert part is not None
    assert part.shape[0] > 100
