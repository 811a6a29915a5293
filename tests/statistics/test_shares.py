import pytest
from statsmodels.stats.proportion import proportion_confint

from lpr_core.statistics import wilson_interval


@pytest.mark.parametrize(
    ("successes", "count"), [(0, 1), (1, 1), (0, 10), (10, 10), (3, 7), (500, 1000), (9990, 10000)]
)
def test_wilson_interval_is_the_one_of_statsmodels(successes, count):
    expected = proportion_confint(successes, count, alpha=0.05, method="wilson")
    assert wilson_interval(successes, count) == pytest.approx(expected, abs=1e-9)
