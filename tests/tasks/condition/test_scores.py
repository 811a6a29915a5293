"""Scores of two classes: what is all right, all wrong, guessed, and of one class alone."""

import numpy as np
import pytest

from lpr_core.tasks.condition.scores import SCORES, measure_loss, score_chances

TRUTH = np.array([0, 0, 0, 1, 1])


def scores_of(*chances: float) -> tuple[float, ...]:
    scores = score_chances(TRUTH, np.array(chances))
    return tuple(round(scores[name], 3) for name in SCORES)


def test_all_right_all_wrong_and_the_usual_class():
    assert scores_of(0.1, 0.2, 0.3, 0.8, 0.9) == (1, 1, 1)
    assert scores_of(0.9, 0.8, 0.7, 0.2, 0.1) == (0, 0, 0)
    assert scores_of(0.1, 0.1, 0.1, 0.1, 0.1) == (0.6, 0.5, 0.5)
    assert scores_of(0.1, 0.2, 0.6, 0.4, 0.9) == (0.6, round((2 / 3 + 1 / 2) / 2, 3), 0.833)


def test_intervals_hold_their_score_and_narrow_with_more_pictures():
    rng = np.random.default_rng(0)
    widths = []
    for count in (50, 5000):
        truth = rng.integers(0, 2, count)
        chances = np.clip(truth * 0.3 + rng.random(count) * 0.7, 0, 1)
        scores = score_chances(truth, chances)
        for name in SCORES:
            low, high = scores[f"{name}_interval"]
            assert 0 <= low <= scores[name] <= high <= 1
        low, high = scores["area_under_curve_interval"]
        widths.append(high - low)
    assert widths[1] < widths[0] / 5


def test_one_class_alone_has_no_curve():
    scores = score_chances(np.ones(4), np.array([0.9, 0.8, 0.7, 0.2]))
    assert (scores["picture_accuracy"], scores["balanced_accuracy"]) == (0.75, 0.75)
    assert scores["area_under_curve"] == 0.5
    assert scores["class_accuracy"] == [None, 0.75]


def test_calibration_of_the_honest_and_of_the_sure():
    rng = np.random.default_rng(0)
    honest = rng.random(20_000)
    truth = rng.random(20_000) < honest
    assert score_chances(truth, honest)["calibration_error"] < 0.02
    sure = (honest > 0.5).astype(float)
    assert score_chances(truth, sure)["calibration_error"] == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize(("smoothing", "weight"), [(0.0, 1.0), (0.1, 3.0)])
def test_the_loss_is_the_training_s_own(smoothing, weight):
    from lpr_core.tasks.condition.network import WeightedCrossentropy

    truth = np.array([[0.0], [1.0], [1.0]], np.float32)
    chances = np.array([[0.2], [0.7], [0.4]], np.float32)
    told = measure_loss(truth, chances, smoothing, weight)["loss"]
    assert told == pytest.approx(
        float(WeightedCrossentropy(weight, smoothing)(truth, chances)), 1e-5
    )
