"""Where hardly anything varies nothing is sure: floors of intervals and of p-values."""

import numpy as np
import pytest
from scipy.stats import binomtest

from lpr_core.statistics.rare import count_apart, rare_p_value, unseen_share, widen_for_rare

DIFFERENCES, SHARES = (-1.0, 1.0), (0.0, 1.0)


def plant(plates: int, below: int = 0, above: int = 0, seeds: int = 8) -> np.ndarray:
    values = np.zeros((seeds, plates))
    values[:, :below] = -1
    values[:, below : below + above] = 1
    return values


@pytest.mark.parametrize(("seen", "count"), [(0, 40), (0, 1000), (3, 40)])
def test_the_unseen_share_is_clopper_and_pearson_s(seen, count):
    upper = binomtest(seen, count).proportion_ci(0.95, method="exact").high
    assert unseen_share(seen, count, 0.95) == pytest.approx(upper - seen / count)
    assert unseen_share(count, count, 0.95) == 0


def test_nothing_that_differs_leaves_about_three_in_as_many_open():
    low, high = widen_for_rare(plant(60), (0.0, 0.0), 0.95, DIFFERENCES)
    assert (low, high) == pytest.approx((-0.0596, 0.0596), abs=1e-3)
    assert 3 / 60 < high < 4 / 60
    assert rare_p_value(plant(60), 0.0, DIFFERENCES) == 1


def test_each_side_has_its_own_floor():
    values = plant(1000, below=200)
    low, high = widen_for_rare(values, (-0.225, -0.199), 0.95, DIFFERENCES)
    assert low == -0.225
    assert high == pytest.approx(-0.2 + unseen_share(0, 1000, 0.95))
    assert rare_p_value(values, 0.0, DIFFERENCES) == 0


def test_many_that_differ_leave_an_interval_as_it_is():
    values = plant(1000, below=100, above=90)
    assert widen_for_rare(values, (-0.03, 0.01), 0.95, DIFFERENCES) == (-0.03, 0.01)


def test_an_interval_stays_within_what_can_be():
    assert widen_for_rare(plant(3), (0.0, 0.0), 0.95, DIFFERENCES) == pytest.approx(
        (-0.708, 0.708), abs=1e-3
    )
    assert widen_for_rare(np.ones((2, 3)), (1.0, 1.0), 0.95, SHARES)[1] == 1


@pytest.mark.parametrize(
    ("below", "above", "expected"),
    [(5, 0, 2 / 2**5), (0, 6, 2 / 2**6), (1, 6, 2 * 8 / 2**7), (3, 3, 1.0), (10, 0, 0.0)],
)
def test_the_sign_test_over_plates_is_the_least_p_value(below, above, expected):
    found = rare_p_value(plant(40, below, above), 0.0, DIFFERENCES)
    assert found == pytest.approx(expected)


def test_all_right_is_not_surely_more_than_the_usable_level():
    right = np.ones((8, 20))
    assert rare_p_value(right, 0.9, SHARES) == pytest.approx(2 * 0.9**20)
    low, high = widen_for_rare(right, (1.0, 1.0), 0.95, SHARES)
    assert (low, high) == (pytest.approx(1 - 0.168, abs=1e-3), 1)
    assert rare_p_value(np.zeros((8, 20)), 0.1, SHARES) == pytest.approx(2 * 0.9**20)
    assert rare_p_value(np.full((8, 20), 0.5), 0.9, SHARES) == 0


def test_one_run_is_enough_to_place_a_plate_apart():
    values = plant(10)
    values[3, 2] = 0.5
    values[4, 2] = -0.5
    assert count_apart(values, 0.0) == (1, 1)
