"""Two classes come as a table or as two folders; what is neither is named."""

import cv2
import numpy as np
import pytest

from lpr_core.data.samples import ManifestError
from lpr_core.tasks.condition.config import ConditionConfig
from lpr_core.tasks.condition.examples import read_labelled

CONFIG = ConditionConfig()


@pytest.fixture
def folder(tmp_path):
    for name in (
        "train/clean/a.png",
        "train/dirty/b.png",
        "val/covered/sub/c.JPG",
        "val/other/d.png",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.zeros((8, 8, 3), np.uint8))
    return tmp_path


def test_folders_by_split_and_class(folder):
    frame = read_labelled(folder, CONFIG)
    assert [(path[-5:], label, split) for path, label, split in frame.to_numpy()] == [
        ("a.png", "clean", "train"),
        ("b.png", "dirty", "train"),
        ("c.JPG", "dirty", "validation"),
    ]
    assert list(read_labelled(folder / "train", CONFIG)["split"]) == ["", ""]


def test_a_table_with_boxes_and_other_names_of_the_column(folder):
    (folder / "m.csv").write_text(
        "image_path;condition;split;x;y;width;height\n"
        "train/clean/a.png;clean;train;0;1;4.2;5\n\n"
        "train/dirty/b.png;covered;;0;0;8;8\n;;;;;;\n"
    )
    frame = read_labelled(folder / "m.csv", CONFIG)
    assert frame.drop(columns="image_path").to_numpy().tolist() == [
        ["clean", "train", 0, 1, 4, 5],
        ["dirty", "", 0, 0, 8, 8],
    ]


def test_all_bad_rows_are_named(folder):
    (folder / "m.csv").write_text(
        "image_path,label,split\ntrain/clean/a.png,shiny,train\nnone.png,clean,train\n"
        "train/clean/a.png,clean,often\n"
    )
    with pytest.raises(ManifestError) as error:
        read_labelled(folder / "m.csv", CONFIG)
    assert [line.split(":")[0] for line in error.value.problems] == ["line 2", "line 3", "line 4"]
    assert "must be clean or dirty. Received: 'shiny'" in str(error.value)


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "", "image_path,label\n"])
def test_what_is_no_table_of_two_classes_is_refused(folder, text):
    (folder / "m.csv").write_text(text)
    with pytest.raises(ManifestError, match="must have"):
        read_labelled(folder / "m.csv", CONFIG)


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(ManifestError, match="examples of clean and dirty"):
        read_labelled(tmp_path, CONFIG)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"classes": ("a", "a")}, "two different names"),
        ({"classes": ("a", "")}, "two different names"),
        ({"joined": {"muddy": "wet"}}, "must lead to clean or dirty"),
    ],
)
def test_classes_that_do_not_fit_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        ConditionConfig(**settings)


def test_other_classes_are_told_apart_as_well():
    config = ConditionConfig(classes=("day", "night"))
    assert [config.class_of(label) for label in ("day", "night", "covered")] == [0, 1, None]
