import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import lpr_core.data
from lpr_core.data.formats.labels import is_no_text
from lpr_core.data.manifest import fingerprint, read_manifest, write_manifest
from lpr_core.data.samples import Box, ManifestError, Sample, build_frame
from lpr_core.plates.format import SEVEN
from tests.kit.places import REPOSITORY_DIR


@pytest.fixture
def folder(tmp_path):
    """Two pictures of different content."""
    (tmp_path / "images").mkdir()
    Image.new("RGB", (40, 20), "white").save(tmp_path / "images" / "a.jpg")
    Image.new("RGB", (40, 20), "black").save(tmp_path / "images" / "b.jpg")
    return tmp_path


def write(folder: Path, text: str, encoding="utf-8") -> Path:
    path = folder / "manifest.csv"
    path.write_text(text, encoding=encoding)
    return path


def problems_of(path, plate_format=None, **options) -> list[str]:
    with pytest.raises(ManifestError) as caught:
        read_manifest(path, plate_format, **options)
    return list(caught.value.problems) or [str(caught.value).replace(str(path), "CSV")]


def test_public_names():
    assert lpr_core.data.__all__ == sorted(lpr_core.data.__all__)
    assert not any(inspect.ismodule(getattr(lpr_core.data, n)) for n in lpr_core.data.__all__)


def test_least_columns(folder):
    path = write(folder, "image_path,plate_text\nimages/a.jpg,abc-1d23\nimages/b.jpg,OOO0000\n")
    assert read_manifest(path, SEVEN).to_dict("list") == {
        "image_path": [str(folder / "images" / "a.jpg"), str(folder / "images" / "b.jpg")],
        "plate_text": ["ABC1D23", "0000000"],
        "plate_region": ["", ""],
        "split": ["", ""],
    }


def test_all_columns_in_another_order_and_more(folder):
    path = write(
        folder,
        "height,split,note,plate_text,plate_region,width,y,x,image_path\n"
        "8,test,a note,NA,us-ca,30,2,1,images/a.jpg\n",
    )
    frame = read_manifest(path, None, check_pictures="decode")
    expected = {
        "image_path": [str(folder / "images" / "a.jpg")],
        "plate_text": ["NA"],  # text, not a missing value
        "plate_region": ["us-ca"],
        "split": ["test"],
        "x": [1],
        "y": [2],
        "width": [30],
        "height": [8],
    }
    assert frame.to_dict("list") == expected
    assert frame["width"].dtype == np.int64


def test_empty_boxes_are_no_boxes(folder):
    path = write(folder, "image_path,plate_text,x,y,width,height\nimages/a.jpg,A,,,,\n")
    assert "x" not in read_manifest(path, None)


def test_two_plates_in_one_picture(folder):
    path = write(
        folder,
        "image_path,plate_text,x,y,width,height\nimages/a.jpg,A,0,0,9,9\nimages/a.jpg,B,9,9,9,9\n",
    )
    assert list(read_manifest(path, None)["plate_text"]) == ["A", "B"]


def test_spreadsheets_byte_order_mark_quotes_blank_lines_and_blanks(folder):
    path = write(
        folder,
        'image_path, plate_text\r\n"images/a.jpg"," AB 12 "\r\n\r\nimages/b.jpg,C\r\n',
        encoding="utf-8-sig",
    )
    assert list(read_manifest(path, None)["plate_text"]) == ["AB 12", "C"]


def test_paths_may_be_absolute_or_lead_out_of_the_folder(folder):
    (folder / "lists").mkdir()
    path = write(
        folder / "lists",
        f"image_path,plate_text\n../images/a.jpg,A\n{folder}/images/b.jpg,B\n",
    )
    assert len(read_manifest(path, None, check_pictures="decode")) == 2


def test_all_bad_rows_are_listed_once_with_their_lines(folder):
    (folder / "images" / "bad.jpg").write_bytes(b"<html>")
    path = write(
        folder,
        "image_path,plate_text,split\n"
        "images/a.jpg,ABC1D23,train\n"
        "images/none.jpg,ABC1D23,train\n"
        ",ABC1D23,train\n"
        "images/b.jpg,,train\n"
        "images/b.jpg,ABC1D2?,train\n"
        "images/b.jpg,ABC1D2,train\n"
        "images/b.jpg,ABC1D23,tain\n"
        "images/b.jpg,ABC1D23\n"
        "images/b.jpg,ABC1D23,train,more\n"
        '"images/\nb.jpg",ABC1D23,train\n'
        "images/a.jpg,ABC1D24,test\n"
        "images/bad.jpg,ABC1D23,train\n"
        "images/b.jpg,ABC1D23,test\n",
    )
    problems = problems_of(path, SEVEN, check_pictures="exists")
    assert [problem.partition(":")[0] for problem in problems] == [
        f"line {line}" for line in (3, 4, 5, 6, 7, 8, 9, 10, 12, 13)
    ]
    assert problems[0] == f"line 3: there is no file {folder / 'images' / 'none.jpg'}"
    assert problems[1:3] == ["line 4: image_path is empty", "line 5: plate_text is empty"]
    assert "'ABC1D2?'" in problems[3]
    assert "'ABC1D2'" in problems[4]
    assert problems[5] == (
        "line 8: split must be one of train, validation, test, or empty. Received: 'tain'"
    )
    assert problems[6] == "line 9: a row must have 3 fields as the header has. Received: 2"
    assert problems[7] == "line 10: a row must have 3 fields as the header has. Received: 4"
    assert problems[9] == "line 13: the picture stands on line 2 already"
    decoded = problems_of(path, SEVEN, check_pictures="decode")
    assert len(decoded) == 11
    assert decoded[10].startswith("line 14: bad.jpg: This is an HTML page; only JPEG")
    assert len(problems_of(path, SEVEN, check_pictures=None)) == 8


def test_error_counts_and_names_the_file(folder):
    path = write(folder, "image_path,plate_text\nx.jpg,A\ny.jpg,B\n")
    with pytest.raises(ManifestError) as caught:
        read_manifest(path, None)
    assert str(caught.value) == (
        f"{path} has 2 bad rows:\n"
        f"  line 2: there is no file {folder / 'x.jpg'}\n"
        f"  line 3: there is no file {folder / 'y.jpg'}"
    )


@pytest.mark.parametrize(
    ("box", "problem"),
    [
        ("1,2,3,", "must be whole numbers, or all empty. Received: '1', '2', '3', ''"),
        ("1.5,2,3,4", "must be whole numbers, or all empty. Received: '1.5', '2', '3', '4'"),
        ("1,2,0,4", "at least 1. Received: 1, 2, 0, 4"),
        ("40,0,5,5", "The plate's box (40, 0, 5, 5) lies outside the picture of 40 x 20 pixels."),
    ],
)
def test_bad_boxes(folder, box, problem):
    path = write(folder, f"image_path,plate_text,x,y,width,height\nimages/a.jpg,A,{box}\n")
    (found,) = problems_of(path, check_pictures="decode")
    assert found.startswith("line 2: ")
    assert found.endswith(problem)


def test_a_box_in_some_rows_only(folder):
    path = write(
        folder,
        "image_path,plate_text,x,y,width,height\nimages/a.jpg,A,0,0,9,9\nimages/b.jpg,B,,,,\n",
    )
    (problem,) = problems_of(path)
    assert problem.startswith("Either every plate must have a box or none: 1 of 2 have none")


FACTS = (
    "image_path,plate_text,rows,camera,taken_at,track\n"
    "images/a.jpg,A,2,'=north,2026-01-31T14:00:00+02:00,7\n"
    "images/b.jpg,B,,,,\n"
)


def test_facts_are_read_and_written_back(folder):
    frame = read_manifest(write(folder, FACTS), None)
    assert frame.iloc[:, 4:].to_dict("list") == {
        "rows": ["2", ""],
        "camera": ["=north", ""],
        "taken_at": ["2026-01-31T12:00:00+00:00", ""],
        "track": ["7", ""],
    }
    write_manifest(frame.assign(x=0, y=0, width=9, height=9), folder / "again.csv")
    assert (folder / "again.csv").read_text().splitlines()[:2] == [
        "image_path,plate_text,plate_region,split,rows,x,y,width,height,camera,taken_at,track",
        "images/a.jpg,A,,,2,0,0,9,9,'=north,2026-01-31T12:00:00+00:00,7",
    ]
    again = read_manifest(folder / "again.csv", None)
    pd.testing.assert_frame_equal(again[list(frame)], frame)


def test_facts_that_nobody_says_make_no_columns(folder):
    path = write(folder, "image_path,plate_text,rows,track\nimages/a.jpg,A,,\n")
    assert list(read_manifest(path, None)) == ["image_path", "plate_text", "plate_region", "split"]


def test_bad_facts_are_all_listed(folder):
    rows = ["a.jpg,A,3,,", "b.jpg,B,,noon,", "c.jpg,C,1,2026-01-31,", f"d.jpg,D,,,{'x' * 81}"]
    lines = "".join(f"images/{row}\n" for row in rows)
    path = write(folder, f"image_path,plate_text,rows,taken_at,camera\n{lines}")
    assert problems_of(path, check_pictures=None) == [
        "line 2: rows must be 1 or 2, or empty. Received: '3'",
        "line 3: a time must be as 2026-01-31T12:00:00Z. Received: 'noon'",
        f"line 5: camera must have at most 80 printable symbols. Received 81: '{'x' * 40}'",
    ]


def test_fingerprint_does_not_see_facts(folder):
    """Nothing learns from them, and runs of older versions shall know their plates again."""
    frame = read_manifest(write(folder, FACTS), None)
    assert fingerprint(frame) == fingerprint(frame.iloc[:, :4])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "CSV must have the columns image_path and plate_text. Received: an empty file"),
        (
            "image_path;label\n",
            "CSV must have the columns image_path and plate_text. Received: image_path, label",
        ),
        (
            "image_path,plate_text,x,y\n",
            "CSV must have all of the columns x, y, width, height or none. "
            "Received: image_path, plate_text, x, y",
        ),
        (
            "image_path,plate_text,plate_text\n",
            "CSV must not repeat a column. Received: image_path, plate_text, plate_text",
        ),
        ("image_path,plate_text\n", "CSV must have at least one row. Received: only a header"),
        (
            'image_path,plate_text\na.jpg,"A\n',
            "line 2: the file cannot be read further: unexpected end of data",
        ),
    ],
)
def test_bad_files(folder, text, problem):
    assert problems_of(write(folder, text)) == [problem]


def test_other_encodings_are_refused(folder):
    path = write(folder, "image_path,plate_text\nplâque.jpg,A\n", encoding="latin-1")
    (problem,) = problems_of(path)
    assert problem.startswith("CSV must be UTF-8 text, or UTF-16 with its mark; ")


def test_missing_manifest(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.csv"):
        read_manifest(tmp_path / "none.csv", None)


def test_written_manifest_is_read_back(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "c.png"
    Image.new("RGB", (40, 20)).save(elsewhere)
    frame = build_frame(
        [
            Sample(folder / "images" / "a.jpg", "AB,1", "br", "train", Box(1, 2, 3, 4)),
            Sample(elsewhere, 'C"2', "", "", Box(0, 0, 40, 20)),
        ]
    )
    write_manifest(frame, folder / "manifest.csv")
    assert (folder / "manifest.csv").read_text() == (
        "image_path,plate_text,plate_region,split,x,y,width,height\n"
        'images/a.jpg,"AB,1",br,train,1,2,3,4\n'
        f'{elsewhere},"C""2",,,0,0,40,20\n'
    )
    pd.testing.assert_frame_equal(read_manifest(folder / "manifest.csv", None), frame)


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)
plates = names.filter(lambda text: not is_no_text(text))


@settings(deadline=None, max_examples=30)
@given(
    rows=st.lists(
        st.tuples(plates, names, st.sampled_from(["", "train", "validation", "test"])),
        min_size=1,
        unique_by=lambda row: row[1],
    )
)
def test_any_text_survives_writing_and_reading(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("round")
    frame = build_frame(
        Sample(folder / str(index), text, region, split)
        for index, (text, region, split) in enumerate(rows)
    )
    write_manifest(frame, folder / "m.csv")
    read = read_manifest(folder / "m.csv", None, check_pictures=None)
    pd.testing.assert_frame_equal(read, frame)


def test_fingerprint_ignores_order_index_and_place(folder, tmp_path_factory):
    path = write(folder, "image_path,plate_text\nimages/a.jpg,A\nimages/b.jpg,B\n")
    frame = read_manifest(path, None)
    other = tmp_path_factory.mktemp("moved") / "m"
    moved = frame.copy()
    Path(folder).rename(other)
    moved["image_path"] = [str(other / "images" / name) for name in ("a.jpg", "b.jpg")]
    first = fingerprint(moved)
    assert first == fingerprint(moved.iloc[::-1])
    assert first == fingerprint(moved.set_index(pd.Index([7, 7])))
    assert len(first) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"plate_text": ["A", "C"]},
        {"plate_region": ["", "br"]},
        {"split": ["", "test"]},
        {"x": [0, 0], "y": [0, 0], "width": [9, 9], "height": [9, 9]},
    ],
)
def test_fingerprint_sees_every_change(folder, change):
    frame = read_manifest(
        write(folder, "image_path,plate_text\nimages/a.jpg,A\nimages/b.jpg,B\n"), None
    )
    before = fingerprint(frame)
    assert fingerprint(frame.assign(**change)) != before
    assert fingerprint(frame.iloc[:1]) != before
    (folder / "images" / "a.jpg").write_bytes((folder / "images" / "b.jpg").read_bytes())
    assert fingerprint(frame) != before


def test_fingerprint_stays_what_it_is(folder):
    """A run's folder keeps it, so that a later version must come to the same."""
    (folder / "images" / "a.jpg").write_bytes(b"fixed")
    frame = build_frame([Sample(folder / "images" / "a.jpg", "ABC1D23", "br", "train")])
    assert fingerprint(frame) == "e4d6d0fa37651689eb7a4f8bed5c0ecbb51c0963b5fa571884a61a6605f655f6"


REAL = REPOSITORY_DIR.parent / "shared/datasets/real-plates/manifest.csv"


@pytest.mark.skipif(not REAL.exists(), reason="the real plates are not here")
def test_real_plates_can_be_read():
    assert set(read_manifest(REAL, SEVEN)["split"]) == {"train", "validation", "test"}
