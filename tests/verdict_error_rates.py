"""Error rates of the verdicts on planted studies: `python -m tests.verdict_error_rates [STUDIES]`.

In each scenario the truth is known, so every verdict is right, wrong or undecided. Wrong are: a
claim of what is not so (supported or refuted where cells are equal, or of the other sign), and
"equivalent" where cells differ by the margin or more.
"""

import sys
from collections import Counter
from dataclasses import dataclass

from lpr_core.evidence.judging.comparisons import Outcome
from lpr_core.evidence.judging.planning import MARGIN
from lpr_core.evidence.judging.verdicts import Part, judge_hypotheses
from tests.kit.planted_study import Variant, hypotheses_variants, plant_outcome

BASELINE, USABLE = 0.07, 0.80
TRANSFERS = ("none", "frozen", "fine-tuned")


@dataclass(frozen=True)
class Scenario:
    """Planted accuracies by cell, and the seeds and plates of each study."""

    name: str
    accuracies: dict[str, float]
    seeds: int = 8
    plates: int = 400


EQUAL = {
    "none": 0.9,
    "none_noise": 0.9,
    "frozen": 0.9,
    "frozen_noise": 0.9,
    "fine_tuned": 0.9,
    "fine_tuned_noise": 0.9,
}
ACCOUNT = {
    "none": 0.92,
    "none_noise": 0.88,
    "frozen": 0.45,
    "frozen_noise": 0.38,
    "fine_tuned": 0.96,
    "fine_tuned_noise": 0.92,
}
HELPFUL = {
    "none": 0.85,
    "none_noise": 0.89,
    "frozen": 0.88,
    "frozen_noise": 0.92,
    "fine_tuned": 0.90,
    "fine_tuned_noise": 0.95,
}
SCENARIOS = (
    Scenario("no effects", EQUAL),
    Scenario("no effects, 20 seeds", EQUAL, seeds=20),
    Scenario("the account's effects", ACCOUNT),
    Scenario("everything helps", HELPFUL),
    Scenario("everything helps, 5 seeds", HELPFUL, seeds=5),
    Scenario("no effects, 3 seeds", EQUAL, seeds=3),
    Scenario("the account's effects, 3 seeds", ACCOUNT, seeds=3),
)


def true_effect(hypothesis: str, scope: str, accuracies: dict[str, float]) -> float:
    """Return what a part would find with endless seeds and plates."""

    def cell(transfer: str, noisy: bool = False) -> float:
        return accuracies[transfer.replace("-", "_") + ("_noise" if noisy else "")]

    if hypothesis == "H1":
        return cell(scope) - USABLE
    if hypothesis == "H2":
        return cell(scope) - cell("none")
    if hypothesis == "H3":
        return cell(scope, True) - cell(scope)
    return cell(scope, True) - max(cell("none"), cell("none", True), cell(scope))


def grade(outcome: Outcome, effect: float) -> str:
    """Return `right`, `wrong` or `undecided`."""
    if outcome == "undecided":
        return outcome
    is_right = {
        "supported": effect > 1e-9,
        "refuted": effect < -1e-9,
        "equivalent": abs(effect) < MARGIN,
    }[outcome]
    return "right" if is_right else "wrong"


def judge_studies(scenario: Scenario, studies: int) -> tuple[dict[str, Counter[str]], float]:
    """Return the grades by hypothesis and way, and the share of studies with any wrong verdict."""
    grades: dict[str, Counter[str]] = {}
    num_wrong = 0
    for study in range(studies):
        parts = judge_planted(scenario, study)
        found = {
            key: grade(part.outcome, true_effect(*key, scenario.accuracies))
            for key, part in parts.items()
        }
        for (hypothesis, scope), result in found.items():
            grades.setdefault(f"{hypothesis} {scope}", Counter())[result] += 1
        num_wrong += "wrong" in found.values()
    return grades, num_wrong / studies


def judge_planted(scenario: Scenario, study: int) -> dict[tuple[str, str], Part]:
    """Plant one study and return its verdicts by hypothesis and way of transfer."""
    variants: list[Variant] = hypotheses_variants(**scenario.accuracies)
    outcome = plant_outcome(variants, range(scenario.seeds), scenario.plates, seed=study)
    factors = {variant.name: variant.factors for variant in variants}
    verdicts = judge_hypotheses(outcome.correct, factors, BASELINE, USABLE)
    return {
        (verdict.hypothesis, part.scope): part for verdict in verdicts for part in verdict.parts
    }


def main() -> None:
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for scenario in SCENARIOS:
        grades, any_wrong = judge_studies(scenario, studies)
        size = f"{scenario.seeds} seeds, {scenario.plates} plates"
        print(f"{scenario.name}: {studies} studies of {size}")
        for name, counts in grades.items():
            shares = ", ".join(
                f"{result} {counts[result] / studies:.3f}"
                for result in ("right", "undecided", "wrong")
            )
            print(f"  {name:14} {shares}")
        print(f"  any wrong verdict in a study: {any_wrong:.3f}")


if __name__ == "__main__":
    main()
