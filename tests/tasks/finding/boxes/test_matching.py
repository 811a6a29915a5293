import numpy as np
import pytest

from lpr_core.tasks.finding.boxes.decoding import BoxDecoder
from lpr_core.tasks.finding.boxes.geometry import overlap_boxes, suppress_boxes, to_edges
from lpr_core.tasks.finding.boxes.levels import grid_boxes
from lpr_core.tasks.finding.boxes.matching import IGNORED, TRUTH_WIDTH, encode_truth, match_boxes
from tests.kit.finding_kit import make_finding_config

DEFAULTS = grid_boxes(4, 4, [(0.25, 0.25), (0.5, 0.3)])


def thing(class_index, edges, corners=None):
    row = np.zeros(TRUTH_WIDTH, np.float32)
    row[0], row[1:5] = class_index, edges
    if corners is not None:
        row[5:13], row[13] = corners, 1
    return row


def test_overlaps():
    boxes = np.array([[0, 0, 2, 2], [5, 5, 6, 6]], np.float32)
    others = np.array([[1, 0, 3, 2], [0, 0, 2, 2]], np.float32)
    np.testing.assert_allclose(overlap_boxes(boxes, others), [[1 / 3, 1], [0, 0]], atol=1e-6)


def test_each_thing_has_its_best_box_and_all_that_overlap_it_enough():
    overlaps = np.array([[0.3, 0.6, 0.55, 0.1, 0.45], [0.2, 0.7, 0.1, 0.15, 0.0]], np.float32)
    # The second thing takes the second box, which both overlap most; the first has its next best.
    assert match_boxes(overlaps, 0.5, 0.4).tolist() == [-1, 1, 0, -1, -2]
    assert match_boxes(overlaps * 0.1, 0.5, 0.4).tolist() == [-1, 1, 0, -1, -1]


def test_targets_lead_back_to_the_thing_and_its_corners():
    edges = np.array([0.1, 0.1, 0.4, 0.3], np.float32)
    corners = np.array([0.1, 0.12, 0.4, 0.1, 0.4, 0.28, 0.1, 0.3], np.float32)
    config = make_finding_config(match_from=0.4, ignore_from=0.3)
    targets = encode_truth(np.stack([thing(2, edges, corners), thing(0, edges)]), DEFAULTS, config)
    rows = np.flatnonzero(targets[:, 0] > 0)
    assert set(targets[rows, 0]) == {2.0}
    assert (targets[rows, 13] == 1).all()
    said = np.full((len(DEFAULTS), config.num_outputs), -9, np.float32)
    said[:, 0] = 9
    said[rows, 2], said[rows, 0] = 9, -9
    said[rows, 5:] = targets[rows, 1:13]
    found = BoxDecoder(DEFAULTS, 4, has_corners=True).decode(said)
    assert found.classes.tolist() == [2]
    np.testing.assert_allclose(found.edges, [edges], atol=1e-6)
    np.testing.assert_allclose(found.corners, [corners], atol=1e-6)


def test_boxes_that_nearly_fit_learn_nothing():
    config = make_finding_config(match_from=0.9, ignore_from=0.2)
    targets = encode_truth(thing(1, [0.1, 0.1, 0.4, 0.3])[None], DEFAULTS, config)
    assert (targets[:, 0] > 0).sum() == 1
    assert (targets[:, 0] == IGNORED).any()


def test_a_photo_without_things_has_background_alone():
    targets = encode_truth(np.zeros((2, TRUTH_WIDTH), np.float32), DEFAULTS, make_finding_config())
    assert not targets.any()


def test_of_boxes_that_overlap_the_surest_stays():
    edges = np.array([[0, 0, 1, 1], [0, 0, 1, 0.9], [0.5, 0, 1.5, 1]], np.float32)
    assert suppress_boxes(edges, np.array([0.5, 0.9, 0.8]), 0.45).tolist() == [1, 2]


def test_classes_do_not_suppress_each_other_and_unsure_boxes_are_left_out():
    said = np.zeros((len(DEFAULTS), 7), np.float32)
    said[:, 0] = 12
    said[0, :3], said[1, :3], said[2, :3] = [0, 5, 0], [0, 0, 4], [0, -2, -2]
    found = BoxDecoder(DEFAULTS, 2, has_corners=False, least_score=0.3).decode(said)
    assert found.classes.tolist() == [1, 2]
    assert found.scores == pytest.approx([1 / (1 + 2 * np.exp(-5)), 1 / (1 + 2 * np.exp(-4))])
    np.testing.assert_allclose(found.edges, np.clip(to_edges(DEFAULTS[:2]), 0, 1), atol=1e-6)
    assert np.isnan(found.corners).all()


def test_nothing_may_be_found():
    said = np.zeros((len(DEFAULTS), 7), np.float32)
    said[:, 0] = 20
    assert len(BoxDecoder(DEFAULTS, 2, has_corners=False).decode(said)) == 0
