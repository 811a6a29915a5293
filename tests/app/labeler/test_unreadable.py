"""What is too unsure to count as read: kept, marked, and shown nowhere as a text."""

import csv
import io
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from app.labeler.api import plate_endpoints
from app.labeler.desk import LabelDesk
from app.labeler.door.sign_in import OWNER
from app.labeler.pages.history.functions import make_history_functions
from app.labeler.pages.queue.functions import make_queue_functions
from app.labeler.pages.review.functions import make_review_functions
from app.labeler.pages.sheet.functions import make_sheet_functions
from lpr_core.cli import app as cli
from lpr_core.labels import LabelStore, Mark
from lpr_core.labels.exchange import ExportKind, export_labels, read_labels
from lpr_core.labels.queue.queue import Queue
from lpr_core.pictures.decoding import read_picture
from lpr_core.plates.readable import NOT_READ, hide_unreadable, is_readable, say_reading
from lpr_core.serving import Reader
from lpr_core.serving.pipeline import NO_PLATE
from tests.app.labeler.test_history import EVERYTHING
from tests.kit.fake_reader import FakeReader, hash_text
from tests.kit.label_samples import picture_bytes, reading_dict
from tests.kit.page_kit import caller

INVENTED = hash_text(read_picture(picture_bytes()))
"""What the reader makes of the picture; it must not come out anywhere but in the history's file."""


class UnsureReader(FakeReader):
    """Reads like the fake reader, and is sure of nothing."""

    def read(self, picture, region=None):
        return replace(super().read(picture, region), confidence=0.004)


@pytest.fixture
def store(tmp_path):
    opened = LabelStore(data_dir=tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def desk(store):
    return LabelDesk(UnsureReader(), store)


@pytest.fixture
def picture_path(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(picture_bytes())
    return path


@pytest.fixture
def plate(desk, picture_path):
    """One picture that the desk has read, by its id."""
    return desk.read(picture_path, "photo.png", None)["cards"][0]["id"]


def assert_not_read(read, note=NOT_READ):
    assert INVENTED not in json.dumps(read)
    assert (read["text"], read["slots"], read["pattern"]) == ("", [], None)
    assert (read["is_readable"], read["note"]) == (False, note)


# --- the rule


@pytest.mark.parametrize(
    ("confidence", "readable_from", "expected"),
    [
        (0.5, 0.5, True),
        (0.4999, 0.5, False),
        (0.0, 0.0, True),
        (1.0, 1.0, True),
        (0.99, 1.0, False),
    ],
)
def test_a_reading_counts_from_its_reader_s_floor_on(confidence, readable_from, expected):
    assert is_readable(confidence, readable_from) is expected
    reading = reading_dict("ABC1D23", confidence=confidence, readable_from=readable_from)
    shown = hide_unreadable(reading)
    assert shown["is_readable"] is expected
    assert shown["text"] == ("ABC1D23" if expected else "")
    assert reading["text"] == "ABC1D23"  # what was given stays
    told = SimpleNamespace(text="ABC1D23", is_readable=expected)
    assert say_reading(told) == ("ABC1D23" if expected else "no plate that can be read")


def test_hiding_adds_no_fields_that_a_reading_has_not():
    shown = hide_unreadable({"confidence": 0.1, "readable_from": 0.5, "text": "ABC"})
    assert set(shown) == {"confidence", "readable_from", "text", "is_readable", "note"}


# --- the store


def test_the_store_keeps_the_text_and_says_that_it_was_not_read(store, plate):
    record = store.history(plate)
    reading = record.reading
    assert (reading.text, reading.confidence, reading.readable_from) == (INVENTED, 0.004, 0.5)
    assert not reading.is_readable
    assert (record.text, record.read_text, record.mark) == ("", "", "unchecked")
    assert record.to_dict()["readings"][0]["is_readable"] is False
    assert not store.verify().faults


def test_a_text_below_the_floor_cannot_be_found(store, plate):
    assert store.search(INVENTED[1:5]).total == 0
    assert store.search("photo").total == 1
    store.add_reading(plate, reading_dict(INVENTED, confidence=0.9, readable_from=0.5))
    assert store.search(INVENTED[1:5]).total == 1


def test_a_reader_with_another_floor_is_another_reading(store, plate):
    again = reading_dict(INVENTED, confidence=0.6, readable_from=0.5)
    store.add_reading(plate, again)
    record = store.add_reading(plate, again | {"readable_from": 0.7})
    assert [read.is_readable for read in record.readings] == [False, True, False]


def test_who_types_it_has_corrected_not_confirmed(store, plate):
    """Nobody has seen the reader's text, so nobody can have confirmed it."""
    record = store.add_revision(plate, text=INVENTED, author="ana")
    assert (record.mark, record.revision.before, record.revision.after) == (
        "corrected", "", INVENTED,
    )  # fmt: skip
    assert not store.verify().faults


def test_the_queue_does_not_tell_it_either(store, plate):
    queue = Queue(store._database)
    (handed,) = queue.hand_out("ana")
    assert handed.record.text == ""
    answered = queue.submit(handed.assignment_id, "ana", None, "ABC1D23", 1.0)
    assert (answered.mark, answered.revision.before) == ("corrected", "")


def test_the_invented_pattern_gives_no_region(store, plate):
    store.add_reading(
        plate, reading_dict("ABC1D23", confidence=0.1, readable_from=0.5, region="br")
    )
    store.add_revision(plate, text="XYZ1D23")
    rows = export(store, ExportKind.MANIFEST)
    assert [row["plate_region"] for row in csv.DictReader(io.StringIO(rows))] == [""]


# --- files


def export(store, kind):
    path = store.pictures_dir.parent / kind
    export_labels(store, kind, path)
    return path.read_text()


@pytest.mark.parametrize("mark", [None, Mark.UNREADABLE, Mark.NOT_A_PLATE])
@pytest.mark.parametrize("kind", [ExportKind.MANIFEST, ExportKind.PADDLE, ExportKind.LABEL_STUDIO])
def test_no_file_of_labels_has_it(store, plate, kind, mark):
    if mark:
        store.add_revision(plate, mark)
    assert INVENTED not in export(store, kind)


def test_label_studio_gets_no_text_that_one_click_would_accept(store, plate):
    (task,) = json.loads(export(store, ExportKind.LABEL_STUDIO))
    (prediction,) = task["predictions"]
    assert (prediction["score"], prediction["result"]) == (0.004, [])
    assert task["data"]["plate_text"] == ""


def test_the_history_has_everything_and_comes_back(store, plate, tmp_path):
    store.add_reading(plate, reading_dict("ABC1D23", confidence=0.6, readable_from=0.7))
    line = json.loads(export(store, ExportKind.HISTORY))
    assert [read["text"] for read in line["readings"]] == [INVENTED, "ABC1D23"]
    assert [read["is_readable"] for read in line["readings"]] == [False, False]
    path = store.pictures_dir.parent / ExportKind.HISTORY
    (history,) = read_labels(path, ExportKind.HISTORY)
    floors = [reading.readable_from for reading in history.readings]
    assert floors == [0.5, 0.7]
    for reading in line["readings"]:  # as an older program wrote it
        del reading["readable_from"], reading["is_readable"]
    path.write_text(json.dumps(line))
    (history,) = read_labels(path, ExportKind.HISTORY)
    assert [reading.is_readable for reading in history.readings] == [False, True]


# --- pages and programs


def test_the_sheet(store, desk, picture_path):
    ask = caller(make_sheet_functions(desk))
    (card,) = desk.read(picture_path, "photo.png", None)["cards"]
    assert card["text"] == ""
    assert_not_read(card["read"])
    (waiting,) = ask("waiting", picture_id="")["cards"]
    assert_not_read(waiting["read"])
    (again,) = ask("read_again", picture_ids=[card["id"]], region="br")["cards"]
    assert_not_read(again["read"])
    answer = ask("correct", picture_id=card["id"], text=card["text"], mark="correct")
    assert "1 to 16 letters" in answer["error"]
    sentence = ask("correct", picture_id=card["id"], text=NOT_READ, mark="correct")
    assert "1 to 16 letters" in sentence["error"]
    assert store.history(card["id"]).revisions == ()


def test_the_queue_s_page(store, desk, plate):
    ask = caller(make_queue_functions(desk, store, lambda: None))
    wanted = {"project_id": 1, "order": "worst", "region": "", "count": 1}
    (task,) = ask("next_plates", **wanted)["tasks"]
    assert_not_read(task["read"])
    assert_not_read(ask("read_as", picture_id=plate, region="br")["read"])
    said = {"assignment_id": task["assignment_id"], "mark": "correct", "text": "", "seconds": 1}
    assert "1 to 16 letters" in ask("answer", **said, **wanted)["error"]
    assert store.history(plate).revisions == ()


def test_the_history_page(store, plate):
    ask = caller(make_history_functions(store))
    html = ask("find_plates", **EVERYTHING)["html"]
    assert INVENTED not in html
    assert f'<div class="plate unread">{NOT_READ}</div>' in html
    assert html.count(NOT_READ) == 3  # in the frame, beside the name, among the steps
    store.add_revision(plate, Mark.UNREADABLE)
    assert INVENTED not in ask("find_plates", **EVERYTHING)["html"]
    store.add_revision(plate, text="ABC1D23")
    html = ask("find_plates", **EVERYTHING)["html"]
    assert '<div class="plate">ABC1D23</div>' in html
    assert INVENTED not in html


def test_the_review_page(store, plate):
    project = store.projects.list()[0].project_id
    store.projects.update(project, second_share=1.0)
    queue = Queue(store._database)
    for name, text in [("ana", "ABC1D23"), ("bea", "ABC1D24")]:
        (handed,) = queue.hand_out(name)
        queue.submit(handed.assignment_id, name, None, text, 1.0)
    (dispute,) = caller(make_review_functions(store))("disputes", project_id=project)["disputes"]
    assert_not_read(dispute["read"])
    assert [dispute[side]["text"] for side in ("first", "second")] == ["ABC1D23", "ABC1D24"]


def test_programs_and_tools(store, desk, plate):
    _, correct, history, _ = plate_endpoints(desk, store)
    request = SimpleNamespace(state=SimpleNamespace(user=OWNER))
    (found,) = history(request)["plates"]
    assert (found["text"], INVENTED in json.dumps(found, default=str)) == ("", False)
    assert [(read["text"], read["note"]) for read in found["readings"]] == [("", NOT_READ)]
    with pytest.raises(ValueError, match="1 to 16 letters"):
        correct(request, plate, text=found["text"])


def test_the_command_line(tmp_path):
    path = tmp_path / "noise.png"
    path.write_bytes(picture_bytes(width=192, height=64))
    invented = Reader.load().read(read_picture(path)).text
    told = CliRunner().invoke(cli, ["read", str(path)])
    assert (told.exit_code, told.stdout) == (0, f"{path}  {NO_PLATE}\n")
    (shown,) = json.loads(CliRunner().invoke(cli, ["read", "--json", str(path)]).stdout)
    assert_not_read(shown, NO_PLATE)
    assert invented not in json.dumps(shown)
