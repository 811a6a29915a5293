import numpy as np
import pytest

from lpr_core.tasks.finding.measures import measure_fixed_box, score_said
from lpr_core.tasks.finding.predictions import read_found, read_things, write_found, write_things
from lpr_core.tasks.finding.scores import (
    average_precision,
    choose_threshold,
    false_boxes_at,
    match_photo,
    mean_average_precision,
    recall_at,
    score_photos,
)
from tests.kit.finding_kit import make_found, make_things

LEFT, RIGHT = (0.1, 0.1, 0.3, 0.3), (0.6, 0.6, 0.8, 0.8)
NOWHERE = (0.4, 0.0, 0.5, 0.1)


def test_a_thing_counts_once_for_the_surest_box_of_its_class():
    found = make_found((1, 0.9, *LEFT), (1, 0.8, *LEFT), (2, 0.7, *RIGHT), (1, 0.6, *RIGHT))
    matched = match_photo(found, make_things((1, *LEFT), (1, *RIGHT)), 0.7)
    assert matched.right.tolist() == [True, False, False, True]
    assert matched.things.tolist() == [0, -1, -1, 1]
    assert matched.f1_at(0.5) == pytest.approx(4 / 6)
    assert matched.f1_at(0.85) == pytest.approx(2 / 3)


def test_an_empty_photo_is_right_when_nothing_is_found():
    empty = match_photo(make_found((1, 0.6, *LEFT)), make_things(), 0.7)
    assert (empty.f1_at(0.5), empty.f1_at(0.7)) == (0, 1)


def test_average_precision_by_hand():
    # Sorted by score: right, wrong, right; of three things one is never found.
    photos = [
        match_photo(make_found((1, 0.9, *LEFT), (1, 0.8, *NOWHERE)), make_things((1, *LEFT)), 0.5),
        match_photo(make_found((1, 0.7, *RIGHT)), make_things((1, *LEFT), (1, *RIGHT)), 0.5),
    ]
    assert average_precision(photos) == pytest.approx((1 + 2 / 3) / 3)
    assert average_precision(photos, np.array([2, 0])) == pytest.approx(1)
    assert recall_at(photos, 0.5) == pytest.approx(2 / 3)
    assert false_boxes_at(photos, 0.75) == 0.5
    assert np.isnan(average_precision([]))


def test_classes_are_averaged():
    found = [make_found((1, 0.9, *LEFT), (2, 0.8, *LEFT))]
    truth = [make_things((1, *LEFT), (2, *RIGHT))]
    assert mean_average_precision(found, truth, 0.5) == pytest.approx(0.5)


def test_the_threshold_leaves_out_what_is_mostly_wrong():
    truth = make_things((1, *LEFT))
    photos = [
        match_photo(make_found((1, 0.8, *LEFT), (1, 0.4, *NOWHERE)), truth, 0.7) for _ in range(4)
    ]
    assert 0.4 < choose_threshold(photos) <= 0.8
    assert choose_threshold([]) == 0.5


def test_no_photo_chooses_its_own_threshold():
    truth = make_things((1, *LEFT))
    low = match_photo(make_found((1, 0.2, *LEFT)), truth, 0.7)
    high = match_photo(make_found((1, 0.9, *LEFT), (1, 0.3, *NOWHERE)), truth, 0.7)
    # Even photos are judged by the odd ones' threshold, which lies above 0.3.
    assert score_photos([low, high]).tolist() == [0, pytest.approx(2 / 3)]


def test_texts_keep_what_was_said():
    found, things = make_found((2, 0.9, *LEFT), (1, 0.5, *RIGHT)), make_things((1, *RIGHT))
    again = read_found(write_found(found))
    assert again.classes.tolist() == [2, 1]
    np.testing.assert_allclose(again.edges, found.edges, atol=1e-5)
    np.testing.assert_allclose(read_things(write_things(things)).edges, things.edges, atol=1e-5)
    assert len(read_found("")) == len(read_things("").edges) == 0
    assert score_said([write_things(things), ""], [write_found(found), ""]).shape == (2,)


def test_a_box_that_never_looks():
    known = np.zeros((3, 2, 14), np.float32)
    known[:, 0, :5] = [1, *LEFT]
    asked = known.copy()
    asked[0, 0, 1:5] = RIGHT
    baseline = measure_fixed_box(known, asked)
    assert baseline["photo_f1"] == pytest.approx(2 / 3)
    assert baseline["box"] == pytest.approx(LEFT)
