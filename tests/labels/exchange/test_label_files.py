"""Files of labels as they are read: told apart, and every bad line listed."""

import json

import pytest

from lpr_core.data.samples import Box, ManifestError
from lpr_core.labels.exchange import ExportKind, PlateLabels, Word, find_kind, read_labels, tables

pytest_plugins = ["tests.kit.label_databases"]


def problems_of(tmp_path, name, content) -> list[str]:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(ManifestError) as caught:
        read_labels(path, find_kind(path))
    return str(caught.value).splitlines()


def test_bad_manifest_rows_are_all_listed(tmp_path):
    rows = "image_path,plate_text,mark,saved_at\na,A1,good,\nb,B1,correct,soon\nc,C1,,2999-01-01\n"
    assert problems_of(tmp_path, "m.csv", rows) == [
        "m.csv has 3 bad rows:",
        "  line 2: mark must be correct or corrected, or empty. Received: 'good'",
        "  line 3: a time must be as 2026-01-31T12:00:00Z. Received: 'soon'",
        "  line 4: a time must not lie in the future. Received: '2999-01-01'",
    ]


def test_bad_paddle_lines_are_all_listed(tmp_path):
    assert problems_of(tmp_path, "rec_gt.txt", "a.png\tA1\nb.png B1\n\t\n") == [
        "rec_gt.txt has 1 bad lines:",
        "  line 2: a line must be a path, a tab and a text. Received: 'b.png B1'",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[{]", "tasks.json: the JSON is broken: Expecting property name"),
        ("[" * 100_000, "tasks.json: the JSON is broken: "),
    ],
)
def test_broken_tasks(tmp_path, content, problem):
    (found,) = problems_of(tmp_path, "tasks.json", content)
    assert found.startswith(problem)


def test_bad_tasks_are_all_listed(tmp_path):
    good = {"data": {"ocr": "a.png"}, "annotations": []}
    two = {"data": {"ocr": "a.png"}, "annotations": [{"result": []}]}
    strange = {"data": {"ocr": "a.png", "mark": "fine"}, "annotations": []}
    content = json.dumps([good, 5, {"data": {}}, two, strange])
    summary, *problems = problems_of(tmp_path, "tasks.json", content)
    assert summary == "tasks.json has 4 bad tasks:"
    assert [problem.split(": 'ann")[0].split(": 'image")[0] for problem in problems] == [
        "  task 2: not as Label Studio writes tasks",
        "  task 3: not as Label Studio writes tasks",
        "  task 4: no text area says the text of a plate",
        "  task 5: `mark` must be one of unchecked, correct, corrected, unreadable, not_a_plate. "
        "Received: 'fine'",
    ]


def history_line(**changes):
    revision = {
        "mark": "corrected",
        "before": "",
        "after": "A1",
        "author": "",
        "reader_version": "",
        "saved_at": "2026-01-01T00:00:00Z",
    }
    line = {"format": "lpr-history-1", "image_path": "a.png", "picture": {}, "readings": []}
    return json.dumps(line | {"revisions": [revision | changes]})


def test_bad_histories_are_all_listed(tmp_path):
    lines = [
        history_line(),
        history_line(after=""),
        history_line(mark="unreadable"),
        history_line(saved_at="2999-01-01T00:00:00Z"),
        history_line(saved_at="2026-01-01T00:00:00"),
        history_line(author="x" * 81),
        "{}",
        "nonsense",
    ]
    summary, *problems = problems_of(tmp_path, "a.jsonl", "\n".join(lines))
    assert summary == "a.jsonl has 7 bad lines:"
    assert [problem.split(":")[0] for problem in problems] == [
        f"  line {number}" for number in range(2, 9)
    ]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", "image_path,plate_text\n", ExportKind.MANIFEST),
        ("a.csv", "\ufeffplate_text , image_path,more\n", ExportKind.MANIFEST),
        ("a.csv", "path,text\n", ExportKind.MANIFEST),
        ("a.csv", "path,label\n", None),
        ("REC_GT_train.txt", "", ExportKind.PADDLE),
        ("notes.txt", "a\tb", None),
        ("a.json", ' [{"data": 1}]', ExportKind.LABEL_STUDIO),
        ("a.json", "{}", None),
        ("a.jsonl", history_line(), ExportKind.HISTORY),
        ("a.jsonl", "{}", None),
        ("a.png", "image_path,plate_text", None),
    ],
)
def test_kinds_are_told_by_their_beginning(tmp_path, name, content, kind):
    (tmp_path / name).write_text(content)
    assert find_kind(tmp_path / name) is kind


HEADER = "image_path,plate_text\n"


@pytest.mark.parametrize(
    ("limit", "value", "content", "problem"),
    [
        ("MAX_BYTES", 30, HEADER + "a,b\n" * 5, "m.csv has 0 MB; at most 3e-05 MB of labels are"),
        ("MAX_ROWS", 3, HEADER + "a,b\n" * 3, "m.csv has more than 3 lines, the most that"),
        ("MAX_LINE_BYTES", 30, HEADER + "a" * 31, "Line 2 of m.csv is longer than 30 bytes."),
        ("MAX_FIELD_LENGTH", 12, HEADER + '"a\nbcdefghijkl",b\n', "m.csv has a field of 13 char"),
        ("MAX_FIELD_LENGTH", 12, HEADER + '"' + "a\n" * 90_000, "m.csv cannot be read as CSV: "),
    ],
)
def test_huge_tables_are_refused(tmp_path, monkeypatch, limit, value, content, problem):
    monkeypatch.setattr(tables, limit, value)
    (found,) = problems_of(tmp_path, "m.csv", content)
    assert found.startswith(problem)


def test_boxes_of_a_manifest_are_kept(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("image_path,plate_text,x,y,width,height\na.png,A1,1,2,30,40\n")
    (found,) = read_labels(path, ExportKind.MANIFEST)
    assert found == PlateLabels(f"{tmp_path}/a.png", Word(None, "A1"), "", Box(1, 2, 30, 40))
