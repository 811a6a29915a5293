"""Tests: against scipy, statsmodels and published examples, and by their error rates."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from lpr_core.statistics.intervals import crossed_interval
from lpr_core.statistics.significance import (
    ALPHA,
    MIN_SEEDS,
    McNemar,
    crossed_p_value,
    holm,
    mcnemar_test,
    sign_flip_tests,
)
from lpr_core.statistics.variance import average_crossed

# Fisher 1935, The Design of Experiments, section 17: Darwin's cross- less self-fertilised maize,
# eighths of an inch. Fisher counts 863 of 32,768 sign patterns at least as large, on one side.
DARWIN = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], dtype=float)


def plates(both: int, first: int, second: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    pairs = [(1, 1)] * both + [(1, 0)] * first + [(0, 1)] * second + [(0, 0)] * neither
    return tuple(np.array(pairs, dtype=bool).T)


def test_fisher_s_count_for_darwin_s_maize():
    assert sign_flip_tests(DARWIN[:, None])[0] == pytest.approx(2 * 863 / 32768)


@pytest.mark.parametrize("seed", range(4))
def test_one_comparison_is_scipy_s_permutation_test(seed):
    values = np.random.default_rng(seed).normal(0.5, 1, 8)
    reference = stats.permutation_test((values,), np.mean, permutation_type="samples")
    assert sign_flip_tests(values[:, None])[0] == pytest.approx(reference.pvalue)


@pytest.mark.parametrize(
    ("num_seeds", "p_value"),
    [(1, 1.0), (2, 0.5), (3, 0.25), (5, 0.0625), (6, 0.03125), (8, 2 / 256)],
)
def test_seeds_of_one_sign_reach_the_smallest_p_value(num_seeds, p_value):
    values = np.linspace(1, 3, num_seeds)
    assert sign_flip_tests(values[:, None])[0] == pytest.approx(p_value)
    assert sign_flip_tests(-values[:, None])[0] == pytest.approx(p_value)


def test_no_difference_at_all_has_p_1():
    assert sign_flip_tests(np.zeros((8, 2))).tolist() == [1.0, 1.0]


def test_several_comparisons_cost_power_but_a_clear_one_still_passes():
    rng = np.random.default_rng(0)
    table = np.column_stack([np.linspace(2, 3, 8), rng.normal(0, 1, (8, 5))])
    together = sign_flip_tests(table)
    alone = [sign_flip_tests(column[:, None])[0] for column in table.T]
    assert together[0] == alone[0] == 2 / 256
    assert (together >= np.array(alone) - 1e-12).all()


def test_the_spread_of_a_column_does_not_matter():
    table = np.random.default_rng(1).normal(0.7, 1, (8, 2))
    assert sign_flip_tests(table).tolist() == sign_flip_tests(table * [1, 1000]).tolist()


def test_seeds_that_a_comparison_lacks_do_not_count():
    table = np.zeros((8, 2))
    table[:, 0], table[:6, 1] = 1.0, 1.0
    assert sign_flip_tests(table)[1] == pytest.approx(2 / 64)


def test_many_seeds_are_drawn_not_gone_through():
    values = np.random.default_rng(0).normal(0.4, 1, 30)
    reference = stats.ttest_1samp(values, 0).pvalue
    found = sign_flip_tests(values[:, None])
    assert found[0] == pytest.approx(reference, abs=0.01)
    assert found.tolist() == sign_flip_tests(values[:, None]).tolist()


def test_false_findings_stay_at_the_level():
    """Three null comparisons: at most 5 % of studies find anything."""
    rng = np.random.default_rng(0)
    smallest = [sign_flip_tests(rng.normal(0, 1, (8, 3))).min() for _ in range(200)]
    assert np.mean(np.array(smallest) <= 0.05) <= 0.08


@pytest.mark.parametrize("shape", [(0, 1), (3, 0), (3,)])
def test_no_differences_are_refused(shape):
    with pytest.raises(ValueError, match="not empty"):
        sign_flip_tests(np.zeros(shape))


def test_fewer_seeds_than_it_takes_cannot_pass_with_flipped_signs():
    assert 2 / 2**MIN_SEEDS <= ALPHA < 2 / 2 ** (MIN_SEEDS - 1)


def test_where_only_seeds_differ_the_test_is_student_s_over_seeds():
    by_seed = np.random.default_rng(0).normal(0.5, 1, 8)
    found = crossed_p_value(average_crossed(np.repeat(by_seed[:, None], 40, axis=1)))
    assert found == pytest.approx(stats.ttest_1samp(by_seed, 0).pvalue)


def test_where_only_plates_differ_the_test_is_student_s_over_plates():
    by_plate = np.random.default_rng(0).normal(0.2, 1, 40)
    found = crossed_p_value(average_crossed(np.repeat(by_plate[None], 8, axis=0)))
    assert found == pytest.approx(stats.ttest_1samp(by_plate, 0).pvalue)


@pytest.mark.parametrize("seed", range(20))
def test_the_interval_leaves_0_just_where_the_test_passes(seed):
    rng = np.random.default_rng(seed)
    values = 0.3 + rng.normal(0, 0.4, (7, 1)) + rng.normal(0, 1, 25) + rng.normal(0, 1, (7, 25))
    p_value = crossed_p_value(average_crossed(values))
    narrower, wider = (crossed_interval(values, 1 - p_value * part) for part in (1.01, 0.99))
    assert narrower.low > 0 or narrower.high < 0
    assert wider.low < 0 < wider.high


def test_other_plates_count_where_seeds_agree():
    """All seeds fall on one side, on these plates; on others they might all fall on the other."""
    rng = np.random.default_rng(2)
    values = rng.normal(0, 0.14, 200) + rng.normal(0, 0.001, (8, 200))
    values += 0.008 - values.mean()
    assert sign_flip_tests(values.mean(axis=1)[:, None])[0] == pytest.approx(2 / 2**8)
    assert crossed_p_value(average_crossed(values)) > 0.3


@pytest.mark.parametrize(
    ("values", "p_value"),
    [
        (np.full((1, 9), 0.5), 1.0),  # one seed says nothing of other trainings
        (np.random.default_rng(0).normal(5, 1, (1, 9)), 1.0),
        (np.zeros((8, 9)), 1.0),
        (np.full((8, 9), 1e-17), 1.0),  # rounding
        (np.full((8, 9), 0.5), 0.0),
    ],
)
def test_extremes_of_the_test(values, p_value):
    assert crossed_p_value(average_crossed(values)) == pytest.approx(p_value, abs=1e-4)


# Agresti 1990, Categorical Data Analysis, table 10.1: approval of a prime minister, 1,600 people.
@pytest.mark.parametrize("counts", [(794, 150, 86, 570), (10, 9, 1, 0), (5, 0, 1, 5)])
def test_mcnemar_is_statsmodels_s(counts):
    both, first, second, neither = counts
    found = mcnemar_test(*plates(*counts))
    reference = mcnemar([[both, first], [second, neither]], exact=True).pvalue
    assert found == McNemar(both, first, second, neither, pytest.approx(reference))
    assert found.p_value == pytest.approx(stats.binomtest(first, first + second).pvalue)


def test_runs_that_never_differ_have_p_1():
    assert mcnemar_test(*plates(3, 0, 0, 2)).p_value == 1.0


@pytest.mark.parametrize(("first", "second"), [([True], [True, False]), ([], [])])
def test_other_plates_are_refused(first, second):
    with pytest.raises(ValueError, match="same plates"):
        mcnemar_test(np.array(first, dtype=bool), np.array(second, dtype=bool))


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@pytest.mark.parametrize(
    "p_values",
    [
        *(np.random.default_rng(seed).random(seed + 1) ** 4 for seed in range(12)),
        [0.0, 1.0, 0.02, 0.02, 0.02],
        [1.0, 1.0],
        [0.04],
    ],
)
def test_holm_is_statsmodels_s(p_values):
    assert holm(list(p_values)) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_holm_of_nothing():
    assert holm([]) == []
