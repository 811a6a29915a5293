"""Studies of few plates on which hardly anything happens: nothing sure is said of them."""

import numpy as np
import pytest

from lpr_core.evidence.asked import Asked
from lpr_core.evidence.judging.findings import find_differences
from lpr_core.evidence.judging.verdicts import judge_hypotheses
from lpr_core.evidence.vocabulary import VerdictWord
from tests.kit.planted_variants import hypotheses_variants

ASKED = Asked(base_levels={"noise": 0.0})
FACTORS = {"plain": {"noise": 0.0}, "noisy": {"noise": 0.1}}
SLOTS = 7


def judge(plain: np.ndarray, noisy: np.ndarray, seeds: int = 8):
    """Return the finding of two arms, each of which reads these plates `(P,)` in all seeds."""
    arms = {"plain": plain, "noisy": noisy}
    correct = {
        (name, seed): np.repeat(right[:, None], SLOTS, axis=1)
        for name, right in arms.items()
        for seed in range(seeds)
    }
    (finding,) = find_differences(ASKED, correct, FACTORS, {})
    return finding


def test_sixty_plates_all_right_in_both_arms_are_not_equivalent():
    right = np.ones(60, bool)
    finding = judge(right, right)
    assert finding.direction is VerdictWord.UNDECIDED
    assert finding.comparison.low <= -3 / 60
    assert finding.comparison.high >= 3 / 60


def test_plates_that_one_arm_cannot_read_are_rarely_missed():
    """3 % of plates are unreadable to one arm: of 40, often none; the truth stays inside."""
    rng = np.random.default_rng(0)
    false = 0
    for _ in range(200):
        noisy = rng.random(40) >= 0.03
        finding = judge(np.ones(40, bool), noisy, seeds=6)
        is_wrong = finding.direction in (VerdictWord.NO_DIFFERENT, VerdictWord.BETTER)
        excludes = not finding.comparison.low <= -0.03 <= finding.comparison.high
        false += is_wrong or excludes
    assert false <= 10


def test_many_plates_all_alike_are_equivalent():
    right = np.ones(1000, bool)
    assert judge(right, right).direction is VerdictWord.NO_DIFFERENT


def test_a_few_plates_decide_nothing_and_more_seeds_would_not():
    noisy = np.ones(1000, bool)
    noisy[:5] = False
    finding = judge(np.ones(1000, bool), noisy)
    assert finding.direction is VerdictWord.NO_DIFFERENT
    noisy = np.ones(60, bool)
    noisy[:5] = False
    finding = judge(np.ones(60, bool), noisy)
    assert finding.direction is VerdictWord.UNDECIDED
    assert finding.further_seeds is None


@pytest.mark.parametrize(("plates", "outcome"), [(20, "undecided"), (400, "better")])
def test_a_few_plates_all_right_do_not_surely_beat_the_usable_level(plates, outcome):
    variants = hypotheses_variants(
        **dict.fromkeys(
            ("none", "none_noise", "frozen", "frozen_noise", "fine_tuned", "fine_tuned_noise"), 1.0
        )
    )
    factors = {variant.name: variant.factors for variant in variants}
    correct = {
        (name, seed): np.ones((plates, SLOTS), bool) for name in factors for seed in range(8)
    }
    first = judge_hypotheses(correct, factors, 0.07, 0.9)[0]
    assert {str(part.outcome) for part in first.parts} == {outcome}
