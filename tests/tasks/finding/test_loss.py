import keras
import numpy as np
import pytest

from lpr_core.tasks.finding.boxes.matching import IGNORED, TRUTH_WIDTH
from lpr_core.tasks.finding.loss import FindingLoss, measure_loss, split_loss
from tests.kit.finding_kit import make_finding_config

CONFIG = make_finding_config(classes=("plate",), box_weight=2.0)


def split(targets, outputs, config=CONFIG):
    return [float(part) for part in split_loss(targets, outputs, config)]


def make_batch(num_photos=2, num_boxes=8):
    targets = np.zeros((num_photos, num_boxes, TRUTH_WIDTH), np.float32)
    return targets, np.zeros((num_photos, num_boxes, CONFIG.num_outputs), np.float32)


def test_each_positive_counts_with_its_three_worst_negatives_of_the_whole_batch():
    targets, outputs = make_batch()
    targets[0, 0, 0] = 1
    outputs[1, :4, 1] = [1, 2, 3, 4]  # wrongly sure: all of the worst stand in the second photo
    class_loss, *_ = split(targets, outputs)
    worst = np.log1p(np.exp([4, 3, 2]))
    assert class_loss == pytest.approx(np.log(2) + worst.sum(), rel=1e-5)


def test_boxes_that_are_ignored_are_no_negatives():
    targets, outputs = make_batch()
    targets[0, 0, 0] = 1
    before = split(targets, outputs)
    targets[1, 0, 0] = IGNORED
    outputs[1, 0, 1] = 50
    assert split(targets, outputs) == pytest.approx(before)


def test_offsets_count_where_there_is_a_thing_and_corners_where_they_are_known():
    targets, outputs = make_batch()
    targets[0, :2, 0] = 1
    targets[0, 0, 1:5], targets[0, 1, 1:5] = [0.5, 0, 0, 0], [3, 0, 0, 0]
    targets[0, :2, 5:13] = 1
    targets[0, 0, 13] = 1
    targets[1, 3, 1:5] = 9  # on background
    _, box_loss, corner_loss = split(targets, outputs)
    assert box_loss == pytest.approx((0.125 + 2.5) / 2)
    assert corner_loss == pytest.approx(8 * 0.5 / 2)


def test_without_a_thing_the_loss_is_zero_and_has_a_gradient():
    targets, outputs = make_batch()
    assert split(targets, outputs) == [0, 0, 0]
    loss = FindingLoss(CONFIG)
    assert float(loss(targets, outputs)) == 0
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8 * CONFIG.num_outputs)])
    model.add(keras.layers.Reshape((8, CONFIG.num_outputs)))
    model.compile("sgd", loss, run_eagerly=True)
    before = model.get_weights()
    assert model.train_on_batch(np.ones((2, 4)), targets) == 0
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_loss_is_the_weighted_sum_and_can_be_made_again():
    rng = np.random.default_rng(0)
    targets, outputs = make_batch()
    targets[0, :2] = rng.normal(size=(2, TRUTH_WIDTH))
    targets[0, :2, [0, 13]] = 1
    outputs += rng.normal(size=outputs.shape)
    classes, boxes, corners = split(targets, outputs)
    again = FindingLoss.from_config(FindingLoss(CONFIG).get_config())
    assert float(again(targets, outputs)) == pytest.approx(
        classes + 2 * boxes + 0.5 * corners, rel=1e-5
    )


def test_validation_is_measured_in_batches_as_in_training():
    rng = np.random.default_rng(1)
    defaults = np.array([[0.3, 0.3, 0.2, 0.2], [0.7, 0.7, 0.2, 0.2]], np.float32)
    truth = np.zeros((3, 1, TRUTH_WIDTH), np.float32)
    truth[:, 0, :5] = [1, 0.2, 0.2, 0.4, 0.4]
    outputs = rng.normal(size=(3, 2, CONFIG.num_outputs)).astype(np.float32)
    whole = measure_loss(truth, outputs, defaults, CONFIG, chunk=2)
    first = measure_loss(truth[:2], outputs[:2], defaults, CONFIG, chunk=2)
    last = measure_loss(truth[2:], outputs[2:], defaults, CONFIG, chunk=2)
    assert whole["loss"] == pytest.approx((first["loss"] + last["loss"]) / 2, rel=1e-6)
    assert set(whole) == {"loss", "class_loss", "box_loss", "corner_loss"}
