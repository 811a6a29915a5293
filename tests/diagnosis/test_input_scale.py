import keras
import numpy as np
import pytest

from lpr_core.backbones.build import find_backbone
from lpr_core.backbones.facts import backbone_names
from lpr_core.diagnosis.input_scale import SCALES, measure_inputs, measure_scales
from lpr_core.diagnosis.probes import Parts
from lpr_core.evidence.suspects.judges import judge_scale

SLOTS, SYMBOLS = 2, 3


def plant_plates():
    """Truth and pictures whose halves show a grey for each symbol."""
    rng = np.random.default_rng(0)
    truth = Parts(rng.integers(0, SYMBOLS, (150, SLOTS)), rng.integers(0, SYMBOLS, (90, SLOTS)))
    pictures = Parts(*(np.zeros((len(texts), 4, 8, 3), np.uint8) for texts in truth))
    for texts, part in zip(truth, pictures, strict=True):
        for slot in range(SLOTS):
            greys = np.array([0, 127, 255])[texts[:, slot]]
            part[:, :, 4 * slot : 4 * slot + 4] = greys[:, None, None, None]
    return truth, pictures


def build_network(factor, stored_mean, stored_variance):
    """Sees three greys behind its normalisation, each by a step of its own.

    With a wrong range all pictures look alike: they are below the first step, or above the last.
    """
    image = keras.Input((4, 8, 3))
    features = keras.layers.Rescaling(factor, name="preprocess")(image)
    norm = keras.layers.BatchNormalization(name="bn")
    features = norm(keras.layers.AveragePooling2D(4)(features))
    steps = [keras.ops.sigmoid(50 * (features - edge)) for edge in (-0.6, 0.6)]
    network = keras.Model(image, keras.layers.Concatenate()(steps))
    norm.set_weights(
        [np.ones(3), np.zeros(3), np.full(3, stored_mean), np.full(3, stored_variance)]
    )
    return network


def diagnose(factor, stored_mean, stored_variance):
    truth, pictures = plant_plates()
    network = build_network(factor, stored_mean, stored_variance)
    return measure_scales(network, pictures, truth, SYMBOLS, "attention")


def test_the_right_range_is_cleared():
    found = diagnose(1 / 255, 0.5, 0.167)
    right, *wrong = found.scales
    assert right.name == "0 to 255"
    assert right.inputs == pytest.approx((0, 1))
    assert right.accuracy > 0.95
    assert right.norm_shift < 0.1
    for scale in wrong:
        assert scale.accuracy < right.accuracy - 0.2
        assert scale.spread < 0.1 * right.spread  # all plates look alike
        assert scale.norm_shift > 1
    assert judge_scale(found).verdict == "cleared"


def test_a_backbone_that_wants_another_range_is_guilty():
    found = diagnose(1.0, 0.5, 0.167)  # it has no preprocessing and was made for 0 to 1
    right, zero_to_one, _ = found.scales
    assert zero_to_one.accuracy > 0.95 > right.accuracy
    assert zero_to_one.norm_shift < 0.1 < right.norm_shift
    suspect = judge_scale(found)
    assert suspect.verdict == "guilty"
    assert "the preprocessing is wrong" in suspect.sentence


@pytest.mark.parametrize("name", backbone_names())
def test_another_range_leaves_no_contrast_in_any_backbone(name):
    inputs = measure_inputs(find_backbone(name).preprocess())
    assert list(inputs) == list(SCALES)
    contrasts = {scale: high - low for scale, (low, high) in inputs.items()}
    # Between the channels' own extremes: their offsets differ by up to 14 % of the contrast.
    right = contrasts["0 to 255"]
    assert contrasts["0 to 1"] < 0.15 * right
    assert contrasts["-1 to 1"] < 0.16 * right
