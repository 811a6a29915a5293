"""Files of drawn scenes: repeatable, and a manifest that describes them."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from lpr_core.synthesis.scenes import BackgroundPhoto, SceneOptions, SceneOrder, generate_scenes
from tests.kit.folder_contents import read_files

SMALL = SceneOptions(size=(64, 96), plate_shares=(1, 1, 1))


def test_equal_orders_are_equal_files_whatever_the_jobs(tmp_path):
    order = SceneOrder(5, 3, SMALL)
    generate_scenes(order, tmp_path / "a", jobs=1)
    generate_scenes(order, tmp_path / "b", jobs=2)
    assert read_files(tmp_path / "a") == read_files(tmp_path / "b")
    generate_scenes(SceneOrder(5, 4, SMALL), tmp_path / "c", jobs=1)
    assert read_files(tmp_path / "a") != read_files(tmp_path / "c")


def test_the_manifest_has_boxes_around_corners_and_a_row_for_an_empty_scene(tmp_path):
    done = []
    path = generate_scenes(
        SceneOrder(12, 0, SMALL), tmp_path / "a", 1, lambda *count: done.append(count)
    )
    assert done[-1] == (12, 12)
    table = pd.read_csv(path, keep_default_na=False, dtype="str")
    assert table["image_path"].nunique() == 12
    empty = table[table["x"] == ""]
    assert len(empty)
    assert set(empty[["plate_text", "plate_region", "width", "x1", "y4"]].to_numpy().ravel()) == {
        ""
    }
    full = table[table["x"] != ""]
    corners = full[[f"{axis}{n}" for n in "1234" for axis in "xy"]].astype(float).to_numpy()
    corners = corners.reshape(-1, 4, 2)
    boxes = full[["x", "y", "width", "height"]].astype(float).to_numpy()
    np.testing.assert_allclose(boxes[:, :2], corners.min(axis=1), atol=2e-3)
    np.testing.assert_allclose(boxes[:, :2] + boxes[:, 2:], corners.max(axis=1), atol=3e-3)
    assert (full["plate_text"] != "").all()


def test_scenes_lie_on_the_parts_of_photos_that_hold_no_box(tmp_path):
    photo = np.zeros((200, 300, 3), np.uint8)
    photo[:, :, 1] = 220
    photo[140:200, 200:300] = [255, 0, 0]
    Image.fromarray(photo).save(tmp_path / "p.png")
    bare = SceneOptions(size=(64, 96), plate_shares=(1,), sign_mean=0)
    background = BackgroundPhoto(tmp_path / "p.png", ((200, 140, 300, 200),))
    order = SceneOrder(4, 1, bare, (background,), background_share=1)
    generate_scenes(order, tmp_path / "a", jobs=1)
    for path in (tmp_path / "a").rglob("*.jpg"):
        means = np.asarray(Image.open(path), float).reshape(-1, 3).mean(axis=0)
        assert means[1] >= means[0]


def test_orders_and_folders_that_cannot_be_used(tmp_path):
    with pytest.raises(ValueError, match=r"`count` must be at least 1\. Received: 0"):
        SceneOrder(0, 0, SMALL)
    (tmp_path / "manifest.csv").write_text("")
    with pytest.raises(ValueError, match="`out_dir` must not hold a manifest yet"):
        generate_scenes(SceneOrder(1, 0, SMALL), tmp_path)
