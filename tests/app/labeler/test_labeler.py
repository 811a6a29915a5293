import asyncio
import io
import json
import logging
import re
import tempfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from app.labeler import desk as label_desk
from app.labeler import routes as labeler_routes
from app.labeler import server as labeler
from app.labeler.desk import LabelDesk, confidence_level, region_groups
from app.labeler.pages.history.functions import make_history_functions
from app.labeler.pages.sheet import functions as sheet
from app.labeler.pages.sheet.functions import make_sheet_functions
from app.labeler.pages.view import mark_choices, page_header, past_readings, say_place
from lpr_core.labels import LabelStore, Mark, StoreError
from lpr_core.labels.exchange import ExportKind
from lpr_core.pictures.decoding import PictureError
from lpr_core.plates.patterns import regions
from tests.conftest import REPOSITORY_DIR
from tests.kit.fake_reader import VERSION, FakeReader
from tests.kit.label_samples import picture_bytes, reading_dict
from tests.kit.page_kit import caller, person


@pytest.fixture
def store(tmp_path):
    opened = LabelStore(data_dir=tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def desk(store):
    return LabelDesk(FakeReader(), store)


def read_one(desk, seed=0, name="car.png", region=None):
    with tempfile.NamedTemporaryFile() as stream:
        Path(stream.name).write_bytes(picture_bytes(seed))
        return desk.read(Path(stream.name), name, region)


# --- the desk


def test_a_picture_becomes_a_card_and_is_kept(desk, store):
    card = read_one(desk, region="br")
    record = store.history(card["id"])
    text = card["text"]
    assert card == {
        "id": record.picture.picture_id,
        "name": "car.png",
        "width": 60,
        "height": 20,
        "text": text,
        "mark": "unchecked",
        "author": "",
        "read": {
            "text": text,
            "confidence": 0.5,
            "region": "br",
            "pattern": "Brazil, Mercosul",
            "reader_version": VERSION,
            "is_readable": True,
            "note": "",
            "slots": card["read"]["slots"],
        },
    }
    assert (record.reading.text, record.reading.region) == (text, "br")
    json.dumps(card)


def test_a_card_shows_how_sure_each_symbol_is(desk):
    slots = read_one(desk)["read"]["slots"]
    assert [slot["level"] for slot in slots] == ["sure"] * 2 + ["doubtful", "unsure"] + ["sure"] * 3
    # The pad, which means "nothing here", is no symbol to choose.
    assert [symbol for symbol, _ in slots[2]["alternatives"]] == [slots[2]["symbol"], "8"]


def test_pads_behind_a_short_plate_have_no_chip(store):
    picture_id = store.add_picture(picture_bytes(), "short.png")
    record = store.add_reading(picture_id, reading_dict("ABC1D23") | {"text": "ABC1"})
    shown = label_desk.make_card(record)["read"]["slots"]
    assert [slot["symbol"] for slot in shown] == list("ABC1")


@pytest.mark.parametrize(
    ("probability", "doubtful", "level"),
    [
        (1.0, False, "sure"),
        (0.97, False, "sure"),
        (0.96, False, "unsure"),
        (0.99, True, "doubtful"),
    ],
)
def test_levels(probability, doubtful, level):
    assert confidence_level(probability, doubtful) == level


def test_a_bad_picture_is_refused_and_nothing_kept(desk, store, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    with pytest.raises(PictureError):
        desk.read(tmp_path / "bad.jpg", "bad.jpg", None)
    assert store.search().total == 0


def test_a_reader_that_fails_keeps_nothing(store):
    class Broken:
        def read(self, picture, region):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        read_one(LabelDesk(Broken(), store))
    assert store.search().total == 0


def test_a_correction_is_kept(desk, store):
    card = read_one(desk)
    corrected = desk.correct(card["id"], "abc 1d23", "", "maria")
    assert (corrected["text"], corrected["mark"], corrected["author"]) == (
        "ABC1D23",
        "corrected",
        "maria",
    )
    assert corrected["read"] == card["read"]  # what the model said stays what it said
    assert desk.correct(card["id"], card["text"], "correct", "")["mark"] == "correct"
    assert desk.correct(card["id"], "", "not_a_plate", "")["mark"] == "not_a_plate"
    assert len(store.history(card["id"]).revisions) == 3


@pytest.mark.parametrize(("text", "mark"), [("", ""), ("A?", "correct"), ("A1", "nice")])
def test_a_correction_without_sense_is_refused(desk, store, text, mark):
    card = read_one(desk)
    with pytest.raises(ValueError, match=r"Received|nice"):
        desk.correct(card["id"], text, mark, "")
    assert store.history(card["id"]).revisions == ()


def test_waiting_plates_come_oldest_first(desk):
    cards = [read_one(desk, seed, f"{seed}.png") for seed in range(3)]
    desk.correct(cards[1]["id"], "A1", "", "")
    assert desk.waiting() == [cards[0], cards[2]]
    assert desk.waiting(cards[1]["id"])[0]["text"] == "A1"
    with pytest.raises(ValueError, match="stored picture"):
        desk.waiting("nowhere")


def test_reading_again_leaves_checked_plates_alone(store):
    reader = FakeReader()
    desk = LabelDesk(reader, store)
    checked, waiting = (read_one(desk, seed) for seed in range(2))
    desk.correct(checked["id"], "A1", "", "")
    cards = desk.read_again([checked["id"], waiting["id"]], "br")
    assert [card["text"] for card in cards] == ["A1", waiting["text"]]
    assert [card["read"]["pattern"] for card in cards] == [None, "Brazil, Mercosul"]
    assert reader.asked == [None, None, "br"]


def test_every_region_can_be_chosen_by_a_name_of_its_own():
    choices = [choice for _, group in region_groups() for choice in group]
    assert sorted(code for _, code in choices) == sorted(regions())
    names = [name for name, _ in choices]
    assert len(set(names)) == len(names)
    assert ("Brazil", "br") in choices
    assert ("Washington, D.C.", "us-dc") in choices


# --- what the pages ask


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
    card = ask("read_upload", path=str(path), name="my car.png", region="")
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

    monkeypatch.setattr(store, "search", fail)
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


# --- HTML


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


# --- the server


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A client, its store and the folder that it has all to itself; one sample plate is shipped."""
    folder = tmp_path_factory.mktemp("served")
    path = folder / "plate.png"
    path.write_bytes(picture_bytes(5))
    store = LabelStore(data_dir=folder / "data")

    async def build():  # outside of a loop, Gradio makes some that nobody closes
        return labeler.build_server(FakeReader(), store)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(labeler_routes.tempfile, "tempdir", str(folder))
        sample = SimpleNamespace(name="plate", path=path)
        for module in (labeler, labeler_routes, sheet):
            patch.setattr(module, "list_samples", lambda: [sample])
        yield TestClient(asyncio.run(build()), base_url="http://127.0.0.1"), store, folder
    store.close()


def test_health(served, monkeypatch):
    client, store, _ = served
    assert client.get("/health").json() == {"status": "ok"}

    def fail():
        raise StoreError("The label store is gone.")

    monkeypatch.setattr(store, "ping", fail)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["reason"]) == (503, "The label store is gone.")


@pytest.mark.parametrize(("size", "shown"), [((60, 20), (60, 20)), ((1600, 400), (800, 200))])
def test_pictures_are_sent_small_enough(served, size, shown):
    client, store, _ = served
    content = picture_bytes(width=size[0], height=size[1])
    answer = client.get(f"/picture/{store.add_picture(content, 'a.png')}")
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    assert Image.open(io.BytesIO(answer.content)).size == shown


@pytest.mark.parametrize(
    "path",
    ["/picture/x", "/picture/" + "0" * 64, "/picture/..%2f..%2flabels.sqlite3", "/sample/..%2fx"],
)
def test_there_is_no_way_to_other_files(served, path):
    client, *_ = served
    assert client.get(path).status_code == 404


def test_gradio_serves_none_of_our_files(served):
    client, store, _ = served
    picture_id = store.add_picture(picture_bytes(), "a.png")
    picture_path = store.pictures_dir / store.history(picture_id).picture.file_name
    database_path = store.pictures_dir.parent / "labels.sqlite3"
    for path in (REPOSITORY_DIR / "pyproject.toml", picture_path, database_path):
        assert path.exists()
        assert client.get(f"/gradio_api/file={path}").status_code == 403


@pytest.mark.parametrize("kind", list(ExportKind))
def test_downloads(served, kind):
    client, store, folder = served
    store.add_revision(store.add_picture(picture_bytes(), "a.png"), text="ABC1D23")
    before = set(folder.iterdir())
    answer = client.get(f"/export/{kind}")
    assert answer.headers["content-disposition"] == f'attachment; filename="lpr-{kind}"'
    content = answer.content
    if kind is ExportKind.PLATES:
        content = zipfile.ZipFile(io.BytesIO(content)).read("manifest.csv")
    assert b"ABC1D23" in content
    assert set(folder.iterdir()) == before
    assert client.get("/export/passwords").status_code == 422


def test_downloads_follow_the_filters_of_the_history(served):
    client, store, _ = served
    store.add_revision(store.add_picture(picture_bytes(31), "b.png"), text="FIL1T3R", author="eve")
    by_eve = client.get("/export/manifest.csv?person=eve&mark=corrected&since=2020-01-01&project=1")
    assert "FIL1T3R" in by_eve.text
    for wanted in ("person=ann", "mark=correct", "until=2020-01-01", "region=br", "project=7"):
        assert "FIL1T3R" not in client.get(f"/export/manifest.csv?{wanted}").text
    for wanted in ("mark=nice", "since=yesterday", "project=x"):
        assert client.get(f"/export/manifest.csv?{wanted}").status_code == 422


def test_the_audit_tells_everything_line_by_line(served):
    client, store, _ = served
    store.add_revision(store.add_picture(picture_bytes(32), "c.png"), text="AUD1T", author="eve")
    lines = [json.loads(line) for line in client.get("/export/audit.jsonl").text.splitlines()]
    (row,) = [line for line in lines if line["after"] == "AUD1T"]
    assert (row["kind"], row["actor"], row["mark"]) == ("revision", "eve", "corrected")
    assert row["happened_at"].endswith("+00:00")


def test_the_page_is_ours_alone(served):
    client, *_ = served
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert config["title"] == "LPR workbench"
    named = {entry["api_name"] for entry in config["dependencies"]}
    assert named >= {"read", "correct", "history", "export"}
    page = client.get("/").text
    assert "fonts.googleapis.com" not in page
    assert "--pitch" in page  # our style
    strangers = set(re.findall(r"https?://[\w.-]+", client.get("/theme.css").text))
    assert strangers <= {"http://www.w3.org"}  # the name space of drawings, not an address


def test_samples_are_offered_and_read(served):
    client, store, folder = served
    assert client.get("/sample/plate").content == (folder / "plate.png").read_bytes()
    components = client.get("/config").json()["components"]
    (sheet,) = [part for part in components if part["props"].get("elem_id") == "sheet"]
    assert sheet["props"]["props"]["samples"] == ["plate"]
    ask = caller(make_sheet_functions(LabelDesk(FakeReader(), store)))
    assert ask("read_sample", name="plate", region="")["name"] == "plate.png"


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("PORT", "seven", "PORT must be a port from 1 to 65535. Received: 'seven'"),
        ("LPR_READER", "/nowhere", "/nowhere"),
        ("LPR_DATABASE_URL", "mysql://x", "runs on sqlite or postgresql"),
    ],
)
def test_a_start_that_cannot_be_is_one_sentence(
    monkeypatch, capsys, tmp_path, variable, value, message
):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path))
    if variable == "LPR_DATABASE_URL":
        monkeypatch.setattr(labeler.Reader, "load", FakeReader)
    monkeypatch.setenv(variable, value)
    assert labeler.main() == 1
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
