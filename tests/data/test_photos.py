"""Photos with boxes, read from manifests: every good row counts, every bad one is told."""

import numpy as np
import pytest

from lpr_core.data.formats.boxes import LabelledBox, LabelledPhoto
from lpr_core.data.formats.boxes.manifest import write_manifest_boxes
from lpr_core.data.photos import list_classes, read_photos
from lpr_core.data.samples import ManifestError
from tests.kit.labelled_folders import put_picture, put_text

HEADER = "image_path,split,x,y,width,height"
CORNERED = f"{HEADER},x1,y1,x2,y2,x3,y3,x4,y4"


@pytest.fixture
def read(tmp_path):
    for name in ("a.jpg", "b.jpg", "in/c.jpg"):
        put_picture(tmp_path / name)
    return lambda *rows: read_photos(put_text(tmp_path / "m.csv", "\n".join([*rows, ""])))


def problems(read, *rows):
    with pytest.raises(ManifestError) as caught:
        read(*rows)
    return caught.value.problems


def test_one_row_a_photo_with_all_its_boxes(read, tmp_path):
    frame = read(
        f"{HEADER},class,country,track,plate_text",
        "a.jpg,train,1.5,2,30,10.25,car,br,t1,",
        "in\\c.jpg,test,0,0,9,9,,,,KL1",
        "a.jpg,train,40,2,30,10,plate,br,t1,AB1",
        "b.jpg,validation,,,,,,,,",
    )
    assert list(frame["image_path"]) == [str(tmp_path / n) for n in ("a.jpg", "in/c.jpg", "b.jpg")]
    assert list(frame["split"]) == ["train", "test", "validation"]
    assert frame["boxes"][0].tolist() == [[1.5, 2, 31.5, 12.25], [40, 2, 70, 12]]
    assert list(frame["classes"]) == [("car", "plate"), ("plate",), ()]
    assert list(frame["texts"]) == [("", "AB1"), ("KL1",), ()]
    assert list(frame["country"]) == ["br", "", ""]
    assert list(frame["track"]) == ["t1", "", ""]
    assert [boxes.shape for boxes in frame["boxes"]] == [(2, 4), (1, 4), (0, 4)]
    assert [corners.shape for corners in frame["corners"]] == [(2, 4, 2), (1, 4, 2), (0, 4, 2)]
    assert np.isnan(frame["corners"][0]).all()
    assert list_classes(frame) == ("car", "plate")


def test_corners_are_read_where_they_are_known(read):
    frame = read(
        CORNERED, "a.jpg,train,1,2,30,10,1,2,31,4,31,12,1,10", "b.jpg,train,1,2,30,10,,,,,,,,"
    )
    assert frame["corners"][0].tolist() == [[[1, 2], [31, 4], [31, 12], [1, 10]]]
    assert np.isnan(frame["corners"][1]).all()


def test_all_bad_rows_are_told_at_once(read):
    assert problems(
        read,
        f"{CORNERED},plate_text",
        "a.jpg,train,1,2,30,ten,,,,,,,,,",
        ",train,1,2,30,10,,,,,,,,,",
        "a.jpg,training,1,2,30,10,,,,,,,,,",
        "a.jpg,train,1,2,0,10,,,,,,,,,",
        "a.jpg,train,1,2,30,10,,,,,,,,,",
        "a.jpg,train,1,2,30,10,,,,,,,,,",
        "a.jpg,test,9,2,30,10,,,,,,,,,",
        "a.jpg,train,,,,,,,,,,,,,",
        "b.jpg,train,,,,,,,,,,,,,AB1",
        "b.jpg,train,1,2,30,10,1,2,31,4,31,12,,,",
        "b.jpg,train,1,2,30,10,1,10,31,12,31,4,1,2,",
        "b.jpg,train",
    ) == (
        "line 2: x, y, width, height must be numbers, or all empty. "
        "Received: '1', '2', '30', 'ten'",
        "line 3: image_path is empty",
        "line 4: split must be one of train, validation, test, or empty. Received: 'training'",
        "line 5: a box must have x and y of at least 0, width and height of more than 0. "
        "Received: 1, 2, 0, 10",
        "line 7: the same box of this picture stands on line 6 already",
        "line 8: a picture must have one split. Received: 'test' here, 'train' on line 6",
        "line 9: a picture with a row without a box must have no other row. "
        "Received: another one on line 6",
        "line 10: a row without a box must have no text and no corners",
        "line 11: x1, y1, x2, y2, x3, y3, x4, y4 must be numbers, or all empty. "
        "Received: '1', '2', '31', '4', '31', '12', '', ''",
        "line 12: corners must go from the left top clockwise around the plate. "
        "Received: 1 10, 31 12, 31 4, 1 2",
        "line 13: a row must have 15 fields as the header has. Received: 2",
    )


def test_a_picture_that_is_not_there(read):
    assert problems(read, HEADER, "z.jpg,train,1,2,3,4") == (
        "line 2: there must be one picture 'z.jpg'. Received: 0",
    )


@pytest.mark.parametrize(
    ("header", "rule"),
    [
        ("image_path,x,y,width", "must have the columns image_path, x, y, width, height"),
        (f"{HEADER},x1", "must have all of the columns x1, y1, .* or none"),
        (f"{HEADER},x", "must not repeat a column"),
    ],
)
def test_headers_that_cannot_be_used(read, header, rule):
    with pytest.raises(ValueError, match=rule):
        read(header, ",".join(["a.jpg", *["1"] * header.count(",")]))


def test_a_manifest_of_nothing(read):
    with pytest.raises(ManifestError, match="must have at least one row"):
        read(HEADER)


def test_what_is_written_can_be_read_and_runs_nothing(tmp_path):
    put_picture(tmp_path / "a.jpg")
    box = LabelledBox(1, 2, 3, 4, "=cmd()", "AB1", ((1, 2), (4, 2), (4, 6), (1, 6)))
    photo = LabelledPhoto("", str(tmp_path / "a.jpg"), (box,), "train", {"country": "br"})
    write_manifest_boxes([photo], tmp_path / "m.csv")
    assert (tmp_path / "m.csv").read_text() == (
        "image_path,plate_text,class,split,x,y,width,height,x1,y1,x2,y2,x3,y3,x4,y4,country\n"
        "a.jpg,AB1,'=cmd(),train,1,2,3,4,1,2,4,2,4,6,1,6,br\n"
    )
    (row,) = read_photos(tmp_path / "m.csv").itertuples()
    assert (row.classes, row.texts, row.country) == (("=cmd()",), ("AB1",), "br")
