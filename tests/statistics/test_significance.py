"""Tests: against scipy, statsmodels and published examples, and by their error rates."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from lpr_core.statistics.significance import (
    McNemar,
    holm,
    mcnemar_test,
    sign_flip_tests,
    smallest_seed_count,
)

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


@pytest.mark.parametrize(("hypotheses", "seeds"), [(1, 6), (4, 8)])
def test_how_many_seeds_it_takes_at_least(hypotheses, seeds):
    assert smallest_seed_count(hypotheses) == seeds


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


def test_holm_is_statsmodels_s():
    p_values = np.random.default_rng(0).random(6) ** 3
    assert holm(list(p_values)) == pytest.approx(multipletests(p_values, method="holm")[1])
