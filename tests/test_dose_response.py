"""Noise: response, knee, and whether a strength was too strong."""

import numpy as np
import pytest

from lpr_core.evidence.noise import (
    Knee,
    arrange_response,
    cross_threshold,
    find_knees,
    tabulate_response,
)
from lpr_core.evidence.strength import describe_knee, judge_strength
from lpr_core.evidence.wording import MINUS
from tests.planted_study import STRENGTHS, Variant, plant_outcome, respond

CHANCE = 1 / 35
GRID = np.array(STRENGTHS)
TOUGH = Variant("tough", {"transfer": "none", "noise": 0.1}, 0.9, knee=5.0)
WEAK = Variant("weak", {"transfer": "none", "noise": 0.0}, 0.9, knee=0.1)


def plant(variants, seeds=range(6), plates=80, seed=0) -> dict:
    return {
        strength: plant_outcome(variants, seeds, plates, seed=seed, strength=strength).correct
        for strength in STRENGTHS
    }


def planted_knee(variant: Variant) -> float:
    """Where the planted curve has lost a tenth, between the strengths of the grid."""
    curve = np.array([[respond(variant, strength) for strength in STRENGTHS]])
    return float(cross_threshold(curve, GRID, CHANCE)[0])


@pytest.mark.parametrize(
    ("response", "knee"),
    [
        ([0.9, 0.9, 0.0], 1 + 0.09 / 0.9),  # a tenth of the way from 1 to 2
        ([0.9, 0.0, 0.0], 0.1),
        ([0.9, 0.9, 0.9], np.inf),
        ([0.9, 0.85, 0.82], np.inf),  # 0.81 would be a tenth
        ([0.0, 0.0, 0.0], 0.0),  # nothing to lose
    ],
)
def test_where_a_tenth_is_lost(response, knee):
    found = cross_threshold(np.array([response]), np.array([0.0, 1.0, 2.0]), chance=0.0)
    assert found[0] == pytest.approx(knee)


def test_chance_is_not_counted_as_reading():
    response = np.array([[0.6, 0.2]])
    assert cross_threshold(response, np.array([0.0, 1.0]), chance=0.2)[0] == pytest.approx(0.1)


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
    assert tough == Knee(variant="tough", strength=None, low=None, high=None, tried_to=0.26)


def test_the_knee_s_interval_holds_the_planted_knee():
    truth = planted_knee(WEAK)
    knees = [find_knees(plant([WEAK], plates=60, seed=seed), CHANCE)[0] for seed in range(12)]
    assert sum(knee.low <= truth <= knee.high for knee in knees) >= 9


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
        ("refuted", "too strong"),
        ("worse", "too strong"),
        ("equivalent", "not too strong"),
        ("alike", "not too strong"),
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
        "outcome": outcome,
    }
    noisy = plant([WEAK, TOUGH], plates=40)
    knees, response = find_knees(noisy, CHANCE), tabulate_response(noisy)
    found = judge_strength(difference, TOUGH.factors, knees, response)
    assert (found.answer, found.strength, found.cost) == (answer, 0.1, -0.02)
    assert found.read_with > found.read_without
    assert f"from scratch): {MINUS}2.0 percentage points on clean plates" in found.sentence
    assert "trained with it, not even at 0.26" in found.sentence


def test_a_strength_without_noisy_readings_still_has_its_cost():
    difference = {
        "variant": "a",
        "reference": "b",
        "effect": 0.0,
        "low": 0.0,
        "high": 0.0,
        "outcome": "alike",
    }
    found = judge_strength(difference, {"noise": 0.1}, (), tabulate_response({}))
    assert (found.knee, found.read_with) == (None, None)
    assert found.sentence.endswith("(95 % interval 0.0 to 0.0): not too strong.")


def test_a_knee_whose_upper_end_was_not_reached():
    knee = Knee(variant="a", strength=0.25, low=0.24, high=None, tried_to=0.26)
    assert describe_knee(knee) == "at 0.250 (95 % interval 0.240 to beyond 0.26)"
