"""Verdicts on planted studies: what was planted is found, what was not is not."""

from collections import Counter

import numpy as np
import pytest

from lpr_core.evidence.judging.comparisons import Contrast, contrast_number, decide, is_equivalent
from lpr_core.evidence.judging.families import bound_smallest, compare
from lpr_core.evidence.judging.parts import Verdict
from lpr_core.evidence.judging.planning import seeds_needed
from lpr_core.evidence.judging.verdicts import judge_hypotheses
from lpr_core.evidence.units import points
from lpr_core.statistics.variance import average_crossed
from tests.kit.planted_outcomes import plant_outcome
from tests.kit.planted_variants import hypotheses_variants
from tests.verdict_error_rates import (
    ACCOUNT,
    EQUAL,
    HELPFUL,
    PLATES_MATTER,
    SCENARIOS,
    Scenario,
    describe_tally,
    grade,
    judge_studies,
    repeat_cell,
    true_effect,
)

FACTORS = {variant.name: variant.factors for variant in hypotheses_variants()}


def judge(
    accuracies: dict | None = None, *, seeds=range(8), plates: int = 300, drop=(), **settings
) -> dict[str, Verdict]:
    """Judge a planted study by hypothesis, runs named in `drop` left out."""
    variants = hypotheses_variants(**(accuracies or {}))
    outcome = plant_outcome(variants, seeds, plates, **settings)
    correct = {key: right for key, right in outcome.correct.items() if key not in drop}
    verdicts = judge_hypotheses(correct, FACTORS, baseline=0.07, usable=0.8)
    return {verdict.hypothesis: verdict for verdict in verdicts}


def outcomes(verdict: Verdict) -> dict[str, str]:
    return {part.scope: part.outcome for part in verdict.parts}


def test_the_account_s_story():
    verdicts = judge(ACCOUNT)
    assert outcomes(verdicts["H1"]) == {
        "none": "better",
        "frozen": "below usable",
        "fine-tuned": "better",
    }
    assert outcomes(verdicts["H2"]) == {"frozen": "worse", "fine-tuned": "better"}
    assert outcomes(verdicts["H3"])["none"] == "worse"
    assert outcomes(verdicts["H4"]) == {"frozen": "worse", "fine-tuned": "worse"}
    assert verdicts["H2"].words == "Frozen worse, fine-tuned better"
    assert verdicts["H2"].sentences == tuple(part.sentence for part in verdicts["H2"].parts)


def test_everything_helps():
    verdicts = judge(HELPFUL, plates=600)
    for verdict in verdicts.values():
        assert set(outcomes(verdict).values()) == {"better"}
    h4 = verdicts["H4"].parts[0]
    smallest = min(h4.comparisons, key=lambda comparison: comparison.effect)
    assert (h4.effect, len(h4.comparisons)) == (smallest.effect, 3)
    assert h4.low == min(comparison.low for comparison in h4.comparisons)
    assert h4.effect < h4.high
    assert h4.high > min(comparison.high for comparison in h4.comparisons)


def test_equal_cells_with_many_plates_and_seeds_are_equivalent():
    verdicts = judge(EQUAL, seeds=range(12), plates=1500, own_spread=0.01, shared_spread=0.1)
    for name in ("H2", "H3", "H4"):
        for part in verdicts[name].parts:
            assert part.outcome == "no different", part.sentence
            assert part.further_seeds is None


def test_h4_tells_the_interval_of_the_difference_that_it_tells():
    part = judge({"frozen": 0.80, "frozen_noise": 0.84, "none_noise": 0.9})["H4"].parts[0]
    against_best = part.comparisons[0]
    assert (part.weakest, part.rival) == (against_best, "from scratch without noise")
    assert (
        f"percentage points fewer of the characters with noise than the best of the other cells, "
        f"from scratch without noise, on clean plates (simultaneous 95 % interval "
        f"{points(against_best.low)} to "
        f"{points(against_best.high)}; against whichever cell is truly the best, "
        f"{points(part.low)} to {points(part.high)}); 8 seeds, 300 plates"
    ) in part.sentence
    assert part.high <= against_best.high + 0.02


def draw_equal_contrasts(rng: np.random.Generator) -> list[Contrast]:
    """Three true effects of 0, each with seeds and plates of its own."""
    return [
        Contrast(
            "both",
            f"other {number}",
            tuple(range(8)),
            0.03 * rng.standard_normal((8, 1)) + 0.05 * rng.standard_normal((8, 30)),
        )
        for number in range(3)
    ]


def test_the_smallest_of_equal_effects_lies_where_it_is_said_to():
    """The smallest of three plain upper ends misses it three times as often as it may, 7.6 %."""
    rng = np.random.default_rng(0)
    ends = np.array([bound_smallest(draw_equal_contrasts(rng)) for _ in range(400)])
    assert np.mean(ends[:, 0] > 0) <= 0.01
    assert 0.005 <= np.mean(ends[:, 1] < 0) <= 0.045


def test_the_smallest_of_one_effect_has_its_own_interval():
    contrast = draw_equal_contrasts(np.random.default_rng(0))[0]
    assert bound_smallest([contrast]) == (contrast.interval().low, contrast.interval().high)


@pytest.mark.parametrize("num_seeds", [1, 2, 3, 5])
def test_too_few_seeds_decide_nothing_and_say_how_many_it_takes(num_seeds):
    verdicts = judge(ACCOUNT, seeds=range(num_seeds))
    for verdict in verdicts.values():
        for part in verdict.parts:
            assert part.outcome == "undecided"
            assert part.further_seeds is None or part.further_seeds >= 6 - num_seeds
            assert ("further seeds are needed" in part.sentence) is (num_seeds == 1)
            assert ("the interval over plates alone" in part.sentence) is (num_seeds == 1)
            assert ("would decide" in part.sentence) is (num_seeds > 1)


def test_six_seeds_decide_what_is_large():
    assert set(outcomes(judge(ACCOUNT, seeds=range(6))["H4"]).values()) == {"worse"}
    assert set(outcomes(judge(ACCOUNT, seeds=range(5))["H4"]).values()) == {"undecided"}


def test_the_named_number_of_seeds_does_decide():
    """Where more seeds are asked for, adding them decides four times in five, more or less."""
    decided = Counter()
    for study in range(6):
        before = judge(HELPFUL, plates=120, seed=study, own_spread=0.12)["H3"].parts[0]
        if before.outcome == "undecided" and before.further_seeds and before.further_seeds <= 12:
            seeds = range(8 + before.further_seeds)
            after = judge(HELPFUL, plates=120, seed=study, own_spread=0.12, seeds=seeds)
            decided[after["H3"].parts[0].outcome != "undecided"] += 1
    assert decided.total() >= 1
    assert decided[True] >= 0.5 * decided.total()


def test_only_plates_can_help_where_plates_are_too_few():
    values = np.random.default_rng(0).normal(0.004, 0.3, (1, 40)) * np.ones((8, 1))
    values += np.random.default_rng(1).normal(0, 1e-4, (8, 1))
    assert seeds_needed(average_crossed(values)) is None


def test_more_contrasts_ask_for_more_seeds_but_not_for_a_larger_least_number():
    values = np.random.default_rng(0).normal(0.02, 0.04, (6, 1)) * np.ones((1, 50))
    few, many = (seeds_needed(average_crossed(values), num_tests=n) for n in (1, 10))
    assert few is not None
    assert many is not None
    assert few < many
    one = average_crossed(values[:1])
    assert [seeds_needed(one, num_tests=n) for n in (1, 10)] == [5, 5]


def test_runs_that_are_missing_are_named():
    drop = {("frozen+noise", seed) for seed in range(8)}
    verdicts = judge(drop=drop)
    (part,) = [part for part in verdicts["H4"].parts if part.scope == "frozen"]
    assert (part.outcome, part.effect) == ("undecided", None)
    assert part.missing == ("runs frozen with noise",)
    assert part.sentence.endswith("not compared yet, for want of runs frozen with noise.")
    assert outcomes(verdicts["H2"])["fine-tuned"] == "better"


def test_a_study_without_any_run():
    verdicts = judge_hypotheses({}, FACTORS, 0.07, 0.9)
    parts = [part for verdict in verdicts for part in verdict.parts]
    assert {str(part.outcome) for part in parts} == {"undecided"}
    assert {part.p_holm for part in parts} == {1.0}
    assert len(judge_hypotheses({}, {}, 0.07, 0.9)) == 4


def test_unequal_seeds_are_paired_where_they_can_be():
    drop = {("none", 7), ("fine-tuned", 0)}
    part = judge(ACCOUNT, drop=drop)["H2"].parts[1]
    assert (part.num_seeds, sorted(part.comparisons[0].by_seed)) == (6, [1, 2, 3, 4, 5, 6])


def test_variants_without_a_common_seed():
    drop = {("none", n) for n in range(4)} | {("frozen", n) for n in range(4, 8)}
    part = judge(drop=drop)["H2"].parts[0]
    assert part.missing == ("a seed that all of its cells have",)


def test_other_plates_cannot_be_compared():
    outcome = plant_outcome(hypotheses_variants(), [0, 1], 20)
    outcome.correct["frozen", 1] = outcome.correct["frozen", 1][:10]
    with pytest.raises(ValueError, match="same plates only"):
        judge_hypotheses(outcome.correct, FACTORS, 0.07, 0.9)


def test_a_study_of_the_account_s_four_runs_alone():
    factors = {name: levels for name, levels in FACTORS.items() if "fine" not in name}
    outcome = plant_outcome(hypotheses_variants(), range(8), 300)
    verdicts = judge_hypotheses(outcome.correct, factors, 0.07, 0.8)
    assert [[part.scope for part in verdict.parts] for verdict in verdicts] == [
        ["none", "frozen"],
        ["frozen"],
        ["none", "frozen"],
        ["frozen"],
    ]


def test_p_values_grow_from_test_to_family():
    for verdict in judge().values():
        for part in verdict.parts:
            assert part.p_value <= part.p_holm <= 1


def test_h1_has_to_beat_the_baseline_too():
    outcome = plant_outcome(hypotheses_variants(), range(8), 600)
    h1 = judge_hypotheses(outcome.correct, FACTORS, baseline=0.97, usable=0.8)[0]
    assert {part.target for part in h1.parts} == {0.97}
    assert outcomes(h1)["fine-tuned"] == "below usable"


def test_an_accuracy_stays_within_0_and_1():
    rng = np.random.default_rng(0)
    poor = {("none", seed): rng.random((40, 7)) < share for seed, share in ((0, 0.0), (1, 0.1))}
    contrast = contrast_number(poor, "none", "usable level", 0.9)
    (found,) = compare([contrast])
    assert (found.low, contrast.limits) == (0.0, (0.0, 1.0))


def test_verdicts_survive_json():
    for verdict in judge(seeds=range(3)).values():
        assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict


@pytest.mark.parametrize(
    ("low", "high", "p_value", "num_seeds", "outcome"),
    [
        (0.02, 0.04, 0.03, 8, "better"),
        (-0.04, -0.02, 0.03, 8, "worse"),
        (-0.004, 0.006, 0.9, 8, "no different"),
        (-0.01, 0.02, 0.5, 8, "undecided"),
        (0.02, 0.04, 0.06, 8, "undecided"),  # the interval leaves 0, the test does not pass
        (-0.01, 0.04, 0.03, 8, "undecided"),  # the other way round
        (0.001, 0.004, 0.03, 8, "better"),  # small but sure
        (0.02, 0.04, 0.001, 5, "undecided"),  # too few seeds, whatever the test says
        (-0.004, 0.006, 0.9, 5, "undecided"),
    ],
)
def test_what_interval_and_test_say_together(low, high, p_value, num_seeds, outcome):
    assert decide(low, high, p_value, num_seeds) == outcome


def test_a_number_to_beat_knows_no_equivalence():
    assert decide(0.899, 0.901, 0.9, 8, target=0.9, margin=None) == "undecided"
    assert decide(0.91, 0.93, 0.01, 8, target=0.9, margin=None) == "better"
    assert decide(0.87, 0.89, 0.01, 8, target=0.9, margin=None) == "below usable"


@pytest.mark.parametrize(
    ("low", "high", "inside"), [(-0.009, 0.009, True), (-0.01, 0.0, False), (0.0, 0.02, False)]
)
def test_equivalence_needs_the_whole_interval(low, high, inside):
    assert is_equivalent(low, high) is inside


@pytest.mark.parametrize(
    ("outcome", "effect", "expected"),
    [
        ("better", 0.02, "right"),
        ("better", 0.0, "wrong"),
        ("worse", 0.02, "wrong"),
        ("below usable", -0.02, "right"),
        ("no different", 0.005, "right"),
        ("no different", 0.02, "wrong"),
        ("undecided", 0.02, "undecided"),
    ],
)
def test_grades(outcome, effect, expected):
    assert grade(outcome, effect) == expected


def test_true_effects_of_the_account():
    assert true_effect("H2", "frozen", ACCOUNT) == pytest.approx(-0.47)
    assert true_effect("H3", "none", ACCOUNT) == pytest.approx(-0.04)
    assert true_effect("H4", "fine-tuned", ACCOUNT) == pytest.approx(-0.04)


def test_null_effects_are_seldom_claimed_and_true_ones_mostly_found():
    assert judge_studies(Scenario("", EQUAL, plates=100), 6).wrong <= 1
    tally = judge_studies(Scenario("", ACCOUNT, plates=200), 3)
    assert tally.wrong == 0
    assert tally.grades["H2 frozen"]["right"] == tally.grades["H2 fine-tuned"]["right"] == 3


def test_plates_that_matter_more_than_seeds_make_no_verdicts():
    """Signs flipped over seeds, with intervals of 95 % each, claim something in 11 of 25."""
    scenario = Scenario("", repeat_cell(0.3), 8, 200, PLATES_MATTER)
    assert judge_studies(scenario, 25).wrong <= 4


def test_eight_noise_strengths_without_effects_make_no_findings():
    """The same; it is 7 of 40 here."""
    scenario = Scenario("", {"noise": 0.3}, 6, 200, PLATES_MATTER)
    assert judge_studies(scenario, 40).wrong <= 3


@pytest.mark.parametrize("num_seeds", [1, 2, 3])
def test_few_seeds_claim_nothing_of_effects_that_are_large(num_seeds):
    tally = judge_studies(Scenario("", ACCOUNT, num_seeds, plates=100), 2)
    assert tally.wrong == 0
    assert all(counts == {"undecided": 2} for counts in tally.grades.values())


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_error_rates(scenario):
    tally = judge_studies(scenario, 200)
    print("\n".join([scenario.name, *describe_tally(tally)]))
    assert max(tally.wrong, tally.wrong_interactions) / tally.studies <= 0.08
