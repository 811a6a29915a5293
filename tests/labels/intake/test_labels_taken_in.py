"""Labels that come along with pictures: they add to what people said."""

import numpy as np
import pytest

from lpr_core.data.samples import ManifestError
from lpr_core.labels.intake import take_in
from lpr_core.labels.intake.report import IntakeVerdict
from lpr_core.labels.tables.rows import Mark
from tests.kit.brought_folders import encode, put, verdicts, zip_folder
from tests.kit.label_samples import picture_bytes

pytest_plugins = ["tests.kit.label_databases"]

NO_PICTURE = "Its picture did not come along, and the store does not have it."


@pytest.fixture
def store(sqlite_store):
    return sqlite_store


def said(store):
    """Text, mark, author and region by the picture's name."""
    return {
        record.picture.name: (
            record.text,
            record.mark,
            record.revision.author if record.revision else None,
            record.picture.region,
        )
        for record in store.records()
    }


def test_a_manifest_brings_its_labels(any_store, folder):
    put(
        folder,
        "sub/manifest.csv",
        "image_path,plate_text,plate_region\n"
        "1.png,abc-1d23,br\n./2.png,AB?,\n../3.png,XYZ12,\n4.png,NO1,us\n/home/me/5.png,ÄB12,\n",
    )
    for name in ("sub/1", "sub/2", "3", "5"):
        put(folder, f"{name}.png", picture_bytes(int(name[-1])))
    report = take_in(any_store, folder, author="maria")
    assert verdicts(report) == {
        "3.png": "added",
        "5.png": "added",
        "sub/1.png": "added",
        "sub/2.png": "added",
        "sub/4.png": "refused",
    }
    rows = {row.name: row for row in report.rows}
    assert rows["sub/4.png"].sentence == NO_PICTURE
    assert rows["sub/2.png"].sentence.startswith("Its label was left out: A plate text has only")
    assert said(any_store) == {
        "1.png": ("ABC1D23", "corrected", "maria", "br"),
        "2.png": ("", "unchecked", None, None),
        "3.png": ("XYZ12", "corrected", "maria", None),
        "5.png": ("ÄB12", "corrected", "maria", None),
    }
    assert any_store.search(mark="corrected").total == 3
    assert {filed.value: count for filed, count in report.label_counts().items()} == {
        "taken": 3,
        "known": 0,
        "kept": 0,
        "refused": 1,
    }


def test_a_persons_word_is_never_undone(any_store, folder):
    ids = [any_store.add_picture(picture_bytes(seed), f"{seed}.png") for seed in range(3)]
    any_store.add_revision(ids[0], text="MINE1", author="maria")
    any_store.add_revision(ids[1], Mark.UNREADABLE)
    put(folder, "m.csv", "image_path,plate_text\n0.png,FILE1\n1.png,FILE2\n2.png,FILE3\n")
    for seed in range(3):
        put(folder, f"{seed}.png", picture_bytes(seed))
    rows = take_in(any_store, folder).rows
    assert [row.sentence.split(". ", 1)[1:] for row in rows] == [
        ["Its label 'FILE1' was left out: maria has said 'MINE1' here."],
        ["Its label 'FILE2' was left out: somebody has said 'unreadable' here."],
        [],
    ]
    assert [any_store.history(one).text for one in ids] == ["MINE1", "", "FILE3"]


def test_times_decide_between_words(any_store, folder):
    picture_id = any_store.add_picture(picture_bytes(0), "0.png")
    header = "image_path,plate_text,author,saved_at\n"
    texts = []
    for text, moment in [
        ("B2", "2024-02-01"),
        ("A1", "2024-01-01"),  # older: kept out
        ("C3", "2024-03-01"),
        ("C3", "2024-03-01"),  # the same again
        ("D4", ""),  # at no time: kept out
    ]:
        put(folder, "m.csv", f"{header}{picture_id}.png,{text},jo,{moment}\n")
        take_in(any_store, folder / "m.csv")
        texts.append(any_store.history(picture_id).text)
    assert texts == ["B2", "B2", "C3", "C3", "C3"]
    assert len(any_store.history(picture_id).revisions) == 2


def test_a_region_that_a_person_said_stays(any_store, folder):
    put(folder, "0.png", picture_bytes(0))
    for region in ("", "br", "us", "x" * 33):
        put(folder, "m.csv", f"image_path,plate_text,plate_region\n0.png,A1,{region}\n")
        take_in(any_store, folder)
    (record,) = any_store.records()
    assert record.picture.region == "br"


def test_boxes_are_cut_out(store, folder):
    pixels = np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8)
    put(folder, "car.png", encode(pixels))
    put(folder, "whole.png", picture_bytes(1))
    put(
        folder,
        "m.csv",
        "image_path,plate_text,x,y,width,height\n"
        "car.png,ONE1,10,5,40,20\ncar.png,TWO2,50,30,200,200\nwhole.png,ALL3,0,0,60,20\n",
    )
    names = [row.name for row in take_in(store, folder).rows]
    assert names == ["car.png", "car 2.png", "whole.png"]
    sizes = {
        record.text: (record.picture.width, record.picture.height) for record in store.records()
    }
    assert sizes == {"ONE1": (40, 20), "TWO2": (40, 30), "ALL3": (60, 20)}
    assert set(verdicts(take_in(store, folder)).values()) == {"same file"}


def test_a_box_beside_the_picture_is_refused(store, folder):
    put(folder, "car.png", picture_bytes(0))
    put(folder, "m.csv", "image_path,plate_text,x,y,width,height\ncar.png,ONE1,70,5,40,20\n")
    (row,) = take_in(store, folder).rows
    assert row.sentence == (
        "The plate's box (70, 5, 40, 20) lies outside the picture of 60 x 20 pixels."
    )


UFPR = "plate: AUZ-1234\nposition_plate: 10 2 30 15\n"

VOC = (
    "<annotation><filename>a.png</filename><object><name>AUZ1234</name><bndbox><xmin>10</xmin>"
    "<ymin>2</ymin><xmax>40</xmax><ymax>17</ymax></bndbox></object></annotation>"
)


@pytest.mark.parametrize("bring", [lambda folder: folder, zip_folder], ids=["folder", "zip"])
@pytest.mark.parametrize(
    ("layout", "label", "content", "picture"),
    [
        ("ufpr", "training/a.txt", UFPR, "training/a.png"),
        ("pascal-voc", "labels/a.xml", VOC, "pictures/a.png"),
        ("openalpr", "br/a.txt", "a.png\t10\t2\t30\t15\tAUZ1234\n", "br/a.png"),
        ("image-name", "", "", "AUZ-1234_2.png"),
    ],
)
def test_every_layout_brings_labels(store, folder, bring, layout, label, content, picture):
    put(folder, picture, picture_bytes(0))
    if label:
        put(folder, label, content)
    (row,) = take_in(store, bring(folder), layout=layout).rows
    assert row.verdict is IntakeVerdict.ADDED
    (record,) = store.records()
    assert record.text == "AUZ1234"
    if label:
        assert (record.picture.width, record.picture.height) == (30, 15)


def test_a_layout_must_be_known_and_there(store, folder):
    put(folder, "a.png", picture_bytes(0))
    with pytest.raises(ValueError, match="`layout` must be one of"):
        take_in(store, folder, layout="mine")
    with pytest.raises(ManifestError, match="must hold ufpr labels"):
        take_in(store, folder, layout="ufpr")
    assert store.search().total == 0


def test_bad_labels_are_all_listed_before_anything_is_stored(store, folder):
    put(folder, "a.png", picture_bytes(0))
    put(folder, "m.csv", "image_path,plate_text\na.png,\n,A1\n")
    with pytest.raises(ManifestError, match="has 2 bad rows"):
        take_in(store, folder)
    assert store.search().total == 0
