"""Boxes of several classes in the formats of others: read alike, refused in one sentence."""

import json

import pytest
from PIL import Image

from lpr_core.data.formats.boxes import (
    box_layouts,
    describe_box_layout,
    detect_box_layout,
    find_photos,
)
from lpr_core.data.photos import read_photos
from lpr_core.data.samples import ManifestError
from tests.kit.labelled_folders import put_picture, put_text

CATEGORIES = [{"id": 7, "name": "plate"}, {"id": 3, "name": "car"}]
VOC = (
    "<annotation><filename>a.jpg</filename><size><width>200</width><height>100</height></size>"
    "<object><name>plate</name><text>AB1</text><bndbox><xmin>10</xmin><ymin>20</ymin>"
    "<xmax>50</xmax><ymax>30.5</ymax></bndbox></object><object><name>car</name><bndbox>"
    "<xmin>-2</xmin><ymin>0</ymin><xmax>90</xmax><ymax>90</ymax></bndbox></object></annotation>"
)
BOTH = [[10, 20, 50, 30.5], [0, 0, 90, 90]]


def read_rows(source, layout=None):
    frame = read_photos(source, layout)
    names = [path.rpartition("/")[2] for path in frame["image_path"]]
    boxes = [found.round(6).tolist() for found in frame["boxes"]]
    return list(zip(names, frame["split"], boxes, frame["classes"], strict=True))


def problems(source, layout):
    with pytest.raises(ManifestError) as caught:
        read_photos(source, layout)
    return list(caught.value.problems)


def coco(*annotations, images=({"id": 5, "file_name": "a.jpg", "width": 200, "height": 100},)):
    return json.dumps(
        {"images": list(images), "annotations": list(annotations), "categories": CATEGORIES}
    )


def mark(box, category=7, image=5, **more):
    return {"id": 1, "image_id": image, "category_id": category, "bbox": box, **more}


def test_every_layout_is_explained():
    assert box_layouts() == ("belgiumts", "coco", "gtsdb", "manifest", "pascal-voc", "yolo")
    assert all(len(describe_box_layout(name)) > 80 for name in box_layouts())
    with pytest.raises(ValueError, match=r"`layout` must be one of .*yolo\. Received: 'x'"):
        describe_box_layout("x")


def test_coco(tmp_path):
    put_picture(tmp_path / "a.jpg")
    put_picture(tmp_path / "b.jpg")
    images = [{"id": 5, "file_name": "a.jpg"}, {"id": 6, "file_name": "b.jpg"}]
    marks = [mark([10, 20, 40, 10.5], text="AB1"), mark([-2, 0, 92, 90], 3)]
    marks += [mark([0, 0, 200, 100], iscrowd=1)]
    path = put_text(tmp_path / "instances_val.json", coco(*marks, images=images))
    assert detect_box_layout(path) == "coco"
    assert read_rows(path) == [
        ("a.jpg", "validation", BOTH, ("plate", "car")),
        ("b.jpg", "validation", [], ()),
    ]
    assert read_photos(path)["texts"][0] == ("AB1", "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{", "the JSON is broken: "),
        ("[]", "there must be lists images, annotations, categories. Received: list"),
        (coco(mark([1, 2, 3])), "annotation 1: bbox must have four numbers. Received: [1, 2, 3]"),
        (coco(mark([1, 2, 3, "4"])), "annotation 1: bbox must have four numbers."),
        (coco(mark([1, 2, 3, 0])), "annotation 1: a box must have x and y of at least 0"),
        (coco(mark([1, 2, 3, 4], 9)), "annotation 1: category_id must be one of the file's. "),
        (coco(mark([1, 2, 3, 4], image=9)), "annotation 1: image_id must be one of the file's. "),
        (coco(3), "annotation 1: not as COCO has annotations. Received: 3"),
        (coco(images=[{"id": 1}]), "image 1: file_name must be a name. Received: None"),
        (coco(images=[{"id": 1}, {"id": 1}]), "image 2 must have an id of its own. Received: 1"),
        (coco(images=[{}]), "image 1 must have an id. Received: {}"),
        (coco(images=[{"id": 1, "file_name": "z.jpg"}]), "image 1: there must be one picture"),
    ],
)
def test_bad_coco_files(tmp_path, text, found):
    put_picture(tmp_path / "a.jpg")
    (problem,) = problems(put_text(tmp_path / "m.json", text), "coco")
    assert problem.startswith(found)


@pytest.fixture
def yolo(tmp_path):
    put_picture(tmp_path / "images" / "train" / "a.jpg")
    put_picture(tmp_path / "images" / "train" / "b.jpg")
    put_text(tmp_path / "data.yaml", "path: .\nnames:\n  0: plate\n  1: car\n")
    put_text(tmp_path / "labels" / "train" / "b.txt", "")
    return tmp_path


def put_lines(yolo, *lines):
    put_text(yolo / "labels" / "train" / "a.txt", "\n".join(lines))


@pytest.mark.parametrize("names", ["names: [plate, car]", "names:\n  0: plate\n  1: car"])
@pytest.mark.parametrize("source", [".", "data.yaml"])
def test_yolo(yolo, names, source):
    put_text(yolo / "data.yaml", names)
    put_lines(yolo, "0 0.15 0.2525 0.2 0.105", "1 0.225 0.45 0.45 0.9", "")
    assert detect_box_layout(yolo / source) == "yolo"
    assert read_rows(yolo / source) == [
        ("a.jpg", "train", BOTH, ("plate", "car")),
        ("b.jpg", "train", [], ()),
    ]


def test_yolo_corners_and_classes_without_names(yolo):
    (yolo / "data.yaml").unlink()
    put_lines(yolo, "4 0.1 0.2 0.5 0.3 0.5 0.5 0.1 0.4")
    frame = read_photos(yolo, "yolo")
    assert frame["classes"][0] == ("4",)
    assert frame["corners"][0].round(6).tolist() == [[[20, 20], [100, 30], [100, 50], [20, 40]]]


def test_yolo_measures_a_photo_as_people_see_it(yolo):
    """A phone's photo that is stored on its side is 100 wide and 200 high for whoever labels it."""
    exif = Image.Exif()
    exif[274] = 6
    path = yolo / "images" / "train" / "a.jpg"
    Image.new("RGB", (200, 100)).save(path, exif=exif)
    put_lines(yolo, "0 0.5 0.5 1 1")
    assert read_rows(yolo)[0] == ("a.jpg", "train", [[0, 0, 100, 200]], ("plate",))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("0 0.5 0.5 0.1", "line 1: a line must be `class x y width height`, or "),
        ("plate 0.5 0.5 0.1 0.1", "line 1: a line must be `class x y width height`, or "),
        ("0 0.5 0.5 0.1 x", "line 1: a line must be `class x y width height`, or "),
        ("0 100 50 10 10", "line 1: shares must lie in 0 to 1. Received: '0 100 50 10 10'"),
        ("2 0.5 0.5 0.1 0.1", "line 1: the class must be one of 0 to 1. Received: 2"),
        ("0 0.5 0.5 0 0.1", "line 1: a box must have x and y of at least 0"),
    ],
)
def test_bad_yolo_lines(yolo, line, found):
    put_lines(yolo, line)
    (problem,) = problems(yolo, "yolo")
    assert problem.startswith(f"labels/train/a.txt: {found}")


@pytest.mark.parametrize(
    ("text", "found"),
    [("names: 3", "`names`, a list or one by number. Received: 3"), ("a: [", "must be YAML")],
)
def test_bad_names_of_classes(yolo, text, found):
    put_lines(yolo, "0 0.5 0.5 0.1 0.1")
    put_text(yolo / "data.yaml", text)
    assert all(found in problem for problem in problems(yolo, "yolo"))


def test_voc(tmp_path):
    put_picture(tmp_path / "JPEGImages" / "a.jpg")
    put_picture(tmp_path / "JPEGImages" / "b.jpg")
    put_text(tmp_path / "Annotations" / "a.xml", VOC)
    put_text(tmp_path / "Annotations" / "b.xml", "<annotation></annotation>")
    assert detect_box_layout(tmp_path) == "pascal-voc"
    assert read_rows(tmp_path) == [
        ("a.jpg", "", BOTH, ("plate", "car")),
        ("b.jpg", "", [], ()),
    ]
    assert read_photos(tmp_path)["texts"][0] == ("AB1", "")


def test_all_bad_objects_are_told(tmp_path):
    put_picture(tmp_path / "a.jpg")
    bad = VOC.replace("<xmin>10<", "<xmin>ten<").replace("<name>car</name>", "")
    put_text(tmp_path / "a.xml", bad)
    assert problems(tmp_path, "pascal-voc") == [
        "a.xml: object 1: bndbox must have four numbers. Received: 'ten', '20', '50', '30.5'",
        "a.xml: object 2: the class of a box is empty",
    ]


def test_the_german_signs(tmp_path):
    for name in ("00000.ppm", "00001.ppm", "02/00000.ppm"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (200, 100)).save(tmp_path / name)
    lines = "00000.ppm;10;20;49;29;11\n00000.ppm;60;20;69;29;2\n"
    path = put_text(tmp_path / "gt.txt", lines)
    assert detect_box_layout(path) == detect_box_layout(tmp_path) == "gtsdb"
    assert read_rows(path) == [
        ("00000.ppm", "", [[10, 20, 50, 30], [60, 20, 70, 30]], ("11", "2")),
        ("00001.ppm", "", [], ()),
    ]
    put_text(tmp_path / "gt.txt", f"{lines}00000.ppm;1;2;3;4\n00001.ppm;1;2;a;4;5\n9.ppm;1;2;3;4;5")
    rule = "a line must be `picture;left;top;right;bottom;class`"
    assert problems(path, "gtsdb") == [
        f"line 3: {rule}. Received: '00000.ppm;1;2;3;4'",
        f"line 4: {rule}. Received: '1', '2', 'a', '4'",
        "line 5: there must be one picture '9.ppm'. Received: 0",
    ]


@pytest.mark.parametrize("start", ["00/image.000945", "00;image.000945"])
def test_the_belgian_signs(tmp_path, start):
    put_picture(tmp_path / "00" / "image.000945.png")
    path = put_text(
        tmp_path / "BTSD_training_GTclear.txt", f"{start}.jp2;10.5;20;50;30;79;7;\n\n{start};1\n"
    )
    assert detect_box_layout(path) == "belgiumts"
    (problem,) = problems(path, "belgiumts")
    assert problem.startswith("line 3: a line must be `camera/picture;left;top;right;bottom;class")
    put_text(path, f"{start}.jp2;10.5;20;50;30;79;7;\n")
    assert read_rows(path) == [("image.000945.png", "train", [[10.5, 20, 50, 30]], ("79",))]


def test_a_belgian_picture_that_cannot_be_read_is_told_in_a_sentence(tmp_path):
    path = put_text(tmp_path / "BTSD_GT.txt", "00/a.jp2;10;20;50;30;79;7;\n")
    (tmp_path / "00").mkdir()
    (tmp_path / "00" / "a.jp2").write_bytes(b"\0\0\0\x0cjP  \r\n\x87\n")
    assert problems(path, "belgiumts") == [
        "line 1: '00/a.jp2' is a JPEG 2000 picture, which is not read: "
        "turn the pictures into PNG or JPEG of the same names"
    ]


def test_folders_that_say_nothing(tmp_path):
    put_picture(tmp_path / "a.jpg")
    with pytest.raises(ValueError, match=r"must hold labels in one of belgiumts, .*Received: none"):
        detect_box_layout(tmp_path)
    with pytest.raises(FileNotFoundError, match="There is no folder or file"):
        read_photos(tmp_path / "none")
    with pytest.raises(ManifestError, match=r"must hold coco labels\. Received: 0 files"):
        find_photos("coco", tmp_path)
