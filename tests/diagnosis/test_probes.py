import numpy as np
import pytest

from lpr_core.diagnosis.probes import PENALTIES, Parts, fit_ridge, probe_slots

SLOTS, SYMBOLS = 3, 5


def plant_truth(num_train=200, num_validation=100, seed=0):
    rng = np.random.default_rng(seed)
    return Parts(*(rng.integers(0, SYMBOLS, (n, SLOTS)) for n in (num_train, num_validation)))


def encode(truth):
    """One-hot features `(N, S * V)`."""
    return Parts(*(np.eye(SYMBOLS)[part].reshape(len(part), -1) for part in truth))


def test_what_is_there_is_read():
    truth = plant_truth()
    probe = probe_slots(encode(truth), truth, SYMBOLS)
    assert probe.accuracy == 1
    assert probe.train_accuracy == 1
    assert probe.scores.shape == (100, SLOTS, SYMBOLS)
    assert probe.penalty in PENALTIES


def test_noise_is_not_read():
    truth = plant_truth(400, 400)
    rng = np.random.default_rng(1)
    noise = Parts(*(rng.normal(size=(len(part), 60)) for part in truth))
    assert probe_slots(noise, truth, SYMBOLS).accuracy == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize("extra", [0, 900], ids=["fewer numbers than plates", "more"])
def test_ridge_is_the_textbook_solution(extra):
    rng = np.random.default_rng(0)
    features = Parts(rng.normal(3, 2, (60, 8 + extra)), rng.normal(3, 2, (20, 8 + extra)))
    targets = rng.normal(size=(60, 2)).astype(np.float32)
    fit = fit_ridge(features, targets, lambda *_: 0.0)  # all equal: the first penalty is taken
    mean, spread = features.train.mean(axis=0), features.train.std(axis=0)
    train, other = ((part - mean) / spread for part in features)
    product = train.T @ train
    lengths = np.linalg.eigvalsh(product)
    size = PENALTIES[0] * lengths[lengths > 1e-6 * lengths[-1]].mean()
    slopes = np.linalg.solve(
        product + size * np.eye(8 + extra), train.T @ (targets - targets.mean(axis=0))
    )
    expected = other @ slopes + targets.mean(axis=0)
    np.testing.assert_allclose(fit.predictions.validation, expected, atol=2e-3)
    assert fit.penalty == PENALTIES[0]


def test_scale_and_shift_of_a_feature_do_not_matter():
    truth = plant_truth()
    rng = np.random.default_rng(2)
    plain = Parts(*(part + rng.normal(0, 0.8, part.shape) for part in encode(truth)))
    factors = 10.0 ** rng.integers(-3, 3, plain.train.shape[1])
    scaled = Parts(*(part * factors + 5 for part in plain))
    assert probe_slots(plain, truth, SYMBOLS).accuracy == pytest.approx(
        probe_slots(scaled, truth, SYMBOLS).accuracy, abs=0.02
    )


def test_dead_features_give_the_most_frequent_symbol():
    truth = Parts(np.array([[1, 2, 3]] * 8 + [[0, 0, 0]] * 2), np.array([[1, 2, 3], [0, 0, 0]]))
    dead = Parts(np.zeros((10, 4)), np.ones((2, 4)))
    assert probe_slots(dead, truth, SYMBOLS).correct.tolist() == [[True] * 3, [False] * 3]


def test_validation_plates_decide_nothing():
    truth = plant_truth()
    rng = np.random.default_rng(3)
    noisy = Parts(*(part + rng.normal(0, 1, part.shape) for part in encode(truth)))
    whole = probe_slots(noisy, truth, SYMBOLS)
    part = probe_slots(
        Parts(noisy.train, noisy.validation[:7]), Parts(truth.train, truth.validation[:7]), SYMBOLS
    )
    assert part.penalty == whole.penalty
    np.testing.assert_allclose(part.scores, whole.scores[:7], atol=1e-5)


def test_inputs_stay_and_equal_calls_are_equal():
    truth = plant_truth()
    features = encode(truth)
    copies = [part.copy() for part in features]
    first, second = (probe_slots(features, truth, SYMBOLS) for _ in range(2))
    np.testing.assert_array_equal(first.scores, second.scores)
    for part, copy in zip(features, copies, strict=True):
        np.testing.assert_array_equal(part, copy)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (Parts(np.zeros((9, 2)), np.zeros((3, 2))), "must have the same plates"),
        (Parts(np.zeros((4, 2)), np.zeros((3, 2))), "must have the same plates"),
    ],
)
def test_rows_must_fit(features, message):
    truth = Parts(np.zeros((10, 3), int), np.zeros((3, 3), int))
    with pytest.raises(ValueError, match=message):
        probe_slots(features, truth, 4)


def test_too_few_plates():
    truth = Parts(np.zeros((4, 3), int), np.zeros((3, 3), int))
    with pytest.raises(ValueError, match="at least 5 plates"):
        probe_slots(Parts(np.zeros((4, 2)), np.zeros((3, 2))), truth, 4)
