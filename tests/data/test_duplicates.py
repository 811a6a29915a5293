import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lpr_core.data.duplicates import (
    find_near_groups,
    find_near_pairs,
    hash_contents,
    hash_pictures,
    join_pairs,
)
from lpr_core.data.samples import Box, Sample, build_frame
from lpr_core.pictures.decoding import PictureError
from lpr_core.pictures.likeness import MAX_DISTANCE, NUM_BITS, hash_picture
from tests.kit.drawn_plates import draw


def count_near(hashes, limit):
    """The slow way: every pair by itself."""
    return {
        (i, j)
        for i in range(len(hashes))
        for j in range(i + 1, len(hashes))
        if (hashes[i] != hashes[j]).sum() <= limit
    }


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 40), st.integers(0, 12), st.integers(1, 7), st.integers(0, 1000))
def test_blocks_find_every_pair(count, limit, block_size, seed):
    hashes = np.random.default_rng(seed).random((count, 24)) < 0.5
    pairs = find_near_pairs(hashes, limit, block_size)
    assert sorted(map(tuple, pairs.tolist())) == sorted(count_near(hashes, limit))


def test_distance_at_the_limit_counts():
    hashes = np.zeros((3, NUM_BITS), bool)
    hashes[1, :MAX_DISTANCE] = True
    hashes[2, : 2 * MAX_DISTANCE + 1] = True
    assert find_near_pairs(hashes).tolist() == [[0, 1]]


def test_groups_are_chains_of_near_ones():
    hashes = np.zeros((5, NUM_BITS), bool)
    hashes[2, :MAX_DISTANCE] = True
    hashes[4, : 2 * MAX_DISTANCE] = True  # near to 2, not to 0
    hashes[1, 100:200] = True
    groups = find_near_groups(hashes)
    assert groups[0] == groups[2] == groups[3] == groups[4]
    assert groups[1] != groups[0]


def test_no_rows_have_no_groups():
    assert find_near_groups(np.empty((0, NUM_BITS), bool)).tolist() == []


def test_joined_pairs():
    assert join_pairs(np.array([[0, 3], [3, 1]]), 4).tolist() == [0, 0, 1, 0]


@pytest.fixture
def frame(tmp_path):
    for name, text in (("a", "ABC1D23"), ("b", "XYZ9876")):
        Image.fromarray(draw(text)).save(tmp_path / f"{name}.png")
    (tmp_path / "copy.png").write_bytes((tmp_path / "a.png").read_bytes())
    return build_frame(
        Sample(tmp_path / f"{n}.png", "A", box=Box(0, 0, 240, 60)) for n in ("a", "b", "copy")
    )


def test_contents(frame):
    first, second, copy = hash_contents(frame)
    assert first == copy != second
    assert len(first) == 64


def test_pictures_are_hashed_in_order_and_by_their_box(frame):
    hashes = hash_pictures(frame)
    np.testing.assert_array_equal(hashes[0], hash_picture(draw("ABC1D23")))
    np.testing.assert_array_equal(hashes[1], hash_picture(draw("XYZ9876")))
    left = hash_pictures(frame.assign(width=100))
    np.testing.assert_array_equal(left[0], hash_picture(draw("ABC1D23")[:, :100]))


def test_no_pictures_have_no_hashes(frame):
    assert hash_pictures(frame.iloc[:0]).shape == (0, NUM_BITS)


def test_bad_picture_is_named(frame, tmp_path):
    (tmp_path / "b.png").write_bytes(b"")
    with pytest.raises(PictureError, match=r"^b\.png: The file is empty\.$"):
        hash_pictures(frame)
