"""The number of test pictures is found from scores that are multiples of 1/n, and never guessed."""

import math

import numpy as np
import pytest

from lpr_core.evidence.diary.counts import Written, infer_count


def write_scores(rights, count: int, digits: int, *, cut: bool = False) -> list[Written]:
    unit = 10.0**-digits
    turn = math.floor if cut else round
    return [Written(turn(right / count / unit) * unit, unit) for right in rights]


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize(("count", "digits"), [(20, 2), (143, 4), (744, 5), (1000, 6)])
def test_a_count_is_found_however_scores_were_written(count, digits, cut):
    rights = np.random.default_rng(count).choice(np.arange(1, count), 12, replace=False)
    found = infer_count(write_scores(rights, count, digits, cut=cut))
    assert found is not None
    assert (found.count, found.matched, found.missed) == (count, 12, ())


def test_slips_of_the_pen_are_told():
    written = write_scores(range(300, 312), 744, 5)
    found = infer_count([*written, Written(0.12345, 1e-5)])
    assert found is not None
    assert (found.count, found.total, found.missed) == (744, 13, (0.12345,))


def test_scores_of_no_count_give_none():
    rng = np.random.default_rng(1)
    for _ in range(50):
        assert infer_count([Written(round(score, 4), 1e-4) for score in rng.random(16)]) is None


def test_too_little_gives_none():
    assert infer_count([]) is None
    assert infer_count([Written(0.5, 0.1)] * 9) is None
    assert infer_count(write_scores((3, 5), 744, 5)) is None
