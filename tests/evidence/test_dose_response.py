"""Noise: response, knee, and whether a strength was too strong."""

import numpy as np
import pytest

from lpr_core.evidence.judging.strength import describe_knee, judge_strength
from lpr_core.evidence.noise import (
    Knee,
    arrange_response,
    find_knees,
    locate_knee,
    tabulate_response,
)
from lpr_core.evidence.units import MINUS
from tests.kit import coverage_simulation as simulated
from tests.kit.planted_outcomes import plant_outcome, respond
from tests.kit.planted_variants import STRENGTHS, Variant

CHANCE = 1 / 35
TOUGH = Variant("tough", {"transfer": "none", "noise": 0.1}, 0.9, knee=5.0)
WEAK = Variant("weak", {"transfer": "none", "noise": 0.0}, 0.9, knee=0.1)


def plant(variants, seeds=range(6), plates=80, seed=0) -> dict:
    return {
        strength: plant_outcome(variants, seeds, plates, seed=seed, strength=strength).correct
        for strength in STRENGTHS
    }


def planted_knee(variant: Variant) -> float:
    """Where the planted curve has lost a tenth, between the strengths of the grid."""
    return knee_of([respond(variant, strength) for strength in STRENGTHS], STRENGTHS, CHANCE)[0]


def knee_of(response, strengths, chance) -> tuple[float, float, float]:
    """The knee of one seed and one plate."""
    return locate_knee(np.array(response)[None, :, None], strengths, chance)


def covered_knees(num_seeds: int, repeats: int) -> float:
    """How often the interval holds the knee; one seed speaks for itself alone."""
    seeds_differ = num_seeds > 1
    truth = simulated.expect_response(seeds_differ=seeds_differ)
    knee = knee_of(truth, simulated.STRENGTHS, simulated.CHANCE)[0]
    ends = [
        locate_knee(
            simulated.draw_response(repeat, num_seeds, seeds_differ=seeds_differ),
            simulated.STRENGTHS,
            simulated.CHANCE,
        )[1:]
        for repeat in range(repeats)
    ]
    return float(np.mean([low <= knee <= high for low, high in ends]))


@pytest.mark.parametrize(
    ("response", "knee"),
    [
        ([0.9, 0.9, 0.0], 1 + 0.09 / 0.9),  # a tenth of the way from 1 to 2
        ([0.9, 0.0, 0.0], 0.1),
        ([0.9, 0.81, 0.9], 1.0),  # the first time counts
        ([0.9, 0.9, 0.9], np.inf),
        ([0.9, 0.85, 0.82], np.inf),  # 0.81 would be a tenth
        ([0.0, 0.0, 0.0], 0.0),  # nothing to lose
    ],
)
def test_where_a_tenth_is_lost(response, knee):
    assert knee_of(response, [0.0, 1.0, 2.0], chance=0.0) == pytest.approx([knee] * 3, abs=1e-5)


def test_chance_is_not_counted_as_reading():
    found = knee_of([0.6, 0.2], [0.0, 1.0], chance=0.2)
    assert found == pytest.approx([0.1] * 3, abs=1e-5)


def test_the_response_is_the_planted_one():
    table = tabulate_response(plant([WEAK], plates=400))
    assert table["strength"].tolist() == list(STRENGTHS)
    expected = [respond(WEAK, strength) for strength in STRENGTHS]
    assert table["mean"].tolist() == pytest.approx(expected, abs=0.03)
    assert (table["low"] <= table["mean"]).all()
    assert (table["mean"] <= table["high"]).all()
    assert set(table["num_seeds"]) == {6}


def test_the_map_has_a_row_for_each_training():
    square = arrange_response(tabulate_response(plant([WEAK, TOUGH], plates=20)))
    assert (list(square.index), list(square.columns)) == (["weak", "tough"], list(STRENGTHS))


def test_knees_with_their_intervals():
    weak, tough = find_knees(plant([WEAK, TOUGH]), CHANCE)
    assert weak.low <= planted_knee(WEAK) <= weak.high
    assert weak.high - weak.low < 0.02
    assert tough == Knee(
        variant="tough", strength=None, low=None, high=None, tried_to=0.26, num_seeds=6
    )


def test_the_knee_lies_in_its_interval_and_more_of_both_make_it_narrower():
    widths = []
    for num_seeds, num_plates in [(2, 100), (3, 100), (8, 100), (24, 800)]:
        values = simulated.draw_response(3, num_seeds, num_plates)
        knee, low, high = locate_knee(values, STRENGTHS, simulated.CHANCE)
        assert low < knee < high
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)


def test_seeds_that_disagree_leave_the_knee_open():
    never, soon = np.full((3, 40), 0.9), np.tile([[0.9], [0.5], [0.1]], 40)
    knee, low, high = locate_knee(np.stack([never, soon]), [0.0, 0.1, 0.2], CHANCE)
    assert (0.0 < knee < 0.1, low < 0.05, high) == (True, True, np.inf)


@pytest.mark.parametrize("num_seeds", [1, 2, 3, 8])
def test_the_knee_s_interval_holds_the_knee(num_seeds):
    assert covered_knees(num_seeds, repeats=100) >= 0.88


@pytest.mark.slow
@pytest.mark.parametrize("num_seeds", [1, 2, 3, 8])
def test_the_knee_s_interval_holds_the_knee_in_92_to_98_percent(num_seeds):
    share = covered_knees(num_seeds, repeats=2000)
    print(f"coverage {share:.3f} with {num_seeds} seeds")
    assert 0.92 <= share <= 0.98


def test_no_knee_without_a_clean_measurement_or_runs():
    noisy = plant([WEAK], plates=5)
    assert find_knees({0.1: noisy[0.12], 0.2: noisy[0.18]}, CHANCE) == ()
    assert find_knees({}, CHANCE) == ()
    assert tabulate_response({}).empty


def test_equal_data_equal_knees():
    noisy = plant([WEAK], seeds=[0], plates=30)
    assert find_knees(noisy, CHANCE) == find_knees(noisy, CHANCE)


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        ("worse", "too strong"),
        ("no different", "not too strong"),
        ("better", "not too strong"),
        ("undecided", "undecided"),
    ],
)
def test_too_strong_is_what_costs_on_clean_plates(outcome, answer):
    difference = {
        "variant": "tough",
        "reference": "weak",
        "effect": -0.02,
        "low": -0.03,
        "high": -0.01,
        "by_seed": {0: -0.02, 1: -0.02},
        "outcome": outcome,
    }
    noisy = plant([WEAK, TOUGH], plates=40)
    knees, response = find_knees(noisy, CHANCE), tabulate_response(noisy)
    found = judge_strength(difference, TOUGH.factors, knees, response)
    assert (found.answer, found.strength, found.cost) == (answer, 0.1, -0.02)
    assert found.read_with > found.read_without
    assert f"from scratch): {MINUS}2.0 percentage points on clean plates" in found.sentence
    assert (
        f"(simultaneous 95 % interval {MINUS}3.0 to {MINUS}1.0; 2 seeds): {answer}"
        in found.sentence
    )
    assert "trained with it, not even at 0.26" in found.sentence


def test_a_strength_without_noisy_readings_still_has_its_cost():
    difference = {
        "variant": "a",
        "reference": "b",
        "effect": 0.0,
        "low": 0.0,
        "high": 0.0,
        "by_seed": {0: 0.0},
        "outcome": "no different",
    }
    found = judge_strength(difference, {"noise": 0.1}, (), tabulate_response({}))
    assert (found.knee, found.read_with) == (None, None)
    assert found.sentence.endswith(
        "(simultaneous 95 % interval 0.0 to 0.0; 1 seed, all intervals over plates alone): "
        "not too strong."
    )


def test_a_knee_whose_upper_end_was_not_reached():
    knee = Knee(variant="a", strength=0.25, low=0.24, high=None, tried_to=0.26, num_seeds=2)
    assert describe_knee(knee) == "at 0.250 (95 % interval 0.240 to beyond 0.26)"
