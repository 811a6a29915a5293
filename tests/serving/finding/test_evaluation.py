import cv2
import numpy as np
import pandas as pd
import pytest

from lpr_core.serving.finding.evaluation import (
    EvaluatedPhoto,
    cut_strip,
    evaluate_detector,
    find_sure_threshold,
    measure_edges,
    paste_small,
    score_detections,
)
from lpr_core.tasks.finding.scores import match_photo
from tests.kit.finding_kit import make_found, make_things

BOX = (100, 120, 160, 150)


@pytest.fixture
def photos(tmp_path):
    """Grey photos with one bright plate in each."""
    rows = []
    for index in range(4):
        picture = np.full((200, 300, 3), 60, np.uint8)
        picture[120:150, 100:160] = 255
        path = tmp_path / f"{index}.png"
        cv2.imwrite(str(path), picture)
        boxes = np.array([BOX], float)
        rows.append((str(path), boxes, ("plate",)))
    return pd.DataFrame(rows, columns=["image_path", "boxes", "classes"])


def see_bright(picture):
    """A detector that finds the bright box of the photos above, wherever it is."""
    ys, xs = np.nonzero(picture[..., 0] > 200)
    if not len(xs):
        return make_found()
    return make_found((1, 0.9, xs.min(), ys.min(), xs.max() + 1, ys.max() + 1))


def test_a_detector_that_sees_everything(photos):
    report = evaluate_detector(see_bright, photos, ("plate",), 32, threshold=0.5)
    assert report["ap_50"] == report["ap_70"] == report["photo_f1"] == [1, 1, 1]
    assert report["edge_error"] == [0, 0, 0]
    assert (report["recall_50"], report["false_boxes"]) == (1, 0)
    assert report["plate_free"] == {"count": 4, "false_boxes": 0, "at_recall": 0}
    assert report["by_width"]["12-20"]["count"] == 0  # such photos must shrink, not grow
    assert evaluate_detector(see_bright, photos, ("plate",), 256)["by_width"]["12-20"] == {
        "count": 4,
        "ap_50": [1, 1, 1],
        "ap_70": [1, 1, 1],
        "recall_50": 1,
        "edge_error": pytest.approx([0, 0, 0], abs=0.05),
    }


def test_edges_are_told_as_shares_of_the_width():
    found = make_found((1, 0.9, 103, 120, 160, 150), (1, 0.2, 0, 0, 9, 9))
    photo = EvaluatedPhoto(found, make_things((1, *BOX)))
    np.testing.assert_allclose(measure_edges(photo, 0.5), [0.05, 0])
    assert not len(measure_edges(photo, 0.95))


def test_intervals_lie_around_what_was_measured():
    seen = EvaluatedPhoto(make_found((1, 0.9, *BOX)), make_things((1, *BOX)))
    missed = EvaluatedPhoto(make_found(), make_things((1, *BOX)))
    scores = score_detections([seen] * 6 + [missed] * 4, 0.5)
    value, low, high = scores["ap_50"]
    assert value == pytest.approx(0.6)
    assert 0.2 < low < 0.4 < 0.8 <= high < 1


def test_the_threshold_of_a_recall():
    photos = [
        match_photo(make_found((1, score, *BOX)), make_things((1, *BOX)), 0.5)
        for score in (0.9, 0.8, 0.7, 0.2)
    ]
    assert find_sure_threshold(photos, 0.75) == pytest.approx(0.7)
    missed = match_photo(make_found(), make_things((1, *BOX)), 0.5)
    assert find_sure_threshold([*photos, missed], 1.0) == 0


def test_a_strip_has_no_box_in_it(photos):
    strip = cut_strip(photos.iloc[0])
    assert strip.shape == (120, 300, 3)
    assert strip.max() == 60


def test_a_photo_is_pasted_so_that_its_plate_is_narrow(photos):
    rng = np.random.default_rng(0)
    picture, things = paste_small(photos.iloc[0], ("plate",), 128, (12, 20), rng)
    width = things.edges[0, 2] - things.edges[0, 0]
    assert 12 <= width * 128 / picture.shape[0] <= 20.5
    left, top, right, bottom = things.edges[0].round().astype(int)
    assert picture[top:bottom, left:right].min() == 255


def test_there_must_be_a_photo(photos):
    with pytest.raises(ValueError, match="at least one photo"):
        evaluate_detector(see_bright, photos[:0], ("plate",), 64)
