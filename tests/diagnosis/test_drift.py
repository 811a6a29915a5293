import keras
import numpy as np
import pytest

from lpr_core.diagnosis.drift import (
    compare_backbones,
    linear_cka,
    measure_drift,
    measure_weight_change,
)
from lpr_core.diagnosis.probes import Parts
from lpr_core.evidence.suspects.judges import judge_drift

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def draw_features(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize(("debiased", "published"), [(False, 0.55761), (True, 0.51346)])
def test_cka_of_the_published_example(debiased, published):
    """Figures printed by the authors' notebook.

    https://github.com/google-research/google-research/blob/master/representation_similarity/Demo.ipynb
    """
    rng = np.random.RandomState(1337)
    first = rng.randn(100, 10)
    second = rng.randn(100, 10) + first
    assert linear_cka(first, second, debiased=debiased) == pytest.approx(published, abs=5e-6)


def test_plain_cka_by_hand():
    # Centred, the Gram matrices are outer products of a = (-3, -1, 1, 3) and b = (-1, 1, 1, -1):
    # orthogonal, so 0; with itself, 1; with c = (-1, -1, 1, 1): (a.c)^2 / (a.a c.c) = 64 / 80.
    a, b, c = (np.array([row]).T for row in ([0, 2, 4, 6], [0, 2, 2, 0], [5, 5, 7, 7]))
    assert linear_cka(a, b, debiased=False) == pytest.approx(0)
    assert linear_cka(a, a, debiased=False) == pytest.approx(1)
    assert linear_cka(a, c, debiased=False) == pytest.approx(0.8)


@pytest.mark.parametrize("debiased", [True, False])
def test_cka_knows_no_rotation_scale_or_shift(debiased):
    features = draw_features(40, 6)
    rotation, _ = np.linalg.qr(draw_features(6, 6, seed=1))
    other = 3 * features @ rotation + 7
    assert linear_cka(features, other, debiased=debiased) == pytest.approx(1)
    assert linear_cka(features, other * [1, 1, 1, 9, 9, 9], debiased=debiased) < 0.95


def test_unrelated_features_score_low_only_when_debiased():
    first, second = draw_features(50, 2000), draw_features(50, 2000, seed=1)
    assert linear_cka(first, second, debiased=False) > 0.9  # the trap
    assert linear_cka(first, second) == pytest.approx(0, abs=0.1)


def test_cka_is_symmetric_and_takes_maps():
    first, second = draw_features(20, 2, 3, 4), draw_features(20, 5, seed=1)
    assert linear_cka(first, second) == pytest.approx(linear_cka(second, first))
    assert linear_cka(first, second) == pytest.approx(linear_cka(first.reshape(20, 24), second))


def test_cka_of_dead_features():
    assert linear_cka(np.ones((10, 3)), draw_features(10, 3)) == 0


@pytest.mark.parametrize(("first", "second"), [(10, 9), (3, 3)])
def test_cka_needs_the_same_examples(first, second):
    with pytest.raises(ValueError, match=f"at least 4. Received: {first} and {second}"):
        linear_cka(np.zeros((first, 2)), np.zeros((second, 2)))


def build_network(seed=0):
    image = keras.Input((8, 16, 3))
    initializer = keras.initializers.RandomNormal(seed=seed)
    features = image
    for name, filters in (("first", 4), ("second", 5), ("third", 6)):
        features = keras.layers.Conv2D(
            filters, 3, strides=2, padding="same", name=name, kernel_initializer=initializer
        )(features)
        features = keras.layers.BatchNormalization(name=f"{name}_bn")(features)
    return keras.Model(image, features, name="backbone")


def test_drift_finds_the_layer_that_moved():
    before, after = build_network(), build_network()
    after.set_weights(before.get_weights())
    third = after.get_layer("third")
    kernel, bias = third.get_weights()
    third.set_weights([kernel + 2 * np.linalg.norm(kernel) / kernel.size**0.5, bias])
    pictures = np.random.default_rng(0).integers(0, 256, (40, 8, 16, 3), np.uint8)
    layers = compare_backbones(before, after, pictures)
    assert [layer.name for layer in layers] == ["first", "second", "third"]
    assert [layer.weight_change for layer in layers] == pytest.approx([0, 0, 2])
    assert [layer.cka for layer in layers[:2]] == pytest.approx([1, 1])
    assert layers[2].cka < 0.9


def test_weight_change_by_hand():
    before, after = (keras.layers.Dense(1) for _ in range(2))
    for layer, weights in ((before, [3, 0, 4]), (after, [3, 5, 4])):
        layer.build((None, 2))
        layer.set_weights([np.array(weights[:2], float)[:, None], np.array(weights[2:], float)])
    assert measure_weight_change(before, after) == pytest.approx(1)  # |(0, 5, 0)| / |(3, 0, 4)|
    assert measure_weight_change(before, before) == 0


def plant_features(truth, noise):
    rng = np.random.default_rng(3)
    rows = (np.eye(4)[part].reshape(len(part), -1) for part in truth)
    return Parts(*(row + rng.normal(0, noise, row.shape) for row in rows))


@pytest.mark.parametrize(
    ("frozen_noise", "tuned_noise", "verdict"),
    [(4.0, 0.1, "guilty"), (0.1, 0.1, "cleared"), (0.1, 4.0, "cleared")],
    ids=["tuning finds what frozen lacks", "frozen has it already", "tuning destroys"],
)
def test_verdict_on_planted_features(frozen_noise, tuned_noise, verdict):
    rng = np.random.default_rng(0)
    truth = Parts(rng.integers(0, 4, (200, 3)), rng.integers(0, 4, (100, 3)))
    before, after = build_network(), build_network(seed=1)
    pictures = rng.integers(0, 256, (20, 8, 16, 3), np.uint8)
    found = measure_drift(
        compare_backbones(before, after, pictures),
        plant_features(truth, frozen_noise),
        plant_features(truth, tuned_noise),
        truth,
        4,
        "planted",
    )
    assert judge_drift(found).verdict == verdict
