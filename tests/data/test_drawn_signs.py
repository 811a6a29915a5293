"""The drawn signs that other tests learn from: boxes lie on the signs, files say the same."""

import numpy as np
import pytest

from lpr_core.data.photos import list_classes, read_photos
from tests.kit.drawn_signs import CLASSES, NORTH, SOUTH, draw_sign_photo, write_sign_photos


@pytest.mark.parametrize("country", [NORTH, SOUTH])
def test_boxes_lie_on_the_signs(country):
    rng = np.random.default_rng(0)
    counts = set()
    for _ in range(20):
        drawn = draw_sign_photo(country, rng)
        counts.add(len(drawn.boxes))
        for left, top, right, bottom in drawn.boxes.astype(int):
            inside = drawn.picture[top:bottom, left:right].astype(int)
            near_rim = np.abs(inside - country.rim).max(axis=2) < 40
            assert near_rim.mean() > 0.15
            rows, columns = np.nonzero(near_rim)
            assert rows.min() <= 1
            assert rows.max() >= bottom - top - 2
            assert columns.min() <= 1
            assert columns.max() >= right - left - 2
    assert counts == {0, 1, 2}


def test_files_have_what_was_drawn(tmp_path):
    path = write_sign_photos(tmp_path / "north", NORTH, {"train": 12, "validation": 3}, 1)
    frame = read_photos(path)
    assert list(frame["split"]) == ["train"] * 12 + ["validation"] * 3
    assert list_classes(frame) == CLASSES
    again = read_photos(write_sign_photos(tmp_path / "again", NORTH, {"train": 12}, 1))
    assert list(again["classes"]) == list(frame["classes"][:12])
