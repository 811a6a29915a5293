"""Labels in the JSON of Label Studio."""

import json
from pathlib import Path

import pytest

from lpr_core.data.formats import import_folder
from lpr_core.data.samples import ManifestError
from tests.kit.labelled_folders import problems_of, put_picture, put_text, rows_of


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
        f"task 6: {strange}: 'annotations' is missing",
        f"task 7: {strange}",
        f"task 8: {strange}",
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
