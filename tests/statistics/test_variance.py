"""Variance taken apart: against analysis of variance by statsmodels, and by simulation."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

from lpr_core.statistics.variance import average_crossed


def test_squares_are_those_of_a_two_way_analysis_of_variance():
    values = np.random.default_rng(0).random((4, 6))
    rows = [(s, p, values[s, p]) for s in range(4) for p in range(6)]
    frame = pd.DataFrame(rows, columns=["seed", "plate", "value"])
    table = anova_lm(smf.ols("value ~ C(seed) + C(plate)", frame).fit(), typ=2)
    squares = table["sum_sq"] / table["df"]
    found = average_crossed(values)
    assert found.seed_square * 6 == pytest.approx(squares["C(seed)"])
    assert found.plate_square * 4 == pytest.approx(squares["C(plate)"])
    assert found.rest_square == pytest.approx(squares["Residual"])


def test_the_variance_of_the_mean_is_what_other_seeds_and_plates_would_give():
    rng = np.random.default_rng(1)
    tables = [
        rng.normal(0, 0.3, (8, 1)) + rng.normal(0, 0.5, (1, 30)) + rng.normal(0, 1, (8, 30))
        for _ in range(3000)
    ]
    true = np.var([table.mean() for table in tables])
    assert np.mean([average_crossed(t).variance for t in tables]) == pytest.approx(true, rel=0.1)


def test_more_seeds_of_the_same_kind():
    rng = np.random.default_rng(2)
    few, many = (
        rng.normal(0, 1, (n, 1)) + rng.normal(0, 1, (1, 500)) + rng.normal(0, 2, (n, 500))
        for n in (200, 400)
    )
    planned = average_crossed(few).with_seeds(400)
    assert planned.variance == pytest.approx(average_crossed(many).variance, rel=0.25)
    assert planned.variance < average_crossed(few).variance


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1)])
def test_a_single_seed_or_plate_has_no_part(shape):
    found = average_crossed(np.random.default_rng(0).random(shape))
    assert (found.seed_square == 0) == (shape[0] == 1)
    assert (found.plate_square == 0) == (shape[1] == 1)
    assert found.variance >= 0


def test_values_without_spread():
    found = average_crossed(np.full((3, 4), 0.5))
    assert (found.mean, found.variance, found.degrees) == (0.5, 0.0, 2.0)
