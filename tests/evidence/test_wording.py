"""Numbers and intervals in words."""

import pytest

from lpr_core.evidence.wording import (
    describe_interval,
    describe_intervals,
    phrase_basis,
    phrase_need,
)


@pytest.mark.parametrize(
    ("num_seeds", "expected"),
    [
        (1, "over other plates alone, for there is one seed"),
        (2, "over other seeds and other plates of the same kind"),
        (8, "over other seeds and other plates of the same kind"),
    ],
)
def test_an_interval_says_what_else_could_have_been_drawn(num_seeds, expected):
    assert describe_interval(num_seeds) == expected
    assert describe_intervals([num_seeds, num_seeds]) == expected


def test_intervals_of_one_seed_among_others():
    told = "over other seeds and other plates of the same kind"
    assert describe_intervals([8, 1]) == f"{told}; where there is one seed, over other plates alone"
    assert describe_intervals([]) == told


@pytest.mark.parametrize(
    ("num_seeds", "expected"),
    [
        (1, "1 seed, 1,000 plates, the interval over plates alone"),
        (2, "2 seeds, 1,000 plates"),
        (3, "3 seeds, 1,000 plates"),
    ],
)
def test_what_a_number_was_found_with(num_seeds, expected):
    assert phrase_basis(num_seeds, 1000) == expected


@pytest.mark.parametrize(
    ("further_seeds", "num_seeds", "expected"),
    [
        (5, 1, "at least 5 further seeds are needed"),
        (1, 1, "at least 1 further seed is needed"),
        (6, 2, "about 6 further seeds would decide"),
        (1, 8, "about 1 further seed would decide"),
        (None, 8, "and not even 100 further seeds would decide"),
    ],
)
def test_what_would_decide(further_seeds, num_seeds, expected):
    assert phrase_need(further_seeds, num_seeds) == expected
