from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lpr_core.augment.photo_options import PhotoOptions
from lpr_core.backbones import build as backbones
from lpr_core.data.batches import BatchOptions
from lpr_core.pictures.cuts import cut_region
from lpr_core.tasks.refining import TASK, RefiningConfig
from lpr_core.tasks.refining.batches import mirror_target
from lpr_core.tasks.refining.cuts import decode_plates, encode_plate, enlarge_box, shift_edges
from lpr_core.training.fit import train_run
from lpr_core.training.runs import history_columns
from tests.kit.drawn_signs import NORTH, write_sign_photos
from tests.kit.finding_kit import COUNTS
from tests.kit.training_kit import make_training_config, tiny_backbone

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
EDGES = np.array([20.0, 10, 60, 30])
CORNERS = np.array([[20.0, 12], [58, 10], [60, 28], [22, 30]])


def test_a_cut_is_enlarged_on_each_side():
    np.testing.assert_allclose(enlarge_box(EDGES, 0.25), [10, 5, 70, 35])


def test_no_edge_lies_further_off_than_the_limit():
    moved = shift_edges(EDGES, np.array([0.1, -9, 9, 0]), 0.2)
    np.testing.assert_allclose(moved, [24, 6, 68, 30])


def test_targets_lead_back():
    cut = np.array([10.0, 0, 70, 40])
    target = encode_plate(EDGES, CORNERS, cut)
    edges, corners = decode_plates(np.delete(target, [4, 13, 14])[None], cut[None])
    np.testing.assert_allclose(edges[0], EDGES, atol=1e-5)
    np.testing.assert_allclose(corners[0].reshape(4, 2), CORNERS, atol=1e-5)
    assert (target[4], target[13], target[14]) == (1, 1, 1)
    other = encode_plate(EDGES, CORNERS, cut, is_plate=False)
    assert (other[4], other[13], other[14]) == (0, 0, 0)
    assert encode_plate(EDGES, CORNERS * np.nan, cut)[13] == 0


def test_a_mirrored_target_is_that_of_the_mirrored_plate():
    cut = np.array([10.0, 0, 70, 40])
    mirrored = CORNERS[[1, 0, 3, 2]] * [-1, 1] + [80, 0]
    edges = np.array([20.0, 10, 60, 30])
    expected = encode_plate(edges, mirrored, cut)
    np.testing.assert_allclose(mirror_target(encode_plate(EDGES, CORNERS, cut)), expected)


def test_a_region_is_cut_between_pixels_and_over_the_rim():
    ramp = np.zeros((20, 40, 3), np.uint8)
    ramp[:] = (np.arange(40) * 5)[None, :, None]
    same = cut_region(ramp, np.array([4.0, 2, 12, 8]), (6, 8))
    np.testing.assert_array_equal(same, ramp[2:8, 4:12])
    half = cut_region(ramp, np.array([4.5, 2, 12.5, 8]), (6, 8))
    np.testing.assert_allclose(half[0, :, 0], ramp[0, 4:12, 0] + 2.5, atol=1)
    small = cut_region(ramp, np.array([0.0, 0, 40, 20]), (5, 10))
    np.testing.assert_allclose(small[2, :, 0], np.arange(10) * 20 + 7.5, atol=2)
    out = cut_region(ramp, np.array([-8.0, -4, 8, 4]), (8, 16))
    assert not out[:, :8].any()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("refining")
    manifest = write_sign_photos(folder / "photos", NORTH, COUNTS, seed=0, size=64)
    # Limits are the plates here, and all other signs what is to be told apart.
    manifest.write_text(manifest.read_text().replace("limit", "plate"))
    network = RefiningConfig(height=16, width=32, dense_units=8)
    config = make_training_config(
        manifest,
        network,
        epochs=2,
        steps_per_epoch=2,
        batch_size=4,
        photos=PhotoOptions(mirror_share=0.5),
        scene_share=0.5,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(backbones._BACKBONES, "compact", tiny_backbone())
        yield config, train_run(config, folder / "run")


def test_a_run_is_trained_and_scored(run):
    _, folder = run
    assert list(folder.read_history()) == list(history_columns(TASK))
    table, metrics = folder.read_predictions(), folder.read_metrics()
    scores = TASK.score_units(table, table)
    is_plate = table["is_plate"] == 1
    assert scores[is_plate].mean() == pytest.approx(metrics["overlap"], abs=1e-3)
    assert 0 <= metrics["near_edges"] <= 1


def test_a_network_that_has_not_learned_leaves_boxes_as_they_are(run):
    config, _ = run
    examples = TASK.read_examples(Path(config.manifest), config.network)
    network = TASK.build_graph(config.network)
    pictures = TASK.read_pictures(examples, config.network).astype(np.float32)
    said = network.predict_on_batch(pictures)
    truth = TASK.encode_targets(examples, config.network)
    baseline = TASK.measure_baseline(examples, examples, config.network)
    assert TASK.score(truth, said, config.network)["overlap"] == pytest.approx(
        baseline["overlap"], abs=0.05
    )


def test_drawn_plates_teach_corners_and_photos_edges(run):
    config, _ = run
    examples = TASK.read_examples(Path(config.manifest), config.network)
    options = BatchOptions(8, photos=PhotoOptions(), scene_share=1.0)
    scenes = TASK.make_batches(examples, config.network, options)[0][1]
    photos = TASK.make_batches(examples, config.network, BatchOptions(8))[0][1]
    assert set(scenes[:, 13]) == {1.0}
    assert set(scenes[:, 4]) == {0.0}
    assert set(photos[:, 4]) == {0.0, 1.0}
    np.testing.assert_array_equal(photos[:, 4], photos[:, 14])
    assert isinstance(examples, pd.DataFrame)


def test_a_network_may_leave_verifying_to_others(run):
    config, _ = run
    network = config.network.model_copy(update={"verifies": False})
    examples = TASK.read_examples(Path(config.manifest), network)
    assert examples["is_plate"].all()
    assert TASK.build_graph(network).output_shape == (None, 12)
    truth = TASK.encode_targets(examples, network)
    outputs = np.delete(truth, [4, 13, 14], axis=1)
    assert TASK.score(truth, outputs, network)["told_apart"] == 0
    assert TASK.measure(truth, outputs, 0.0, network)["loss"] == pytest.approx(0, abs=1e-6)


def test_what_is_no_plate_counts_for_the_verdict_alone():
    cut = np.array([10.0, 0, 70, 40])
    truth = np.stack([encode_plate(EDGES, CORNERS, cut, is_plate=one) for one in (True, False)])
    right = np.delete(truth, [4, 13], axis=1)
    right[:, 12] = [9, -9]
    right[1, :12] = 0.7  # anything
    loss = TASK.make_loss(RefiningConfig(), 0.0)
    assert float(loss(truth, right)) == pytest.approx(0, abs=1e-3)
    wrong = right.copy()
    wrong[:, 12] = [-9, -9]
    scores = TASK.score(truth, wrong, RefiningConfig())
    assert (scores["overlap"], scores["told_apart"]) == (pytest.approx(1), 0.5)
    assert float(loss(truth, wrong)) == pytest.approx(9 * 0.5 / 2, rel=1e-3)
