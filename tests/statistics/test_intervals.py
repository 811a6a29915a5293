"""Intervals: against scipy, by their properties, and by how often they hold a known truth."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from lpr_core.statistics import wilson_interval
from lpr_core.statistics.intervals import (
    bca_interval,
    bootstrap_interval,
    crossed_interval,
    expanded_level,
)
from tests.kit.coverage_simulation import (
    count_covered,
    draw_cell,
    draw_difference,
    draw_normal,
    draw_plates,
    draw_skewed,
)

# Shares of seven characters, as plates have them.
SHARES = arrays(
    np.float64,
    st.tuples(st.integers(2, 6), st.integers(2, 9)),
    elements=st.integers(0, 7).map(lambda right: right / 7),
)


@settings(max_examples=30, deadline=None)
@given(SHARES)
def test_the_estimate_lies_inside(values):
    for interval in (
        crossed_interval(values),
        bootstrap_interval(values.mean(axis=0)),
        bca_interval(values.mean(axis=1).round(6)),
    ):
        assert interval.low - 1e-9 <= interval.estimate <= interval.high + 1e-9


@settings(max_examples=30, deadline=None)
@given(SHARES, st.randoms(use_true_random=False))
def test_the_order_of_seeds_and_plates_changes_nothing(values, random):
    rows, columns = list(range(len(values))), list(range(values.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    one, two = crossed_interval(values), crossed_interval(values[rows][:, columns])
    assert (one.low, one.high) == pytest.approx((two.low, two.high), abs=1e-9)


def test_more_seeds_and_more_plates_are_narrower():
    widths = [np.ptp([i.low, i.high]) for i in map(crossed_interval, _growing())]
    assert widths == sorted(widths, reverse=True)


def _growing():
    sizes = [(3, 40), (8, 40), (8, 400), (20, 2000)]
    return [draw_cell(1, num_seeds, num_plates) for num_seeds, num_plates in sizes]


def test_a_higher_level_is_wider():
    values = draw_cell(0)
    assert crossed_interval(values, 0.9).low > crossed_interval(values, 0.99).low


def test_plates_without_a_part_leave_student_s_t_over_seeds():
    by_seed = np.array([0.8, 0.9, 0.85, 0.95])
    found = crossed_interval(np.repeat(by_seed[:, None], 5, axis=1))
    expected = stats.ttest_1samp(by_seed, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx(tuple(expected))
    assert found.over == "seeds and plates"


def test_one_seed_leaves_student_s_t_over_plates():
    by_plate = np.array([1.0, 0.5, 0.75, 1.0, 0.0])
    found = crossed_interval(by_plate[None])
    expected = stats.ttest_1samp(by_plate, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx(tuple(expected))
    assert found.over == "plates"


def test_characters_of_one_plate_are_not_independent():
    """Plates that are read whole or not at all vary more than their characters would."""
    whole = np.repeat(np.random.default_rng(0).random((1, 300)) < 0.9, 7, axis=0).astype(float).T
    by_plate = bootstrap_interval(whole.mean(axis=1))
    naive = wilson_interval(int(whole.sum()), whole.size)
    assert by_plate.high - by_plate.low > 2 * (naive[1] - naive[0])


def test_bootstrap_over_plates_is_scipy_s_percentile_bootstrap():
    values = draw_plates(3)
    found = bootstrap_interval(values)
    reference = stats.bootstrap((values,), np.mean, method="percentile", rng=1).confidence_interval
    assert (found.low, found.high) == pytest.approx(tuple(reference), abs=0.002)


def test_bca_is_scipy_s_at_the_expanded_level():
    values = draw_skewed(5)
    found = bca_interval(values)
    level = expanded_level(8)
    reference = stats.bootstrap(
        (values,), np.mean, method="BCa", confidence_level=level, rng=1
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx(tuple(reference), abs=0.1)


def test_bca_takes_another_statistic():
    values = draw_skewed(5)
    assert bca_interval(values, np.median).estimate == np.median(values)


def test_the_level_grows_as_seeds_become_few():
    assert expanded_level(8) == pytest.approx(0.9885, abs=1e-4)
    assert expanded_level(1000) == pytest.approx(0.95, abs=0.001)


@pytest.mark.parametrize("value", [0.0, 0.9, 1.0])
def test_values_without_spread_have_no_width(value):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for interval in (
            crossed_interval(np.full((3, 4), value)),
            bootstrap_interval(np.full(4, value)),
            bca_interval(np.full(4, value)),
        ):
            assert (interval.low, interval.estimate, interval.high) == pytest.approx([value] * 3)


def test_equal_data_equal_intervals_and_data_stay_as_they_are():
    values = draw_normal(0)
    before = values.copy()
    assert bca_interval(values) == bca_interval(values)
    assert bootstrap_interval(values) == bootstrap_interval(values)
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize(
    ("interval", "values"),
    [
        (crossed_interval, np.empty((0, 3))),
        (crossed_interval, np.ones(3)),
        (bootstrap_interval, np.empty(0)),
        (bca_interval, np.ones(1)),
    ],
)
def test_too_little_data_is_said(interval, values):
    with pytest.raises(ValueError, match=r"Received.*\("):
        interval(values)


def test_coverage_of_a_cell_over_seeds_and_plates():
    assert 0.92 <= count_covered(draw_cell, crossed_interval, 0.9, repeats=300) <= 0.98


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draw", "interval", "truth", "repeats"),
    [
        pytest.param(draw_cell, crossed_interval, 0.90, 4000, id="cell"),
        pytest.param(draw_difference, crossed_interval, 0.03, 4000, id="paired difference"),
        pytest.param(draw_normal, bca_interval, 0.0, 2000, id="BCa, normal"),
        pytest.param(draw_skewed, bca_interval, 0.0, 2000, id="BCa, skewed"),
        pytest.param(draw_plates, bootstrap_interval, 0.9, 2000, id="plates"),
    ],
)
def test_intervals_hold_the_truth_in_93_to_97_percent(draw, interval, truth, repeats):
    share = count_covered(draw, interval, truth, repeats)
    print(f"coverage {share:.3f} of {repeats}")
    assert 0.93 <= share <= 0.97
