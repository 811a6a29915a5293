from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lpr_core.data.samples import (
    Box,
    ManifestError,
    Sample,
    build_frame,
    cut_plate,
    read_box,
    read_crop,
)
from lpr_core.pictures.decoding import PictureError


@pytest.fixture
def picture_path(tmp_path):
    """20 x 10 pixels whose red is the column, whose green is the row."""
    columns, rows = np.meshgrid(np.arange(20), np.arange(10))
    picture = np.stack([columns, rows, np.zeros_like(rows)], axis=2).astype(np.uint8)
    Image.fromarray(picture).save(tmp_path / "plate.png")
    return tmp_path / "plate.png"


def test_frame_without_boxes():
    frame = build_frame([Sample(Path("/a.jpg"), "AB1"), Sample(Path("/b.jpg"), "C2", "br", "test")])
    assert frame.to_dict("list") == {
        "image_path": ["/a.jpg", "/b.jpg"],
        "plate_text": ["AB1", "C2"],
        "plate_region": ["", "br"],
        "split": ["", "test"],
    }


def test_frame_with_boxes():
    frame = build_frame([Sample(Path("/a.jpg"), "AB1", box=Box(1, 2, 3, 4))])
    assert frame.loc[0, ["x", "y", "width", "height"]].to_list() == [1, 2, 3, 4]
    assert frame["x"].dtype == np.int64
    assert read_box(frame.iloc[0]) == Box(1, 2, 3, 4)


def test_frame_of_nothing_has_its_columns():
    assert list(build_frame([])) == ["image_path", "plate_text", "plate_region", "split"]


def test_boxes_for_some_rows_are_refused():
    samples = [Sample(Path("/a.jpg"), "A"), Sample(Path("/b.jpg"), "B", box=Box(0, 0, 1, 1))]
    with pytest.raises(ManifestError, match=r"1 of 2 have none, the first is /a\.jpg\."):
        build_frame(samples)


@pytest.mark.parametrize(
    "numbers", [(-1, 0, 1, 1), (0, -1, 1, 1), (0, 0, 0, 1), (0, 0, 1, -5), (10**30, 0, 1, 1)]
)
def test_impossible_boxes_are_refused(numbers):
    with pytest.raises(ValueError, match=f"Received: {', '.join(map(str, numbers))}$"):
        Box(*numbers)


@pytest.mark.parametrize(
    ("points", "box"),
    [
        ([(1, 2), (11, 7)], Box(1, 2, 10, 5)),
        ([(11, 7), (1, 2)], Box(1, 2, 10, 5)),
        ([(10.4, 5.6), (-3, 9), (8, -1)], Box(0, 0, 10, 9)),
    ],
)
def test_box_around_points(points, box):
    assert Box.around(points) == box


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_box_around_no_numbers_is_refused(number):
    with pytest.raises(ValueError, match="must have numbers for its corners"):
        Box.around([(1, 2), (number, 4)])


def test_box_around_one_point_is_refused():
    with pytest.raises(ValueError, match="Received: 3, 4, 0, 0"):
        Box.around([(3, 4)])


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=3, max_size=8))
def test_box_holds_its_points(points):
    xs, ys = zip(*points, strict=True)
    if len(set(xs)) > 1 and len(set(ys)) > 1:
        box = Box.around(points)
        assert (box.x, box.x + box.width) == (min(xs), max(xs))
        assert (box.y, box.y + box.height) == (min(ys), max(ys))


def test_whole_picture_without_a_box(picture_path):
    row = build_frame([Sample(picture_path, "A")]).iloc[0]
    assert read_crop(row).shape == (10, 20, 3)


def test_crop_is_the_box(picture_path):
    row = build_frame([Sample(picture_path, "A", box=Box(3, 2, 5, 4))]).iloc[0]
    crop = read_crop(row)
    assert crop.shape == (4, 5, 3)
    assert crop[0, 0].tolist() == [3, 2, 0]
    assert crop[-1, -1].tolist() == [7, 5, 0]


def test_box_over_the_edge_is_cut_off(picture_path):
    assert cut_plate(picture_path, Box(15, 8, 100, 100)).shape == (2, 5, 3)


def test_box_outside_names_picture_and_sizes(picture_path):
    with pytest.raises(
        PictureError,
        match=r"^plate\.png: The plate's box \(20, 0, 5, 5\) lies outside the picture of 20 x 10 ",
    ):
        cut_plate(picture_path, Box(20, 0, 5, 5))


def test_bad_picture_is_named(tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"")
    with pytest.raises(PictureError, match=r"^bad\.jpg: The file is empty\.$"):
        cut_plate(tmp_path / "bad.jpg", None)


def test_error_lists_its_problems():
    error = ManifestError("Two are bad:", ["first", "second"])
    assert str(error) == "Two are bad:\n  first\n  second"
    assert error.problems == ("first", "second")
