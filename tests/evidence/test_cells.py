"""Cells, factorial effects and curves."""

import math

import numpy as np
import pandas as pd
import pytest

from lpr_core.evidence.cells import score_cell, score_crossed
from lpr_core.evidence.curves import band_histories
from lpr_core.evidence.judging.factorial import (
    describe_effects,
    find_interactions,
    tabulate_factorial,
)
from lpr_core.evidence.readings import list_seeds, share_by_plate
from lpr_core.evidence.units import points
from lpr_core.statistics.intervals import crossed_interval
from tests.kit.planted_outcomes import plant_outcome
from tests.kit.planted_variants import Variant, hypotheses_variants
from tests.verdict_error_rates import leave_out_what_does_not_decide, repeat_cell

# Montgomery, Design and Analysis of Experiments, example 6.1: yield by concentration and catalyst,
# three replicates; here each replicate is a block.
YIELD = {
    ("15", "1"): (28, 25, 27),
    ("25", "1"): (36, 32, 32),
    ("15", "2"): (18, 19, 23),
    ("25", "2"): (31, 30, 29),
}


def right(*rows: str) -> np.ndarray:
    """`"110"` is a plate whose last character is wrong."""
    return np.array([[symbol == "1" for symbol in row] for row in rows])


def factors_of(variants: list[Variant]) -> dict:
    return {variant.name: variant.factors for variant in variants}


def test_shares_are_weighted_and_paired_by_seed():
    correct = {
        ("a", 0): right("11", "10"),
        ("a", 1): right("11", "11"),
        ("b", 0): right("00", "10"),
        ("b", 2): right("11", "11"),
    }
    seeds, values = share_by_plate(correct, {"a": 1.0, "b": -1.0})
    assert (seeds, values.tolist()) == ([0], [[1.0, 0.0]])
    assert list_seeds(correct, "a") == [0, 1]
    assert share_by_plate(correct, {"c": 1.0})[0] == []


def test_a_cell_by_hand():
    correct = {("a", 0): right("11", "10"), ("a", 3): right("11", "00")}
    metrics = {
        ("a", 0): {"train": {"character_accuracy": 1.0}, "train_seconds": 60},
        ("a", 3): {"train": {"character_accuracy": 0.75}, "train_seconds": 180},
    }
    cell = score_cell("a", "A", {"noise": 0.0}, correct, metrics)
    assert cell.characters.mean == 0.625
    assert cell.plates.mean == 0.5
    assert [slot.mean for slot in cell.slots] == [0.75, 0.5]
    assert (cell.train_characters, cell.gap, cell.minutes) == (0.875, 0.25, 2.0)
    assert (cell.by_seed, cell.num_plates) == ({0: 0.75, 3: 0.5}, 2)
    assert 0 <= cell.characters.low <= 0.625 <= cell.characters.high <= 1


def test_a_cell_without_runs_and_without_metrics():
    assert score_cell("b", "B", {}, {}, {}).characters is None
    cell = score_cell("a", "A", {}, {("a", 0): right("10")}, {})
    assert (cell.train_characters, cell.gap, cell.minutes) == (None, None, None)


@pytest.mark.parametrize(
    ("num_seeds", "num_plates", "width"),
    [(8, 1000, 0.0038), (1, 1000, 0.0038), (8, 10, 0.2775)],  # of Wilson's interval for the plates
)
def test_all_wrong_and_all_right_are_not_certain(num_seeds, num_plates, width):
    none = score_crossed(np.zeros((num_seeds, num_plates)))
    every = score_crossed(np.ones((num_seeds, num_plates)))
    assert (none.mean, none.low, every.mean, every.high) == (0, 0, 1, 1)
    assert (none.high, 1 - every.low) == pytest.approx((width, width), abs=1e-4)


def test_one_plate_that_was_read_once_is_no_certainty_either():
    values = np.zeros((8, 1000))
    assert score_crossed(values).low == 0
    values[3, 7] = 1
    found = score_crossed(values)
    assert (found.low, found.mean, round(found.high, 4)) == (0, 1 / 8000, 0.0038)
    values[:, :20] = 1  # many plates tell how much they vary
    found, plain = score_crossed(values), crossed_interval(values)
    assert (found.low, found.high) == (plain.low, plain.high)


def test_a_published_two_by_two():
    rows = [
        {"transfer": concentration, "noise": catalyst, "seed": seed, "score": value}
        for (concentration, catalyst), values in YIELD.items()
        for seed, value in enumerate(values)
    ]
    table = tabulate_factorial(pd.DataFrame(rows)).set_index("term")
    squares = table["sum_of_squares"].round(2)
    assert squares[["transfer", "noise", "transfer x noise"]].tolist() == [208.33, 75.0, 8.33]
    assert squares["seed"] + squares["rest"] == pytest.approx(31.33, abs=0.01)
    assert table["degrees"].tolist() == [1, 1, 1, 2, 6]


def test_interaction_and_main_effects():
    variants = hypotheses_variants(none=0.8, none_noise=0.7, frozen=0.8, frozen_noise=0.8)
    outcome = plant_outcome(variants, range(8), 300)
    frozen, tuned = find_interactions(outcome.correct, factors_of(variants))
    assert (frozen.scope, tuned.scope) == ("frozen", "fine-tuned")
    assert frozen.comparison.low < 0.1 < frozen.comparison.high
    assert frozen.comparison.p_value <= 0.05
    assert "percentage points more for frozen networks" in frozen.sentence
    assert frozen.noise_effect == pytest.approx(-0.05, abs=0.02)
    assert frozen.transfer_effect == pytest.approx(0.05, abs=0.02)
    assert frozen.logit_low < frozen.logit_effect < frozen.logit_high
    told = describe_effects(frozen)
    assert f"transfer brings {points(frozen.transfer_effect)} percentage points, noise " in told
    assert f"the interaction is {frozen.logit_effect:+.2f} (95 % interval " in told
    seeds = frozen.comparison.by_seed.values()
    t_squared = np.mean([*seeds]) ** 2 / (np.var([*seeds], ddof=1) / 8)
    assert t_squared > 10
    assert [row["term"] for row in frozen.table][:3] == ["transfer", "noise", "transfer x noise"]


def test_an_interaction_that_passes_alone_but_not_beside_the_other_is_not_shown():
    variants = hypotheses_variants(**repeat_cell(0.9))
    passing = []
    with leave_out_what_does_not_decide():
        for seed in (17, 18):
            correct = plant_outcome(variants, range(6), 40, seed=seed).correct
            found = find_interactions(correct, factors_of(variants))
            passing += [f for f in found if f.comparison.p_value <= 0.05 < f.comparison.p_holm]
    assert passing
    assert all("not shown" in found.sentence for found in passing)


def test_no_interaction_is_not_claimed_and_one_seed_has_no_table():
    variants = hypotheses_variants(none=0.9, none_noise=0.9, frozen=0.9, frozen_noise=0.9)
    outcome = plant_outcome(variants, [0], 100)
    frozen = find_interactions(outcome.correct, factors_of(variants))[0]
    assert "not shown" in frozen.sentence
    assert "the interval over plates alone" in frozen.sentence
    assert "log odds" not in describe_effects(frozen)
    assert frozen.table == []


def test_no_square_no_interaction():
    variants = hypotheses_variants()[:3]
    outcome = plant_outcome(variants, range(2), 10)
    assert find_interactions(outcome.correct, factors_of(variants)) == ()
    assert find_interactions({}, factors_of(hypotheses_variants())) == ()


def test_bands_over_seeds():
    histories = pd.DataFrame(
        {
            "variant": ["a"] * 4,
            "seed": [0, 1, 0, 1],
            "epoch": [1, 1, 2, 2],
            "loss": [1.0, 3.0, 0.5, 0.5],
            "val_loss": [2.0, 2.0, math.nan, 1.0],
        }
    )
    bands = band_histories(histories, "loss").set_index(["part", "epoch"])
    first = bands.loc["training", 1]
    assert first["mean"] == 2.0
    assert first["high"] - first["mean"] == pytest.approx(12.706, abs=0.001)  # t(1) * sqrt(2/2)
    assert bands.loc[("training", 2), ["low", "mean", "high"]].tolist() == [0.5, 0.5, 0.5]
    last = bands.loc["validation", 2]
    assert (last["num_seeds"], last["low"], last["high"]) == (1, 1.0, 1.0)


def test_a_measure_that_no_history_has():
    assert band_histories(pd.DataFrame(columns=["variant", "seed"]), "loss").empty
