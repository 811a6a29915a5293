"""Who was not trained far enough gets no verdict: the stated rule on planted curves, everywhere."""

import numpy as np
import pytest

from lpr_core.evidence.asked import Asked
from lpr_core.evidence.cells import Cell, Score
from lpr_core.evidence.judging.factorial import find_interactions
from lpr_core.evidence.judging.findings import find_differences
from lpr_core.evidence.judging.learning import find_untrained, measure_rise
from lpr_core.evidence.judging.verdicts import judge_hypotheses
from lpr_core.evidence.vocabulary import VerdictWord
from tests.kit.planted_outcomes import plant_outcome
from tests.kit.planted_variants import hypotheses_variants, noise_variants

USABLE = 0.8
WHY = "knows 25.1 % of its own training examples, less than half of the usable 80.0 %"


def saturate(start: float, end: float, epochs: int = 30, half: float = 3.0) -> list[float]:
    """A curve that closes half of what is missing in so many epochs."""
    return [end - (end - start) * 0.5 ** (epoch / half) for epoch in range(epochs)]


def climb(start: float, end: float, epochs: int = 30) -> list[float]:
    return np.linspace(start, end, epochs).tolist()


def make_cell(mean: float, train: float | None) -> Cell:
    score = Score(mean=mean, low=0, high=1)
    return Cell(variant="a", label="A", factors={}, characters=score, train_characters=train)


@pytest.mark.parametrize(
    ("train", "mean", "curve", "said"),
    [
        (0.95, 0.9, saturate(0.1, 0.9), ""),
        (0.95, 0.9, saturate(0.1, 0.9, 8, half=1.0), ""),
        (0.39, 0.2, saturate(0.1, 0.2), "knows 39.0 % of its own training examples"),
        (0.39, 0.5, saturate(0.1, 0.5), ""),  # measured with dropout; others are read
        (0.95, 0.9, climb(0.1, 0.9), "still gained 16.6 percentage points in the last fifth"),
        (0.95, 0.6, [*saturate(0.1, 0.3, 24), *climb(0.32, 0.6, 6)], "still gained"),
        (None, 0.2, [], ""),  # nobody knows
        (0.95, 0.3, [0.1, 0.2, 0.3], ""),  # too short to have an end
        (0.95, 0.3, [0.1, float("nan"), 0.2, 0.3, 0.4, 0.5], ""),
    ],
)
def test_the_rule(train, mean, curve, said):
    found = find_untrained([make_cell(mean, train)], {("a", 0): curve}, USABLE)
    assert list(found) == (["a"] if said else [])
    assert said in found.get("a", "")


def test_one_seed_that_wakes_late_is_averaged_with_the_others():
    flat, late = saturate(0.1, 0.9), [*[0.1] * 25, *climb(0.1, 0.6, 5)]
    assert measure_rise([late]) == pytest.approx(0.5)
    assert measure_rise([flat] * 7 + [late]) > 0.05
    assert measure_rise([flat] * 19 + [late]) < 0.05
    assert measure_rise([]) is None


@pytest.fixture(scope="module")
def outcome():
    variants = hypotheses_variants(
        none=0.25,
        none_noise=0.3,
        frozen=0.5,
        frozen_noise=0.5,
        fine_tuned=0.95,
        fine_tuned_noise=0.9,
    )
    factors = {variant.name: variant.factors for variant in variants}
    return plant_outcome(variants, range(8), 300).correct, factors


def test_hypotheses_get_no_verdict_where_an_arm_was_not_trained(outcome):
    correct, factors = outcome
    before, after = (
        {
            verdict.hypothesis: verdict
            for verdict in judge_hypotheses(correct, factors, 0.07, 0.8, why)
        }
        for why in ({}, {"none": WHY})
    )
    words = {
        (name, part.scope): str(part.outcome) for name, one in after.items() for part in one.parts
    }
    assert {str(part.outcome) for part in before["H2"].parts} == {"better"}
    assert words == {
        ("H1", "none"): "not trained far enough",
        ("H1", "frozen"): "below usable",
        ("H1", "fine-tuned"): "better",
        ("H2", "frozen"): "not trained far enough",
        ("H2", "fine-tuned"): "not trained far enough",
        ("H3", "none"): "not trained far enough",
        ("H3", "frozen"): str(before["H3"].parts[1].outcome),
        ("H3", "fine-tuned"): "worse",
        ("H4", "frozen"): "not trained far enough",
        ("H4", "fine-tuned"): "worse",  # than fine-tuned without noise, which was
    }
    part = after["H2"].parts[1]
    assert (part.untrained, part.further_seeds) == (
        (f"the arm from scratch without noise {WHY}",),
        None,
    )
    assert (
        "more steps would tell and not more seeds (the arm from scratch without noise"
        in part.sentence
    )


def test_a_network_that_is_of_use_already_is(outcome):
    correct, factors = outcome
    why = {"fine-tuned": "still gained 7.0 percentage points in the last fifth of its training"}
    (h1, h2, *_) = judge_hypotheses(correct, factors, 0.07, 0.8, why)
    assert str(h1.parts[2].outcome) == "better"
    assert str(h2.parts[1].outcome) == "not trained far enough"


def test_no_interaction_is_told(outcome):
    correct, factors = outcome
    (told, *_) = find_interactions(correct, factors, {"none": WHY})
    assert "is not shown" in told.sentence
    assert told.sentence.endswith(f"(the arm from scratch without noise {WHY})).")


def test_findings_of_other_designs_get_none_either():
    variants = noise_variants()
    factors = {variant.name: variant.factors for variant in variants}
    labels = {variant.name: variant.label for variant in variants}
    correct = plant_outcome(variants, range(6), 200).correct
    last = list(factors)[-1]
    asked = Asked(base_levels={"noise": 0.0})
    found = find_differences(asked, correct, factors, labels, {last: WHY})
    assert [one.direction is VerdictWord.NOT_TRAINED for one in found] == [
        one.comparison.variant == last for one in found
    ]
    assert found[-1].untrained == (f"{labels[last]} {WHY}",)
    reference = found[0].comparison.reference
    found = find_differences(asked, correct, factors, labels, {reference: WHY})
    assert {one.direction for one in found} == {VerdictWord.NOT_TRAINED}
