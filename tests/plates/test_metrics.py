import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lpr_core.plates.format import SEVEN, encode_plates, one_hot
from lpr_core.plates.metrics import (
    expected_calibration_error,
    score_plates,
    score_texts,
)

TRUTH = encode_plates(["ABC1234", "DEF5678", "GHJ9012", "KLM3456"], SEVEN)
ALL_WRONG = (TRUTH + 17) % 35


def probabilities_of(indices, confidence=1.0):
    """Give `confidence` to one symbol of each slot and share the rest among the others."""
    targets = one_hot(indices, SEVEN)
    return targets * confidence + (1 - targets) * (1 - confidence) / 34


def test_a_perfect_reading_scores_one():
    assert score_plates(TRUTH, probabilities_of(TRUTH)) == {
        "count": 4,
        "plate_accuracy": 1.0,
        "plate_accuracy_interval": pytest.approx([0.5101, 1.0], abs=1e-4),
        "character_accuracy": 1.0,
        "character_accuracy_interval": [1.0, 1.0],
        "mean_edit_distance": 0.0,
        "slot_accuracy": [1.0] * 7,
        "top3_accuracy": 1.0,
        "expected_calibration_error": 0.0,
    }


def test_a_wrong_reading_scores_zero():
    shares = {17: 0.5, 18: 0.25, 19: 0.25}  # three wrong symbols, so that top 3 misses as well
    probabilities = sum(
        share * one_hot((TRUTH + shift) % 35, SEVEN) for shift, share in shares.items()
    )
    assert score_plates(TRUTH, probabilities) == {
        "count": 4,
        "plate_accuracy": 0.0,
        "plate_accuracy_interval": pytest.approx([0.0, 0.4899], abs=1e-4),
        "character_accuracy": 0.0,
        "character_accuracy_interval": [0.0, 0.0],
        "mean_edit_distance": 7.0,
        "slot_accuracy": [0.0] * 7,
        "top3_accuracy": 0.0,
        "expected_calibration_error": 0.5**7,
    }


def test_one_wrong_character_costs_one_plate_and_one_slot():
    read = TRUTH.copy()
    read[0, 6] = (read[0, 6] + 1) % 35
    scores = score_plates(TRUTH, probabilities_of(read))
    assert scores["plate_accuracy"] == 0.75
    assert scores["character_accuracy"] == pytest.approx(27 / 28)
    assert scores["slot_accuracy"] == [1.0] * 6 + [0.75]
    assert scores["mean_edit_distance"] == 0.25
    # Four plates: the interval is the resamples with no and with three bad plates.
    assert scores["character_accuracy_interval"] == pytest.approx([25 / 28, 1.0])


def test_top3_counts_the_third_symbol_but_not_the_fourth():
    ranks = np.array([0.4, 0.3, 0.2, 0.1])
    probabilities = np.tile(ranks, (1, 4, 1)).astype(np.float32)
    scores = score_plates(np.array([[0, 1, 2, 3]]), probabilities)
    assert scores["top3_accuracy"] == 0.75
    assert scores["character_accuracy"] == 0.25


def test_a_reader_that_says_nothing_is_not_rewarded():
    uniform = np.full((4, 7, 35), 1 / 35, dtype=np.float32)
    scores = score_plates(ALL_WRONG, uniform)
    assert scores["top3_accuracy"] <= 1 / 7
    assert scores["plate_accuracy"] == 0.0


def test_a_shifted_reading_has_few_edits_and_many_wrong_slots():
    truth = encode_plates(["ABCDEFG"], SEVEN)
    scores = score_plates(truth, probabilities_of(encode_plates(["BCDEFGH"], SEVEN)))
    assert scores["mean_edit_distance"] == 2.0
    assert scores["character_accuracy"] == 0.0


def test_scores_are_json_and_do_not_change_their_input():
    truth, probabilities = TRUTH.copy(), probabilities_of(ALL_WRONG)
    before = probabilities.copy()
    scores = score_plates(truth, probabilities)
    assert json.loads(json.dumps(scores)) == scores
    np.testing.assert_array_equal(truth, TRUTH)
    np.testing.assert_array_equal(probabilities, before)
    assert score_plates(truth, probabilities) == scores


@pytest.mark.parametrize(
    ("truth", "probabilities", "message"),
    [
        (TRUTH[:0], probabilities_of(TRUTH[:0]), "need at least one plate. Received: 0"),
        (TRUTH[:3], probabilities_of(TRUTH), "Received: (3, 7) and (4, 7, 35)"),
        (TRUTH[0], probabilities_of(TRUTH), "Received: (7,) and (4, 7, 35)"),
        (TRUTH + 20, probabilities_of(TRUTH), "must lie in 0..34. Received: 20..42"),
        (TRUTH, probabilities_of(TRUTH) * 2, "sums of 2.0 to 2.0"),
        (TRUTH, probabilities_of(TRUTH) * np.nan, "a minimum of nan"),
        (TRUTH, probabilities_of(TRUTH, confidence=2.0), "a minimum of -0.0"),
    ],
)
def test_what_cannot_be_scored_is_refused(truth, probabilities, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        score_plates(truth, probabilities)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=60))
def test_intervals_hold_their_points(num_wrong):
    read = np.zeros((len(num_wrong), 7), dtype=np.int64)
    for row, wrong in enumerate(num_wrong):
        read[row, :wrong] = 1
    scores = score_plates(np.zeros_like(read), probabilities_of(read))
    for name in ("plate_accuracy", "character_accuracy"):
        low, high = scores[f"{name}_interval"]
        assert 0 <= low <= scores[name] + 1e-12
        assert scores[name] - 1e-12 <= high <= 1


def test_more_plates_narrow_the_intervals_and_their_order_is_nothing():
    read = np.concatenate([TRUTH[:2], ALL_WRONG[2:]])
    few = score_plates(TRUTH, probabilities_of(read))
    many = score_plates(np.tile(TRUTH, (25, 1)), probabilities_of(np.tile(read, (25, 1))))
    turned = score_plates(TRUTH[::-1], probabilities_of(read[::-1]))
    assert turned == few
    for name in ("plate_accuracy_interval", "character_accuracy_interval"):
        assert np.ptp(many[name]) < np.ptp(few[name]) / 2


def test_the_bootstrap_agrees_with_drawing_plates():
    rng = np.random.default_rng(1)
    right = rng.random((300, 7)) < rng.choice([0.6, 0.99], size=(300, 1))
    scores = score_plates(np.zeros((300, 7), int), probabilities_of((~right).astype(int)))
    drawn = right.mean(axis=1)[rng.integers(0, 300, size=(10_000, 300))].mean(axis=1)
    expected = np.quantile(drawn, [0.025, 0.975])
    assert scores["character_accuracy_interval"] == pytest.approx(expected, abs=0.002)


@pytest.mark.parametrize(
    ("confidence", "right", "expected"),
    [
        ([1.0, 1.0], [True, True], 0.0),
        ([1.0, 1.0], [False, False], 1.0),  # sure and wrong
        ([0.0, 0.0], [True, True], 1.0),  # right without a trace of confidence
        ([0.5, 0.5], [True, False], 0.0),
        ([0.9, 0.9, 0.1, 0.1], [True, False, True, False], 0.4),
    ],
)
def test_calibration_error(confidence, right, expected):
    assert expected_calibration_error(np.array(confidence), np.array(right)) == pytest.approx(
        expected
    )


def test_overconfidence_shows_in_the_calibration_error():
    half_right = np.concatenate([TRUTH[:2], ALL_WRONG[2:]])
    honest = score_plates(TRUTH, probabilities_of(half_right, confidence=0.5 ** (1 / 7)))
    boasting = score_plates(TRUTH, probabilities_of(half_right, confidence=0.999))
    assert honest["expected_calibration_error"] == pytest.approx(0, abs=1e-6)
    assert boasting["expected_calibration_error"] == pytest.approx(0.493, abs=1e-3)


@pytest.mark.parametrize(
    ("truth", "read", "plates", "characters", "edits"),
    [
        (["ABC123"], ["ABC123"], 1.0, 1.0, 0.0),
        (["ABC123"], [""], 0.0, 0.0, 6.0),
        (["ABC123"], ["XYZ789"], 0.0, 0.0, 6.0),
        (["ABC123"], ["BC123"], 0.0, 0.0, 1.0),  # one lost at the left: every position moves
        (["ABC123"], ["ABC12"], 0.0, 5 / 6, 1.0),
        (["ABC123"], ["ABC1234"], 0.0, 6 / 7, 1.0),
        (["ABC123"], ["1ABC23"], 0.0, 2 / 6, 2.0),
        (["AB", "ABCDEF"], ["AB", "GHIJKL"], 0.5, 2 / 8, 3.0),
    ],
)
def test_score_texts(truth, read, plates, characters, edits):
    scores = score_texts(truth, read)
    assert list(scores) == [
        "count",
        "plate_accuracy",
        "plate_accuracy_interval",
        "character_accuracy",
        "character_accuracy_interval",
        "mean_edit_distance",
    ]
    assert scores["count"] == len(truth)
    assert scores["plate_accuracy"] == plates
    assert scores["character_accuracy"] == pytest.approx(characters)
    assert scores["mean_edit_distance"] == edits


def test_both_scores_agree_on_whole_plates():
    read = np.concatenate([TRUTH[:3], ALL_WRONG[3:]])
    as_texts = [["".join(SEVEN.alphabet[i] for i in row) for row in rows] for rows in (TRUTH, read)]
    by_plate = score_plates(TRUTH, probabilities_of(read))
    by_text = score_texts(*as_texts)
    assert by_text == {name: by_plate[name] for name in by_text}


@settings(deadline=None, max_examples=50)
@given(st.text("AB", min_size=1, max_size=6), st.text("AB", max_size=6), st.text("AB", max_size=6))
def test_edit_distance_is_a_distance(one, two, three):
    def distance(a, b):
        return score_texts(["Z" + a], ["Z" + b])["mean_edit_distance"]

    assert (distance(one, two) == 0) == (one == two)
    assert distance(one, two) == distance(two, one)
    assert distance(one, three) <= distance(one, two) + distance(two, three)
    assert abs(len(one) - len(two)) <= distance(one, two) <= max(len(one), len(two))


@pytest.mark.parametrize(
    ("truth", "read", "message"),
    [
        ([], [], "need at least one plate. Received: 0"),
        (["A"], [], "one reading per true text. Received: 1 and 0"),
        (["A", ""], ["A", "B"], "must not be empty. Received: '' at 1"),
    ],
)
def test_score_texts_refuses(truth, read, message):
    with pytest.raises(ValueError, match=message):
        score_texts(truth, read)
