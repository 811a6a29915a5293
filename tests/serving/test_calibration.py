import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from lpr_core.plates.format import PlateFormat
from lpr_core.plates.metrics import expected_calibration_error
from lpr_core.serving.calibration import (
    Calibration,
    apply_temperature,
    fit_calibration,
    fit_plate_map,
    fit_temperature,
)

SHORT = PlateFormat(name="short", slots=3, alphabet="ABCD")


def draw_plates(count, sharpness, seed=0):
    """Return probabilities that are honest at `sharpness` 1, and the truths drawn from them."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (count, SHORT.slots, SHORT.num_symbols))
    honest = softmax(logits, axis=-1)
    truth = (rng.random((count, SHORT.slots, 1)) > honest.cumsum(-1)).sum(-1)
    return softmax(logits * sharpness, axis=-1).astype(np.float32), truth


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_temperature_undoes_a_known_sharpness(sharpness):
    assert fit_temperature(*draw_plates(4000, sharpness)) == pytest.approx(sharpness, rel=0.05)


def test_temperature_is_the_minimum_of_the_loss():
    probabilities, truth = draw_plates(500, 2.0)
    found = fit_temperature(probabilities, truth)

    def loss(temperature):
        calibrated = apply_temperature(probabilities, temperature)
        return -np.log(np.take_along_axis(calibrated, truth[..., None], -1)).mean()

    assert loss(found) < min(loss(found * 1.05), loss(found / 1.05))


def test_temperature_survives_certain_and_wrong_slots():
    probabilities = np.zeros((2, 3, 4), np.float32)
    probabilities[..., 0] = 1
    surely_wrong = fit_temperature(probabilities, np.ones((2, 3), np.int64))
    surely_right = fit_temperature(probabilities, np.zeros((2, 3), np.int64))
    assert 0 < surely_right < 1 < surely_wrong < np.inf


@pytest.mark.parametrize(
    ("probabilities_shape", "truth_shape"), [((0, 3, 4), (0, 3)), ((2, 3, 4), (1, 3))]
)
def test_temperature_needs_plates(probabilities_shape, truth_shape):
    with pytest.raises(ValueError, match="at least one plate"):
        fit_temperature(np.ones(probabilities_shape), np.zeros(truth_shape, np.int64))


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=35).filter(lambda row: sum(row) > 0.1),
    st.floats(0.05, 20),
)
def test_any_temperature_gives_probabilities_in_the_same_order(row, temperature):
    probabilities = np.array(row) / sum(row)
    calibrated = apply_temperature(probabilities, temperature)
    assert calibrated.sum() == pytest.approx(1)
    assert (np.diff(calibrated[np.argsort(probabilities)]) >= -1e-12).all()


def test_temperature_one_changes_nothing():
    probabilities, _ = draw_plates(5, 1.0)
    before = probabilities.copy()
    np.testing.assert_allclose(apply_temperature(probabilities, 1.0), probabilities, atol=1e-7)
    np.testing.assert_array_equal(probabilities, before)


def test_plate_map_finds_how_over_confident_plates_are():
    rng = np.random.default_rng(1)
    log_odds = rng.normal(2, 2, 20_000)
    right = rng.random(20_000) < 1 / (1 + np.exp(-(0.5 * log_odds - 1)))
    slope, intercept = fit_plate_map(-np.log1p(np.exp(-log_odds)), right)
    assert (slope, intercept) == (pytest.approx(0.5, abs=0.05), pytest.approx(-1, abs=0.1))


@pytest.mark.parametrize("right", [True, False])
def test_few_plates_move_the_map_little(right):
    slope, intercept = fit_plate_map(np.log([0.9, 0.8, 0.95]), np.full(3, right))
    calibration = Calibration(plate_slope=slope, plate_intercept=intercept)
    assert 0.1 < calibration.plate_confidence(np.log(0.9)) < 0.99


def test_no_plates_leave_the_identity():
    slope, intercept = fit_plate_map(np.array([]), np.array([], bool))
    assert (slope, intercept) == (pytest.approx(1), pytest.approx(0))


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.floats(-50, 0), st.booleans()), min_size=1, max_size=30),
    st.floats(-50, 0),
    st.floats(-50, 0),
)
def test_plate_map_keeps_the_order(plates, one, other):
    log_probabilities, right = map(np.array, zip(*plates, strict=True))
    slope, intercept = fit_plate_map(log_probabilities, right)
    calibration = Calibration(plate_slope=slope, plate_intercept=intercept)
    low, high = sorted([one, other])
    assert 0 < calibration.plate_confidence(low) <= calibration.plate_confidence(high) < 1


def test_identity_keeps_the_posterior():
    assert Calibration().plate_confidence(np.log(0.7)) == pytest.approx(0.7)


@pytest.mark.parametrize("log_probability", [-np.inf, -1000.0, 0.0, 1e-12])
def test_confidence_of_extremes_stays_inside(log_probability):
    assert 0 < Calibration().plate_confidence(log_probability) < 1


@pytest.mark.parametrize(
    "values", [{"temperature": 0}, {"plate_slope": -1}, {"temperature": "nan"}]
)
def test_impossible_calibration_is_refused(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        Calibration(**values)


def test_fitted_calibration_is_honest_on_other_plates():
    sharp, truth = draw_plates(1500, 2.5, seed=3)
    calibration = fit_calibration(sharp, truth, SHORT)
    assert calibration.num_plates == 1500
    other, other_truth = draw_plates(1500, 2.5, seed=4)

    def calibration_error(maps):
        slots = maps.slot_probabilities(other)
        confidence = np.array([maps.plate_confidence(row) for row in np.log(slots.max(-1)).sum(-1)])
        return expected_calibration_error(confidence, (slots.argmax(-1) == other_truth).all(-1))

    assert calibration_error(calibration) < 0.05 < 0.2 < calibration_error(Calibration())
