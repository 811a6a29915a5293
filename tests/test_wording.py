"""Numbers and intervals in words."""

import pytest

from lpr_core.evidence.wording import describe_interval


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
