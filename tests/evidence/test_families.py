"""Parts of a study judged together: decisions and intervals agree, and share one error."""

import numpy as np
import pytest

from lpr_core.evidence.judging.comparisons import Contrast, decide
from lpr_core.evidence.judging.families import (
    Judged,
    bound_smallest,
    compare,
    family_level,
    find_p_value,
    judge_family,
)
from lpr_core.statistics.significance import crossed_p_value, holm
from tests.verdict_error_rates import leave_out_what_does_not_decide

SEEDS, PLATES = 8, 40


@pytest.fixture(autouse=True)
def _only_what_decides():
    with leave_out_what_does_not_decide():
        yield


def draw(effect: float, rng: np.random.Generator, num_seeds: int = SEEDS) -> Contrast:
    """Return a contrast with an effect, in units of about its standard error."""
    by_seed = 0.01 * rng.standard_normal((num_seeds, 1))
    by_plate = 0.03 * rng.standard_normal(PLATES)
    values = 0.006 * effect + by_seed + by_plate + 0.02 * rng.standard_normal((num_seeds, PLATES))
    return Contrast("one", "other", tuple(range(num_seeds)), values)


def draw_family(rng: np.random.Generator) -> list[tuple[Contrast, ...]]:
    """Return six parts, one of three contrasts, with effects between none and large."""
    sizes = (1, 1, 1, 3, 1, 1)
    return [tuple(draw(rng.normal(0, 3), rng) for _ in range(size)) for size in sizes]


def test_decisions_and_intervals_agree():
    rng = np.random.default_rng(0)
    outcomes = []
    for _ in range(60):
        for part in judge_family(draw_family(rng)):
            outcome = decide(part.low, part.high, part.p_holm, SEEDS, margin=None)
            assert (outcome != "undecided") == (part.p_holm <= 0.05)
            assert outcome != "better" or part.low >= 0
            assert outcome != "worse" or part.high <= 0
            assert outcome != "undecided" or part.low <= 0 <= part.high
            outcomes.append(outcome)
    assert {"better", "worse", "undecided"} == set(outcomes)


def test_a_later_step_of_holm_ends_the_interval_at_the_number_to_beat():
    """The second of two has to pass at 0.05, though its interval at 97.5 % holds 0."""
    rng = np.random.default_rng(0)
    large, small = draw(60, rng), draw(0, rng)
    values = small.values - small.values.mean()
    for effect in np.arange(0.001, 0.1, 0.0005):
        small = Contrast("one", "other", small.seeds, values + effect)
        if 0.03 < crossed_p_value(small.crossed) < 0.045:
            break
    first, second = compare([large, small])
    assert small.interval(family_level(2)).low < 0
    assert (second.low, second.p_holm) == (0, pytest.approx(second.p_value))
    assert second.high == small.interval(family_level(2)).high
    assert first.low == large.interval(family_level(2)).low
    (worse,) = compare([large, Contrast("one", "other", small.seeds, -values - effect)])[1:]
    assert (worse.low, worse.high) == (pytest.approx(-second.high), 0)


def test_few_seeds_end_no_interval():
    rng = np.random.default_rng(1)
    contrasts = [draw(60, rng, 5), draw(4, rng, 5)]
    found = compare(contrasts)
    ends = [contrast.interval(family_level(2)) for contrast in contrasts]
    assert [(one.low, one.high) for one in found] == [(end.low, end.high) for end in ends]


def test_a_family_of_one_is_the_plain_test_and_the_plain_interval():
    contrast = draw(2, np.random.default_rng(0))
    (found,) = compare([contrast])
    assert (found.low, found.high) == (contrast.interval().low, contrast.interval().high)
    assert found.p_holm == found.p_value == crossed_p_value(contrast.crossed)


def test_p_values_are_holm_s_over_the_parts():
    parts = draw_family(np.random.default_rng(3))
    judged = judge_family(parts)
    assert [part.p_holm for part in judged] == holm([find_p_value(part) for part in parts])
    assert [len(part.comparisons) for part in judged] == [1, 1, 1, 3, 1, 1]
    assert {found.p_holm for found in judged[3].comparisons} == {judged[3].p_holm}


def test_a_part_without_contrasts_has_its_share_of_the_error():
    contrast = draw(2, np.random.default_rng(0))
    alone, beside = judge_family([(contrast,)]), judge_family([(contrast,), (), ()])
    assert beside[0].p_holm == pytest.approx(3 * alone[0].p_holm)
    assert beside[1:] == [Judged(), Judged()]
    assert beside[0].high > alone[0].high
    assert judge_family([]) == []


def test_the_best_must_win_all_and_loses_by_one():
    rng = np.random.default_rng(0)
    # Small enough for plates to lie on both sides of 0, so that no floor of rare events counts.
    won, small, lost = draw(4, rng), draw(3, rng), draw(-3, rng)
    p_values = [crossed_p_value(contrast.crossed) for contrast in (won, small, lost)]
    assert find_p_value([won, small]) == max(p_values[:2])
    assert find_p_value([won, small, lost]) == pytest.approx(3 * p_values[2])
    assert find_p_value([]) == 1.0
    # As sharply as the intervals: those of the smallest leave 0 just at that level.
    for part in ([won, small], [won, small, lost]):
        p_value = find_p_value(part)
        narrower, wider = (bound_smallest(part, 1 - p_value * factor) for factor in (1.01, 0.99))
        assert narrower[0] > 0 or narrower[1] < 0
        assert wider[0] < 0 < wider[1]


def test_any_false_finding_is_rare_however_many_parts():
    """Ten nulls on the same plates, which matter more than seeds."""
    rng = np.random.default_rng(0)
    false = 0
    for _ in range(300):
        p_values = []
        for _ in range(10):
            values = 0.14 * rng.standard_normal(100) + 0.003 * rng.standard_normal((8, 1))
            values = values + 0.1 * rng.standard_normal((8, 100))
            p_values.append(find_p_value([Contrast("one", "other", tuple(range(8)), values)]))
        false += min(holm(p_values)) <= 0.05
    assert false / 300 <= 0.07
