"""The script on error rates prints what it found; with few seeds nothing is claimed."""

import pytest

from tests import verdict_error_rates
from tests.verdict_error_rates import (
    EQUAL,
    Judgement,
    Scenario,
    Tally,
    judge_planted,
    show_share,
)

PARTS = (
    *("H1 none", "H1 frozen", "H1 fine-tuned", "H2 frozen", "H2 fine-tuned"),
    *("H3 none", "H3 frozen", "H3 fine-tuned", "H4 frozen", "H4 fine-tuned"),
    *("interaction frozen", "interaction fine-tuned"),
)


def test_the_script_tells_shares_by_question_with_exact_intervals(monkeypatch, capsys):
    scenario = Scenario("no effects", EQUAL, seeds=3, plates=60)
    monkeypatch.setattr(verdict_error_rates, "SCENARIOS", (scenario,))
    monkeypatch.setattr("sys.argv", ["verdict_error_rates", "3"])
    verdict_error_rates.main()
    assert capsys.readouterr().out.splitlines() == [
        "no effects: 3 studies of 3 seeds, 60 plates",
        *(f"  {part:22} right 0.000, wrong 0.000" for part in PARTS),
        "  any wrong verdict      0.0 % [0.0 %, 70.8 %]",
        "  any wrong interaction  0.0 % [0.0 %, 70.8 %]",
        "  all intervals hold     100.0 % [29.2 %, 100.0 %]",
    ]


# Clopper and Pearson 1934: 0 of n has the upper end 1 - 0.025^(1/n), which is 3.6 % of 100.
@pytest.mark.parametrize(
    ("count", "total", "told"),
    [
        (0, 100, "0.0 % [0.0 %, 3.6 %]"),
        (100, 100, "100.0 % [96.4 %, 100.0 %]"),
        (10, 50, "20.0 % [10.0 %, 33.7 %]"),
    ],
)
def test_exact_intervals(count, total, told):
    assert show_share(count, total) == told


def test_a_study_with_a_wrong_word_counts_once_and_interactions_apart():
    tally = Tally()
    tally.add(
        {
            ("H2", "frozen"): Judgement("better", 0.0, False),
            ("H3", "none"): Judgement("worse", 0.02, False),
            ("interaction", "frozen"): Judgement("undecided", 0.0, True),
        }
    )
    tally.add(
        {
            ("H2", "frozen"): Judgement("undecided", 0.0, True),
            ("H3", "none"): Judgement("better", 0.02, True),
            ("interaction", "frozen"): Judgement("better", 0.0, False),
        }
    )
    counts = (tally.studies, tally.wrong, tally.wrong_interactions, tally.covered)
    assert counts == (2, 1, 1, 1)
    assert dict(tally.grades["H3 none"]) == {"wrong": 1, "right": 1}


def test_eight_strengths_of_noise_are_seven_questions():
    judged = judge_planted(Scenario("", {"noise": 0.9}, seeds=2, plates=20), 0)
    assert len(judged) == 7
    assert {question for question, _ in judged} == {"noise"}
