"""What the designs other than the hypotheses find: who is compared with whom, and in what words."""

import numpy as np
import pytest

from lpr_core.evidence.asked import Asked
from lpr_core.evidence.judging.comparisons import Contrast
from lpr_core.evidence.judging.findings import Finding, find_differences, join_folds, pair_variants
from lpr_core.evidence.units import p_text
from lpr_core.study.designs import find_design
from tests.kit.planted_outcomes import plant_outcome
from tests.kit.planted_variants import DESIGNS, Variant
from tests.verdict_error_rates import leave_out_what_does_not_decide


def factors_of(variants: list[Variant]) -> dict:
    return {variant.name: variant.factors for variant in variants}


def ask(design: str) -> Asked:
    return find_design(design).asked


def find(design: str, seeds=range(8), plates: int = 100) -> dict[tuple[str, str], Finding]:
    """Find the differences of a planted design, by variant and reference."""
    variants = DESIGNS[design]()
    outcome = plant_outcome(variants, seeds, plates)
    labels = {variant.name: variant.label for variant in variants}
    found = find_differences(ask(design), outcome.correct, factors_of(variants), labels)
    return {(f.comparison.variant, f.comparison.reference): f for f in found}


@pytest.mark.parametrize(
    ("design", "variant", "references"),
    [
        ("noise", "noise-0.05", ["noise-0.00"]),
        ("noise", "noise-0.00", []),
        ("freeze-depth", "efficientnet_b0-050", ["efficientnet_b0-000"]),
        ("learning-curve", "fine-tuned-020", ["none-020", "fine-tuned-010"]),
        ("learning-curve", "fine-tuned-100", ["none-100", "fine-tuned-070"]),
        ("learning-curve", "none-100", ["none-070"]),
        ("learning-curve", "none-005", []),
        ("cross-validation", "fine-tuned-fold-3", ["none-fold-3"]),
        ("remedies", "all", ["frozen"]),
        ("remedies", "frozen", []),
        ("own", "frozen", []),
    ],
)
def test_who_is_compared_with_whom(design, variant, references):
    pairs = pair_variants(ask(design), factors_of(DESIGNS.get(design, DESIGNS["remedies"])()))
    assert [reference for name, reference in pairs if name == variant] == references


def test_a_learning_curve_without_some_shares_steps_over_them():
    factors = factors_of(DESIGNS["learning-curve"]())
    few = {name: levels for name, levels in factors.items() if levels["share"] in (0.1, 1.0)}
    assert ("none-100", "none-010") in pair_variants(ask("learning-curve"), few)
    one = {"none-100": factors["none-100"]}
    assert pair_variants(ask("learning-curve"), one) == []


def test_planted_differences_of_a_design_are_found():
    findings = find("freeze-depth", plates=200)
    assert len(findings) == 12
    worst = findings["xception-100", "xception-000"]
    assert worst.direction == "worse"
    assert worst.comparison.effect == pytest.approx(-0.5, abs=0.05)
    assert worst.sentence.startswith("xception, 100 % frozen against xception, 0 % frozen: ")


def test_a_learning_curve_says_whether_more_plates_still_help():
    findings = find("learning-curve", plates=200)
    assert len(findings) == 6 + 2 * 5
    assert findings["none-040", "none-020"].direction == "better"
    last = findings["fine-tuned-100", "fine-tuned-070"]
    assert last.sentence.startswith(
        "Fine-tuned, 100 % of the plates against Fine-tuned, 70 % of the plates: "
    )
    assert abs(last.comparison.effect) < 0.03  # 0.008 are planted


@pytest.mark.parametrize(
    ("num_seeds", "basis", "need"),
    [
        (
            1,
            "1 seed, 50 plates, the interval over plates alone, p (Holm) = 1.000",
            "at least 5 further",
        ),
        (2, "2 seeds, 50 plates, p (Holm) ", "about "),
        (3, "3 seeds, 50 plates, p (Holm) ", "about "),
    ],
)
def test_few_seeds_decide_nothing_and_one_says_what_its_interval_is_over(num_seeds, basis, need):
    found = find("freeze-depth", range(num_seeds), 50)["xception-100", "xception-000"]
    assert found.direction == "undecided"
    assert basis in found.sentence
    assert f"undecided, {need}" in found.sentence
    assert found.further_seeds >= 6 - num_seeds


def test_more_comparisons_ask_for_more_seeds():
    variants = [Variant("base", {}, 0.90), *(Variant(f"v{n}", {}, 0.91) for n in range(8))]
    correct = plant_outcome(variants, range(6), 100).correct
    needed = []
    for count in (1, 8):
        factors = factors_of(variants[: count + 1])
        needed.append(find_differences(ask("own"), correct, factors, {})[0].further_seeds)
    assert None not in needed
    assert needed[0] < needed[1]


def test_folds_are_put_side_by_side():
    (finding,) = find("cross-validation", plates=40).values()
    assert (finding.comparison.num_plates, finding.direction) == (200, "better")
    assert finding.label == "All folds, fine-tuned"


def test_folds_without_a_common_seed_are_not_joined():
    values = np.zeros((1, 3))
    assert join_folds([Contrast("a", "b", (0,), values), Contrast("c", "d", (1,), values)]) == []
    assert join_folds([]) == []


def test_a_design_without_runs_finds_nothing():
    assert find_differences(ask("noise"), {}, factors_of(DESIGNS["noise"]()), {}) == ()
    assert find_differences(ask("own"), {}, {}, {}) == ()
    assert find_differences(ask("learning-curve"), {}, {}, {}) == ()


def test_what_passes_alone_but_not_beside_the_others_is_undecided():
    variants = [Variant(f"v{number}", {}, 0.9) for number in range(8)]
    passing = []
    with leave_out_what_does_not_decide():
        for seed in range(12):
            correct = plant_outcome(variants, range(6), 60, seed=seed).correct
            findings = find_differences(ask("own"), correct, factors_of(variants), {})
            passing += [f for f in findings if f.comparison.p_value <= 0.05 < f.comparison.p_holm]
    assert len(passing) >= 3
    assert {finding.direction for finding in passing} == {"undecided"}
    assert all(p_text(f.comparison.p_holm, "p (Holm)") in f.sentence for f in passing)
