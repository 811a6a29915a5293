import cv2
import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from lpr_core.pictures.likeness import (
    MAX_DISTANCE,
    NUM_BITS,
    LikenessIndex,
    hash_picture,
    read_hash,
    write_hash,
)
from tests.kit.drawn_plates import draw

PLATE = draw("ABC1D23")
BITS = npst.arrays(bool, NUM_BITS)


def distance(first, second) -> int:
    return int((hash_picture(first) != hash_picture(second)).sum())


@pytest.mark.parametrize(
    "alike",
    [
        PLATE,
        np.clip(PLATE * 0.7 + 40, 0, 255).astype(np.uint8),  # brighter, flatter
        cv2.resize(PLATE, (120, 30), interpolation=cv2.INTER_AREA),
        cv2.GaussianBlur(PLATE, (0, 0), 1.5),
        cv2.imdecode(cv2.imencode(".jpg", PLATE, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], 1),
        PLATE.mean(axis=2, keepdims=True).repeat(3, axis=2).astype(np.uint8),
        np.clip(PLATE + np.random.default_rng(0).normal(0, 8, PLATE.shape), 0, 255).astype(
            np.uint8
        ),
    ],
    ids=["same", "brighter", "half size", "blurred", "JPEG", "grey", "noisy"],
)
def test_the_same_plate_is_near(alike):
    assert distance(PLATE, alike) <= MAX_DISTANCE


@pytest.mark.parametrize("text", ["ABC1D24", "XYZ9876", "A8C1D23", ""])
def test_another_plate_is_not_near(text):
    assert distance(PLATE, draw(text)) > MAX_DISTANCE


def test_hash_has_its_bits():
    bits = hash_picture(PLATE)
    assert bits.shape == (NUM_BITS,)
    assert bits.dtype == bool
    assert bits.sum() == NUM_BITS // 2


@pytest.mark.parametrize("picture", [np.zeros((8, 8, 3)), np.full((3000, 10, 3), 255)])
def test_pictures_without_anything_in_them_have_a_hash_too(picture):
    assert hash_picture(picture.astype(np.uint8)).shape == (NUM_BITS,)


@settings(deadline=None)
@given(BITS)
def test_hashes_are_written_and_read(bits):
    text = write_hash(bits)
    assert text == str(imagehash.ImageHash(bits))
    np.testing.assert_array_equal(read_hash(text), bits)


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 66, "g" * 64])
def test_other_texts_are_no_hashes(text):
    with pytest.raises(ValueError, match=r"64 hex digits|hexadecimal"):
        read_hash(text)


def hash_with(*places) -> str:
    bits = np.zeros(NUM_BITS, bool)
    bits[list(places)] = True
    return write_hash(bits)


def test_the_nearest_one_is_found():
    index = LikenessIndex()
    index.add("far", hash_with(*range(100, 130)))
    index.add("near", hash_with(*range(MAX_DISTANCE)))
    index.add("nearer", hash_with(1, 2))
    index.add("as near", hash_with(1, 3))
    assert index.find_nearest(hash_with(1)) == "nearer"
    assert index.find_nearest(hash_with(*range(110, 130))) == "far"
    assert len(index) == 4


def test_distance_at_the_limit_counts():
    index = LikenessIndex()
    index.add("a", hash_with())
    assert index.find_nearest(hash_with(*range(MAX_DISTANCE))) == "a"
    assert index.find_nearest(hash_with(*range(MAX_DISTANCE + 1))) is None


def test_an_empty_index_finds_nothing():
    assert LikenessIndex().find_nearest(hash_with()) is None


@settings(deadline=None)
@given(st.lists(BITS, max_size=20), BITS)
def test_the_search_compares_with_all(known, wanted):
    index = LikenessIndex()
    for number, bits in enumerate(known):
        index.add(str(number), write_hash(bits))
    distances = [int((bits != wanted).sum()) for bits in known]
    nearest = min(range(len(known)), key=distances.__getitem__, default=None)
    expected = nearest if nearest is not None and distances[nearest] <= MAX_DISTANCE else None
    found = index.find_nearest(write_hash(wanted))
    assert found == (None if expected is None else str(expected))


def test_an_index_grows():
    index = LikenessIndex()
    rng = np.random.default_rng(0)
    texts = [write_hash(rng.random(NUM_BITS) < 0.5) for _ in range(3000)]
    for number, text in enumerate(texts):
        index.add(str(number), text)
    assert [index.find_nearest(texts[number]) for number in (0, 1023, 1024, 2999)] == [
        "0",
        "1023",
        "1024",
        "2999",
    ]
