"""The finder that is shipped: small, traceable, and it finds a drawn plate."""

import numpy as np
import pytest

from lpr_core.places import shipped_finder_dir
from lpr_core.serving.finding.finder import Finder
from lpr_core.synthesis.scenes import SceneOptions, draw_scene
from lpr_core.tasks.finding.boxes.geometry import overlap_boxes

MAX_BYTES = 12_000_000


@pytest.fixture(scope="module")
def finder():
    return Finder.load()


def test_it_is_small():
    assert sum(path.stat().st_size for path in shipped_finder_dir().iterdir()) < MAX_BYTES


def test_its_card_says_where_it_comes_from(finder):
    card = finder.card
    assert card.classes == ("plate",)
    for record in (card.provenance, card.refiner.provenance):
        assert record["state"] == "finished"
        assert record["device"]["processor"]
        assert record["config"]["train_split"] == "train"
        assert record["config"]["validation_split"] == "validation"
    assert card.provenance["config"]["manifest"] == "plate-photos/manifest.csv"
    assert card.provenance["threshold_chosen_on"] == "plate-photos/validation"
    assert set(card.accuracy) == {"plate-photos/validation", "plate-photos/test"}
    assert '"/' not in card.model_dump_json()  # no path of the machine


def test_it_keeps_what_was_reached(finder):
    measured = finder.card.accuracy["plate-photos/test"]
    assert measured["finder_version"] == finder.version
    assert measured["threshold"] == finder.card.threshold
    assert measured["ap_50"][0] > 0.95
    assert measured["ap_70"][0] > 0.8
    assert measured["edge_error"][0] < 0.03


def test_it_finds_drawn_plates(finder):
    options = SceneOptions(size=(384, 384), plate_shares=(0, 1), least_width=60)
    scenes = [draw_scene(np.random.default_rng(seed), options) for seed in range(8)]
    hits = 0
    for scene in scenes:
        boxes = np.array([one.box for one in finder.find(scene.picture)], np.float32)
        if len(boxes) and len(scene.boxes):
            hits += bool(overlap_boxes(boxes.reshape(-1, 4), scene.boxes).max() > 0.5)
    assert hits >= 6
