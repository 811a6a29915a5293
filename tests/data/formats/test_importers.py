import json
from pathlib import Path

import pytest
from PIL import Image

from lpr_core.data.formats import describe_layout, import_folder, layouts
from lpr_core.data.formats.pictures import PictureIndex
from lpr_core.data.manifest import read_manifest, write_manifest
from lpr_core.data.samples import ManifestError

COLUMNS = ["image_path", "plate_text", "plate_region", "split", "x", "y", "width", "height"]
CCPD = "025-95_113-154&383_386&473-386&473_177&454_154&383_363&402-0_0_22_27_27_33_16-37-15.jpg"


def put_picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (200, 100)).save(path)
    return path


def put_text(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def rows_of(layout: str, source: Path, folder: Path | None = None) -> list[tuple]:
    """The rows as tuples, paths relative to the folder."""
    frame = import_folder(layout, source)
    assert list(frame) in (COLUMNS, COLUMNS[:4])
    paths = [Path(path).relative_to(folder or source).as_posix() for path in frame["image_path"]]
    return list(frame.assign(image_path=paths).itertuples(index=False, name=None))


def problems_of(layout: str, source: Path) -> list[str]:
    with pytest.raises(ManifestError) as caught:
        import_folder(layout, source)
    assert str(caught.value).startswith(f"{source} has {len(caught.value.problems)} bad {layout}")
    return list(caught.value.problems)


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


# Names of pictures


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


# Tables and text files


def test_fast_plate_ocr(tmp_path):
    put_picture(tmp_path / "images" / "a.jpg")
    put_picture(tmp_path / "images" / "b.jpg")
    put_text(
        tmp_path / "train.csv",
        "image_path,plate_text,plate_region\nimages/a.jpg,AB-12,Brazil\n",
    )
    put_text(tmp_path / "valid_annotations.csv", "image_path,plate_text\nimages/b.jpg,NA\n")
    expected = [
        ("images/a.jpg", "AB-12", "Brazil", "train"),
        ("images/b.jpg", "NA", "", "validation"),
    ]
    assert rows_of("fast-plate-ocr", tmp_path) == expected
    assert rows_of("fast-plate-ocr", tmp_path / "train.csv", tmp_path) == expected[:1]


def test_fast_plate_ocr_rows_keep_their_own_split_and_box(tmp_path):
    put_picture(tmp_path / "a.jpg")
    put_text(
        tmp_path / "train.csv",
        "image_path,plate_text,split,x,y,width,height\na.jpg,AB,test,1,2,3,4\n",
    )
    assert rows_of("fast-plate-ocr", tmp_path) == [("a.jpg", "AB", "", "test", 1, 2, 3, 4)]


def test_bad_fast_plate_ocr_rows_of_all_files(tmp_path):
    put_text(tmp_path / "a.csv", "image_path,plate_text\nnone.jpg,AB\n,CD\n")
    put_text(tmp_path / "b" / "c.csv", "path,text\n")
    assert problems_of("fast-plate-ocr", tmp_path) == [
        f"a.csv: line 2: there is no file {tmp_path / 'none.jpg'}",
        "a.csv: line 3: image_path is empty",
        f"b/c.csv: {tmp_path / 'b' / 'c.csv'} must have the columns image_path and plate_text. "
        "Received: path, text",
    ]


def test_openalpr(tmp_path):
    put_picture(tmp_path / "endtoend" / "br" / "AYO9034.jpg")
    put_text(tmp_path / "endtoend" / "br" / "AYO9034.txt", "AYO9034.jpg\t52\t41\t16\t5\tAYO9034\n")
    put_picture(tmp_path / "own" / "two.png")
    put_text(tmp_path / "own" / "two.txt", "two.png\t1\t2\t3\t4\tA 1\n\ntwo.png\t5\t6\t7\t8\tB-2")
    assert rows_of("openalpr", tmp_path) == [
        ("endtoend/br/AYO9034.jpg", "AYO9034", "br", "", 52, 41, 16, 5),
        ("own/two.png", "A 1", "", "", 1, 2, 3, 4),
        ("own/two.png", "B-2", "", "", 5, 6, 7, 8),
    ]


def test_bad_openalpr_lines(tmp_path):
    put_picture(tmp_path / "a.jpg")
    put_text(
        tmp_path / "a.txt",
        "a.jpg 1 2 3 4 AB\na.jpg\t1\t2\t3\t4\tAB\nb.jpg\t1\t2\t3\t4\tAB\n"
        "a.jpg\t1\t2\t3\tx\tAB\na.jpg\t1\t2\t3\t0\tAB\na.jpg\t1\t2\t3\t4\t\n",
    )
    (tmp_path / "b.txt").write_bytes(b"\xff\xff")
    rule = "a line must be `picture x y width height TEXT` with tabs between. Received: "
    problems = problems_of("openalpr", tmp_path)
    assert problems[:-1] == [
        f"a.txt: line 1: {rule}'a.jpg 1 2 3 4 AB'",
        "a.txt: line 3: there must be one picture 'b.jpg'. Received: 0",
        f"a.txt: line 4: {rule}'a.jpg\\t1\\t2\\t3\\tx\\tAB'",
        "a.txt: line 5: a box must have x and y of at least 0, width and height of at least 1. "
        "Received: 1, 2, 3, 0",
        "a.txt: line 6: the plate's text is empty",
    ]
    assert problems[-1].startswith("b.txt: 'utf-8' codec can't decode")


UFPR = """camera: GoPro Hero4 Silver
position_vehicle: 805 391 278 221
\ttype: car
\tmake: Fiat
plate: AUZ-1234
position_plate: 940 518 67 23
\tchar 1: 943 526 9 12
"""
RODOSOL = "type: car\nplate: PPI6I68\nlayout: Mercosur\ncorners: 52,44 62,43 63,47 53,48\n"


def test_ufpr_and_relatives(tmp_path):
    put_picture(tmp_path / "training" / "track0001" / "track0001[01].png")
    put_text(tmp_path / "training" / "track0001" / "track0001[01].txt", UFPR)
    put_picture(tmp_path / "rodosol" / "img_1.jpg")
    put_text(tmp_path / "rodosol" / "img_1.txt", RODOSOL)
    assert rows_of("ufpr", tmp_path) == [
        ("rodosol/img_1.jpg", "PPI6I68", "br", "", 52, 43, 11, 5),
        ("training/track0001/track0001[01].png", "AUZ-1234", "br", "train", 940, 518, 67, 23),
    ]


def test_bad_ufpr_files(tmp_path):
    for name in ("b", "c", "d"):
        put_picture(tmp_path / f"{name}.png")
    put_text(tmp_path / "a.txt", UFPR)
    put_text(tmp_path / "b.txt", UFPR.replace("plate: AUZ-1234\n", ""))
    put_text(tmp_path / "c.txt", UFPR.replace("940 518 67 23", "940 518"))
    put_text(tmp_path / "d.txt", UFPR.replace("940 518 67 23", "-9 518 67 23"))
    place = "a line `position_plate: x y width height` or `corners:` must say the place"
    assert problems_of("ufpr", tmp_path) == [
        "a.txt: there must be one picture 'a'. Received: 0",
        "b.txt: a line `plate: TEXT` must say the text",
        f"c.txt: {place}",
        "d.txt: a box must have x and y of at least 0, width and height of at least 1. "
        "Received: -9, 518, 67, 23",
    ]


# Pascal VOC

BOX = "<bndbox><xmin>10.4</xmin><ymin>20</ymin><xmax>110</xmax><ymax>50</ymax></bndbox>"


def voc(*objects: str, filename="a.jpg") -> str:
    inside = "".join(f"<object>{found}{BOX}</object>" for found in objects)
    return f"<annotation><filename>{filename}</filename>{inside}</annotation>"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("<name>ABC1D23</name>", "ABC1D23"),
        ("<name>plate</name><text> ABC1D23 </text>", "ABC1D23"),
        ("<name>plate1</name><Plate_Number>VANITY</Plate_Number>", "VANITY"),
        (
            "<name>licence</name><attributes><attribute><name>rotation</name><value>0.0</value>"
            "</attribute><attribute><name>text</name><value>ABC1D23</value></attribute>"
            "</attributes>",
            "ABC1D23",
        ),
    ],
)
def test_voc_texts(tmp_path, said, text):
    put_picture(tmp_path / "a.jpg")
    put_text(tmp_path / "a.xml", voc(said))
    assert rows_of("pascal-voc", tmp_path) == [("a.jpg", text, "", "", 10, 20, 100, 30)]


@pytest.mark.parametrize("filename", ["a.jpg", "a", "C:\\pictures\\a.jpg", "/home/me/a.jpg", ""])
def test_voc_pictures_in_another_folder(tmp_path, filename):
    put_picture(tmp_path / "test" / "JPEGImages" / "a.jpg")
    xml = voc("<name>AB1</name>", "<name>car</name>", "<name>CD2</name>", filename=filename)
    put_text(tmp_path / "test" / "Annotations" / "a.xml", xml)
    assert rows_of("pascal-voc", tmp_path) == [
        ("test/JPEGImages/a.jpg", text, "", "test", 10, 20, 100, 30) for text in ("AB1", "CD2")
    ]


BOMB = '<!DOCTYPE annotation [<!ENTITY a "ABC1D23">]>' + voc("<name>&a;</name>")


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        (voc("<name>car</name>"), "no object says the text of a plate"),
        (voc(), "no object says the text of a plate"),
        (
            voc("<name>AB1</name>", filename="b.jpg"),
            "there must be one picture 'b.jpg'. Received: 0",
        ),
        (
            voc("<name>AB1</name>").replace("10.4", "ten"),
            "bndbox must have four numbers. Received: ['ten', '20', '110', '50']",
        ),
        (
            voc("<name>AB1</name>").replace("<xmax>110</xmax>", ""),
            "bndbox must have four numbers. Received: ['10.4', '20', None, '50']",
        ),
        (
            voc("<name>AB1</name>").replace("10.4", "nan"),
            "a box must have numbers for its corners.",
        ),
        ("<html/>", "the outermost element must be `annotation`. Received: 'html'"),
        ("<annotation>", "the XML is broken: no element found: line 1, column 12"),
        (BOMB, "a document type is not read. Received: <!DOCTYPE annotation>"),
        ('<?xml version="1.0" encoding="martian"?><annotation/>', "the XML is broken: unknown"),
    ],
)
def test_bad_voc_files(tmp_path, xml, problem):
    put_picture(tmp_path / "a.jpg")
    put_text(tmp_path / "a.xml", xml)
    (found,) = problems_of("pascal-voc", tmp_path)
    assert found.startswith(f"a.xml: {problem}")


def test_voc_entities_are_refused_in_any_encoding(tmp_path):
    (tmp_path / "a.xml").write_bytes(BOMB.encode("utf-16"))
    assert problems_of("pascal-voc", tmp_path) == [
        "a.xml: a document type is not read. Received: <!DOCTYPE annotation>"
    ]


# Label Studio


def area(text="AB1", **value) -> dict:
    """A text area whose region is given by percents."""
    return {
        "id": "r1",
        "type": "textarea",
        "from_name": "transcription",
        "original_width": 200,
        "original_height": 100,
        "value": {"text": [text], **value},
    }


def task(*result: dict, image="/data/upload/1/0a1b2c3d-a.jpg", **annotation) -> dict:
    data = {"id": 7, "ocr": image}
    return {"id": 1, "data": data, "annotations": [{"result": list(result), **annotation}]}


def put_tasks(folder: Path, *tasks) -> Path:
    put_picture(folder / "images" / "a.jpg")
    put_text(folder / "project-1.json", json.dumps(tasks))
    return folder


RECTANGLE = {"x": 10, "y": 20, "width": 50, "height": 30}


@pytest.mark.parametrize(
    ("region", "box"),
    [
        (RECTANGLE, (20, 20, 100, 30)),
        ({**RECTANGLE, "rotation": 0}, (20, 20, 100, 30)),
        # A quarter turn clockwise about (100, 20): 60 px wide becomes 60 px high, to the left.
        ({"x": 50, "y": 20, "width": 30, "height": 10, "rotation": 90}, (90, 20, 10, 60)),
        ({"points": [[10, 20], [60, 25], [60, 50], [10, 45]]}, (20, 20, 100, 30)),
        ({}, ()),
    ],
    ids=["rectangle", "not turned", "turned", "polygon", "whole picture"],
)
def test_label_studio_regions(tmp_path, region, box):
    rectangle = {"id": "r1", "type": "rectangle", "value": region}
    put_tasks(tmp_path, task(rectangle, area("AB 1", **region)))
    assert rows_of("label-studio", tmp_path) == [("images/a.jpg", "AB 1", "", "", *box)]


@pytest.mark.parametrize(
    "address",
    [
        "a.jpg",
        "/data/upload/1/0a1b2c3d-a.jpg",
        "/data/local-files/?d=plates/images/a.jpg",
        "https://example.com/store/a.jpg?token=1",
        "s3://bucket/folder/%61.jpg",
    ],
)
def test_label_studio_addresses(tmp_path, address):
    put_tasks(tmp_path, task(area(), image=address))
    assert rows_of("label-studio", tmp_path) == [("images/a.jpg", "AB1", "", "")]


def test_label_studio_takes_the_finished_annotation(tmp_path):
    finished = task(area())
    finished["annotations"].insert(0, {"result": [area("WRONG")], "was_cancelled": True})
    plain = task(area())
    plain["annotations"][0]["result"][0]["value"]["text"] = "CD2"
    skipped = task(area("SKIPPED"), was_cancelled=True)
    put_tasks(tmp_path, finished, plain, skipped, {**task(), "annotations": []})
    assert [row[1] for row in rows_of("label-studio", tmp_path)] == ["AB1", "CD2"]


def test_bad_label_studio_tasks(tmp_path):
    put_tasks(
        tmp_path,
        task(area()),
        task(area(), image="/data/upload/1/b.jpg"),
        task(area(" ")),
        task({"id": "r1", "type": "rectanglelabels", "value": RECTANGLE}),
        task(area(x=10, y=10, width=0, height=5)),
        {"image": "a.jpg", "text": "AB1"},
        "no task",
        {"data": {}, "annotations": 5},
    )
    strange = "not as Label Studio writes tasks"
    expected = [
        "task 2: there must be one picture of the task. "
        "Received: {'id': 7, 'ocr': '/data/upload/1/b.jpg'}",
        "task 3: the plate's text is empty",
        "task 4: no text area says the text of a plate",
        "task 5: a box must have x and y of at least 0, width and height of at least 1. "
        "Received: 20, 10, 0, 5",
        f"task 6: {strange} (KeyError('annotations'))",
        f"task 7: {strange} (TypeError(",
        f"task 8: {strange} (TypeError(",
    ]
    problems = problems_of("label-studio", tmp_path)
    assert len(problems) == len(expected)
    for problem, start in zip(problems, expected, strict=True):
        assert problem.startswith(f"project-1.json: {start}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "the JSON is broken: Expecting property name"),
        ("{}", "the export must be a list of tasks. Received: dict"),
        ("[" * 100_000, "the JSON is broken: "),
    ],
)
def test_bad_label_studio_files(tmp_path, text, problem):
    put_text(tmp_path / "a.json", text)
    (found,) = problems_of("label-studio", tmp_path)
    assert found.startswith(f"a.json: {problem}")


def test_boxes_for_some_pictures_only_are_refused(tmp_path):
    put_tasks(tmp_path, task(area()), task(area(**RECTANGLE)))
    with pytest.raises(ManifestError, match="Either every plate must have a box or none: 1 of 2"):
        import_folder("label-studio", tmp_path)


# The index of pictures


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
