"""Layouts of labels in general, how pictures are found, and texts in pictures' names."""

import pytest

from lpr_core.data.formats import describe_layout, import_folder, layouts
from lpr_core.data.formats.pictures import PictureIndex
from lpr_core.data.manifest import read_manifest, write_manifest
from lpr_core.data.samples import ManifestError
from tests.kit.labelled_folders import CCPD, problems_of, put_picture, put_text, rows_of


def test_layouts_are_known_and_described():
    assert layouts() == (
        "ccpd",
        "fast-plate-ocr",
        "image-name",
        "label-studio",
        "openalpr",
        "paddle",
        "pascal-voc",
        "ufpr",
    )
    for layout in layouts():
        assert len(describe_layout(layout)) > 100
        assert ("http" in describe_layout(layout)) == (layout != "image-name")


def test_unknown_layouts_list_the_known_ones(tmp_path):
    for use in (lambda: import_folder("coco", tmp_path), lambda: describe_layout("coco")):
        with pytest.raises(ValueError, match=r"one of ccpd, .*, ufpr. Received: 'coco'"):
            use()


def test_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no folder or file '.*none'"):
        import_folder("ccpd", tmp_path / "none")


@pytest.mark.parametrize("layout", layouts())
def test_empty_folder(tmp_path, layout):
    with pytest.raises(ManifestError, match=f"must hold {layout} labels. Received: 0 files"):
        import_folder(layout, tmp_path)


def test_imported_rows_can_be_written_and_read(tmp_path):
    put_picture(tmp_path / CCPD)
    frame = import_folder("ccpd", tmp_path)
    write_manifest(frame, tmp_path / "manifest.csv")
    read = read_manifest(tmp_path / "manifest.csv", None)
    assert read.to_dict() == frame.to_dict()


def test_image_names(tmp_path):
    for name in (
        "train/ABC1234.jpg",
        "train/ABC1234_2.PNG",
        "val/ABC-1234 (3).jpeg",
        "other/X1[front].webp",
        "other/notes.txt",
        "other/._ABC1234.jpg",
        ".hidden/ABC1234.jpg",
    ):
        put_picture(tmp_path / name) if "." in name and not name.endswith("txt") else put_text(
            tmp_path / name, "no picture"
        )
    assert rows_of("image-name", tmp_path) == [
        ("other/X1[front].webp", "X1", "", ""),
        ("train/ABC1234.jpg", "ABC1234", "", "train"),
        ("train/ABC1234_2.PNG", "ABC1234", "", "train"),
        ("val/ABC-1234 (3).jpeg", "ABC-1234", "", "validation"),
    ]


def test_image_name_of_one_file(tmp_path):
    path = put_picture(tmp_path / "ABC1234.jpg")
    assert rows_of("image-name", path, tmp_path) == [("ABC1234.jpg", "ABC1234", "", "")]


def test_image_names_without_text(tmp_path):
    put_picture(tmp_path / "_1.jpg")
    put_picture(tmp_path / "a" / " 2.jpg")
    assert problems_of("image-name", tmp_path) == [
        "_1.jpg: the name must begin with the plate's text",
        "a/ 2.jpg: the name must begin with the plate's text",
    ]


def test_ccpd(tmp_path):
    put_picture(tmp_path / "ccpd_base" / CCPD)
    green = CCPD.replace("0_0_22_27_27_33_16", "30_3_24_25_26_0_23_5")
    put_picture(tmp_path / "ccpd_green" / "test" / green)
    assert rows_of("ccpd", tmp_path) == [
        (f"ccpd_base/{CCPD}", "皖AY339S", "cn", "", 154, 383, 232, 90),
        (f"ccpd_green/test/{green}", "新D012AZF", "cn", "test", 154, 383, 232, 90),
    ]


def test_ccpd_sign_for_no_character(tmp_path):
    put_picture(tmp_path / CCPD.replace("0_0_22_27_27_33_16", "33_0_22_27_27_33_34"))
    ((_, text, *_),) = rows_of("ccpd", tmp_path)
    assert text == "AY339"


def test_bad_ccpd_names(tmp_path):
    names = [
        "ABC1234.jpg",
        CCPD.replace("0_0_22_27_27_33_16", "0_0_22_27_27_35_16"),
        CCPD.replace("0_0_22_27_27_33_16", "0_0_22"),
        CCPD.replace("154&383_386&473-", "154&383_154&473-"),
    ]
    for name in names:
        put_picture(tmp_path / name)
    assert sorted(problem.split(": ", 1)[1] for problem in problems_of("ccpd", tmp_path)) == [
        "a box must have x and y of at least 0, width and height of at least 1. "
        "Received: 154, 383, 0, 90",
        "a symbol must be below 35. Received: 35",
        "the name must have the seven fields of CCPD",
        "the name must have the seven fields of CCPD",
    ]


def test_pictures_beside_the_label_come_first(tmp_path):
    first, second = put_picture(tmp_path / "1" / "a.jpg"), put_picture(tmp_path / "2" / "a.jpg")
    index = PictureIndex(tmp_path)
    assert index.find_picture("a.jpg", tmp_path / "1" / "a.txt") == first
    assert index.find_picture("a", tmp_path / "2" / "a.txt") == second
    with pytest.raises(ValueError, match=r"one picture 'a\.jpg'. Received: 2"):
        index.find_picture("a.jpg", tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("path", "split"),
    [
        ("train/a.jpg", "train"),
        ("Training_set/a.jpg", "train"),
        ("x/VAL/a.jpg", "validation"),
        ("testing/train.csv", "test"),  # the folder comes first
        ("my-test.csv", "test"),
        ("contest/protrain/a.jpg", ""),
    ],
)
def test_splits_by_name(tmp_path, path, split):
    assert PictureIndex(tmp_path).find_split(tmp_path / path) == split
