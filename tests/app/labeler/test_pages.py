"""What the pages of the labelling app ask, and the HTML that they show."""

import logging
import re

import pytest

from app.labeler.pages.history.functions import make_history_functions
from app.labeler.pages.sheet.functions import make_sheet_functions
from app.labeler.pages.view import mark_choices, page_header, past_readings, say_place
from lpr_core.labels import Mark, PersonalView, StoreError
from tests.kit.label_samples import picture_bytes, reading_dict
from tests.kit.page_kit import caller, person, read_one


@pytest.fixture
def ask(desk, store):
    """A function that calls a page's function: `ask("correct", picture_id=...)`."""
    return caller([*make_sheet_functions(desk), *make_history_functions(store)])


@pytest.fixture
def upload_dir(tmp_path, monkeypatch):
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


def test_an_upload_is_read(ask, upload_dir):
    path = upload_dir / "x" / "car.png"
    path.parent.mkdir()
    path.write_bytes(picture_bytes())
    (card,) = ask("read_upload", path=str(path), name="my car.png", region="")["cards"]
    assert (card["name"], card["mark"]) == ("my car.png", "unchecked")
    assert ask("waiting", picture_id="") == {"cards": [card], "alone": True}


def test_only_uploads_are_read(ask, upload_dir, tmp_path, store):
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture_bytes())
    (upload_dir / "link.png").symlink_to(secret)
    for path in (secret, upload_dir / ".." / "secret.png", upload_dir / "link.png", "/etc/passwd"):
        answer = ask("read_upload", path=str(path), name="x.png", region="")
        assert answer == {"error": "Only an uploaded file can be read."}
    assert store.search().total == 0


def test_a_bad_upload_is_one_sentence(ask, upload_dir):
    (upload_dir / "bad.jpg").write_bytes(b"<svg/>")
    answer = ask("read_upload", path=str(upload_dir / "bad.jpg"), name="bad.jpg", region="")
    assert list(answer) == ["error"]
    assert re.fullmatch(r"[A-Z][^\n]+\.", answer["error"])


def test_an_unforeseen_fault_fails_a_test(ask):
    with pytest.raises(KeyError):
        ask("correct")


@pytest.mark.usefixtures("faults_are_told")
def test_an_unforeseen_fault_is_one_sentence_and_a_log_entry(ask, caplog):
    caplog.set_level(logging.ERROR)
    assert ask("correct") == {"error": "Something went wrong here; the app's log says what."}
    assert "correct failed" in caplog.text


def test_a_store_that_fails_says_so(ask, store, monkeypatch):
    def fail(*_, **__):
        raise StoreError("The label store is full.")

    monkeypatch.setattr(PersonalView, "search", fail)
    search = dict.fromkeys(("query", "mark", "person", "region", "project", "since", "until"), "")
    answer = ask("find_plates", page=1, **search)
    assert answer == {"error": "The label store is full.", "again": True}


def test_where_people_have_accounts_the_queue_hands_out_what_waits(ask, desk):
    card = read_one(desk)
    ann = caller(make_sheet_functions(desk), person("ann"))
    assert ask("waiting", picture_id="") == {"cards": [card], "alone": True}
    assert ann("waiting", picture_id="") == {"cards": [], "alone": False}
    assert ann("waiting", picture_id=card["id"]) == {"cards": [card], "alone": False}
    ann("correct", picture_id=card["id"], text="A1", mark="", author="somebody else")
    assert ann("waiting", picture_id=card["id"])["cards"][0]["author"] == "ann"


def test_an_empty_history_leads_to_the_first_picture(store):
    assert "Bring the first pictures" in past_readings(store.search(), filtered=False)
    assert "No plate fits" in past_readings(store.search("x"), filtered=True)
    assert say_place(store.search()) == ""


def test_nothing_that_people_type_becomes_html(store):
    evil = "<img src=x onerror=alert(1)>"
    picture_id = store.add_picture(picture_bytes(), f"{evil}.png")
    store.add_reading(picture_id, reading_dict(evil[:60], reader_version=evil))
    store.add_revision(picture_id, Mark.UNREADABLE, author=evil)
    html = past_readings(store.search(), filtered=False)
    assert evil not in html
    assert html.count("&lt;img") >= 3


def test_the_header_marks_the_page_and_links_the_dashboard():
    header = page_header("<svg/>", "history", "http://127.0.0.1:8501")
    assert '<a href="history" aria-current="page">History</a>' in header
    assert '<a href="http://127.0.0.1:8501">Dashboard</a>' in header
    assert "Dashboard" not in page_header("<svg/>", ".", None)


def test_mark_choices_count(store):
    assert mark_choices(store.counts())[0] == ("All (0)", "")
    assert mark_choices({"correct": 2, "corrected": 1}) == [
        ("All (3)", ""),
        ("Correct (2)", "correct"),
        ("Corrected (1)", "corrected"),
    ]
