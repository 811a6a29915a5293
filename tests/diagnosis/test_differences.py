import numpy as np
import pytest
from scipy import stats

from lpr_core.diagnosis.differences import (
    average_over_seeds,
    compare_groups,
    compare_on_plates,
    compare_with_number,
)


def draw_correct(share, num_plates=200, seed=0):
    """Plates that are read whole or not at all: characters of one plate fail together."""
    whole = np.random.default_rng(seed).random(num_plates) < share
    return np.tile(whole[:, None], (1, 7))


def test_equal_readings_differ_by_nothing():
    correct = draw_correct(0.5)
    assert compare_on_plates(correct, correct).model_dump() == {"value": 0, "low": 0, "high": 0}


def test_plates_are_the_units():
    first, second = draw_correct(0.8), draw_correct(0.5, seed=1)
    found = compare_on_plates(first, second)
    shares = first[:, 0].astype(float) - second[:, 0]
    assert found.value == pytest.approx(shares.mean())
    half = 1.96 * shares.std() / 200**0.5  # 1 / sqrt(200), not 1 / sqrt(1400)
    assert found.low == pytest.approx(found.value - half, abs=0.01)
    assert found.high == pytest.approx(found.value + half, abs=0.01)


def test_a_number():
    correct = draw_correct(0.6)
    found = compare_with_number(correct, 0.5)
    assert found.value == pytest.approx(correct.mean() - 0.5)
    assert found.low < found.value < found.high


def test_other_plates():
    first, second = draw_correct(0.9), draw_correct(0.4, num_plates=50, seed=2)
    found = compare_groups(first, second)
    errors = [part[:, 0].std() / len(part) ** 0.5 for part in (first, second)]
    half = 1.959964 * np.hypot(*errors)
    assert found.value == pytest.approx(first.mean() - second.mean())
    assert found.high - found.value == pytest.approx(half)
    assert found.value - found.low == pytest.approx(half)


def test_seeds_have_students_interval():
    values = [0.1, 0.12, 0.08, 0.11]
    found = average_over_seeds(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.value == pytest.approx(np.mean(values))


def test_one_seed_says_nothing_about_others():
    assert average_over_seeds([0.25]).model_dump() == {"value": 0.25, "low": 0.25, "high": 0.25}
