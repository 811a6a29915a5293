"""The dashboard has no sign-in: what it shows, and takes in, once others could be looking."""

import shutil

import cv2
import pytest
import streamlit

from app.dashboard import open_dashboard
from app.dashboard.chosen import study_picker
from app.dashboard.open_dashboard import NO_STORE, PEOPLE, REACHED, make_while_open
from lpr_core.labels import LabelStore, Mark, Role
from lpr_core.serving import Floor
from tests.kit.dashboard_kit import html_of, open_page, said, sit_at_the_machine
from tests.kit.label_samples import reading_dict
from tests.kit.planted_study import plant_study
from tests.kit.tiny_reader import draw_tiny_plate, write_tiny_bundle

SIZE = {"seeds": range(1), "num_plates": 6, "epochs": 2}
PLATE = cv2.imencode(".png", draw_tiny_plate("ABC1234"))[1].tobytes()
PASSWORD = "ada has all of the keys"


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A shipped study, one that a person made, and a zip of a third."""
    home = tmp_path_factory.mktemp("planted")
    plant_study(home / "shipped" / "studies" / "hypotheses", **SIZE)
    plant_study(home / "data" / "studies" / "mine", **SIZE)
    shutil.make_archive(str(home / "brought"), "zip", home / "data" / "studies" / "mine")
    write_tiny_bundle(home / "reader", floor=Floor(readable_from=0.0))
    return home


@pytest.fixture(autouse=True)
def store(planted, tmp_path, monkeypatch):
    """One person's machine, with a plate that she corrected."""
    shutil.copytree(planted / "data", tmp_path / "data")
    monkeypatch.setenv("LPR_READER", str(planted / "reader"))
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "data"))
    for name in ("LPR_RUNS_DIR", "LPR_DATABASE_URL", "LPR_ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LPR_LABELER_URL", "http://127.0.0.1:7860")
    monkeypatch.setattr("lpr_core.data.shipped.SHIPPED_DIR", tmp_path)
    monkeypatch.setattr("lpr_core.study.folder.results.SHIPPED_DIR", planted / "shipped")
    sit_at_the_machine(monkeypatch)
    streamlit.cache_data.clear()
    streamlit.cache_resource.clear()
    opened = LabelStore()
    picture_id = opened.add_picture(PLATE, "plate.png")
    opened.add_reading(picture_id, reading_dict("ABC1239"))
    opened.add_revision(picture_id, Mark.CORRECTED, "ABC1234")
    yield opened
    opened.close()
    streamlit.cache_resource.clear()


def add_ada(store):
    store.people.add_user("ada", PASSWORD, Role.ADMIN)


def shows_a_live_plate(page) -> bool:
    return "Strength 0.10: plate read as" in html_of(page)


def studies_of(page) -> list[str]:
    return page.selectbox(key="study").options


# --- one person, one machine: all is there


def test_one_person_sees_and_brings_her_own():
    page = open_page("noise", source="Corrected plates")
    assert shows_a_live_plate(page)
    assert page.selectbox(key="corrected").value.startswith("ABC1234")
    assert studies_of(page) == ["hypotheses", "mine"]
    assert page.get("file_uploader")
    assert "yours can be dropped in" in said(open_page("home"))


# --- people are added while the dashboard runs


def test_corrected_plates_go_at_the_next_click(store):
    page = open_page("noise", source="Corrected plates")
    assert shows_a_live_plate(page)
    add_ada(store)
    page.run()
    assert not shows_a_live_plate(page)
    assert "ABC1234" not in html_of(page) + said(page)
    assert (
        f"{PEOPLE}, so corrected plates are not shown here; see them in "
        "[the labelling app](http://127.0.0.1:7860)."
    ) in said(page)
    assert not [box for box in page.selectbox if box.key == "corrected"]


def test_an_own_picture_goes_and_none_is_taken_in(store):
    page = open_page("noise", source="Own picture")
    page.file_uploader(key="picture").set_value(("plate.png", PLATE, "image/png"))
    assert shows_a_live_plate(page.run())
    add_ada(store)
    page.run()
    assert not shows_a_live_plate(page)
    assert not page.get("file_uploader")
    assert f"{PEOPLE}, so no picture is taken in here; choose a sample plate, or read" in said(page)


@pytest.mark.parametrize("name", ["verdicts", "runs", "noise", "why", "mistakes"])
def test_only_shipped_studies_stay(store, name):
    page = open_page(name, study="mine")
    assert page.selectbox(key="study").value == "mine"
    add_ada(store)
    for seen in (page.run(), open_page(name, study="mine")):
        assert studies_of(seen) == ["hypotheses"]
        assert seen.selectbox(key="study").value == "hypotheses"
        assert "6 variants x 1 seeds" in said(seen)
        assert said(seen).count(f"{PEOPLE}, so only the studies that ship with the workbench") == 1
        assert not seen.get("file_uploader")
        assert "There is no study yet" not in said(seen)


def test_no_folder_is_opened_by_its_path(store, tmp_path):
    path = str(tmp_path / "data" / "studies" / "mine")
    assert open_page("runs", study=path).selectbox(key="study").value == path
    add_ada(store)
    assert open_page("runs", study=path).selectbox(key="study").value == "hypotheses"


def test_a_zip_that_comes_after_them_is_not_taken(store, planted, tmp_path):
    def bring(page):
        zipped = (planted / "brought.zip").read_bytes()
        page.file_uploader(key="study_zip").set_value(("brought.zip", zipped, "application/zip"))

    first, second = open_page("runs"), open_page("runs")
    bring(first)
    first.run()
    assert (tmp_path / "data" / "studies" / "brought").is_dir()
    add_ada(store)
    bring(second)
    second.run()
    assert not (tmp_path / "data" / "studies" / "brought-2").exists()
    assert studies_of(second) == ["hypotheses"]


def test_a_path_that_is_typed_after_them_is_not_opened(store, tmp_path):
    page = open_page("runs")
    page.text_input(key="study_path").set_value(str(tmp_path / "data" / "studies" / "mine"))
    add_ada(store)
    assert page.run().selectbox(key="study").value == "hypotheses"


def test_more_and_overview_count_shipped_studies_only(store):
    assert "Finished studies: 2 of 2." in said(open_page("home"))
    add_ada(store)
    overview = said(open_page("home"))
    assert "Finished studies: 1 of 1." in overview
    assert "yours can be dropped in" not in overview
    assert f"{PEOPLE}, so only the studies that ship" in said(open_page("more"))


def test_a_page_that_lies_open_hands_out_nothing(store):
    make = make_while_open(lambda: "plate,text\n")
    assert make() == "plate,text\n"
    add_ada(store)
    assert make() == f"{PEOPLE}, so nothing is handed out here any more.\n"
    shipped = make_while_open(lambda: "shipped\n")
    assert shipped() == "shipped\n"


def test_whoever_was_locked_out_still_counts(store):
    add_ada(store)
    other = store.people.add_user("eve", PASSWORD, Role.ADMIN)
    store.people.set_active(other.user_id, False)
    assert open_dashboard.why_shut() == PEOPLE


# --- a store that cannot be asked shuts


def break_file(store):
    store.close()
    path = store.pictures_dir.parent / "labels.sqlite3"
    for part in path.parent.glob("labels.sqlite3-*"):
        part.unlink()
    path.write_bytes(b"no database at all" * 500)


def lose_file(store):
    store.close()
    (store.pictures_dir.parent / "labels.sqlite3").unlink()


def lose_table(store):
    with store._database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE users RENAME TO nobody")


@pytest.mark.parametrize("harm", [break_file, lose_file, lose_table])
@pytest.mark.parametrize("is_open_before", [True, False])
def test_a_store_that_fails_shows_nothing_and_takes_nothing(store, harm, is_open_before):
    if is_open_before:
        open_page("noise", source="Corrected plates")
    harm(store)
    for source in ("Corrected plates", "Own picture"):
        page = open_page("noise", source=source)
        assert not shows_a_live_plate(page)
        assert studies_of(page) == ["hypotheses"]
        assert not page.get("file_uploader")
        assert said(page).count(NO_STORE) == 2
        assert "ABC1234" not in said(page)


@pytest.mark.parametrize("url", ["mysql://x/y", "no url", "postgresql://127.0.0.1:1/nothing"])
def test_a_database_that_does_not_answer_shuts(url, monkeypatch):
    monkeypatch.setenv("LPR_DATABASE_URL", url)
    assert open_dashboard.why_shut() == NO_STORE


def test_a_store_put_in_the_place_of_the_open_one_is_asked(store, tmp_path):
    assert open_dashboard.why_shut() is None
    other = LabelStore(data_dir=tmp_path / "other")
    add_ada(other)
    other.close()
    for part in (tmp_path / "data").glob("labels.sqlite3*"):
        part.unlink()
    shutil.copy(tmp_path / "other" / "labels.sqlite3", tmp_path / "data" / "labels.sqlite3")
    assert open_dashboard.why_shut() == PEOPLE


def test_without_a_store_none_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("LPR_DATA_DIR", str(tmp_path / "new"))
    assert open_dashboard.why_shut() is None
    assert "No plate was corrected yet." in said(open_page("noise", source="Corrected plates"))
    assert not (tmp_path / "new" / "labels.sqlite3").exists()


# --- others can reach it

REACHING = [
    {"address": "0.0.0.0"},
    {"address": ""},
    {"address": "192.168.1.5"},
    {"X-Forwarded-For": "203.0.113.7"},
    {"Forwarded": "for=203.0.113.7"},
    {"Via": "1.1 proxy"},
    {"X-Real-Ip": "203.0.113.7"},
    {"Host": "plates.example"},
    {"Host": "evil.example:8501", "Origin": "http://evil.example:8501"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": ""},
    {"Host": "[", "Origin": "http://["},
    {"Origin": "https://plates.example"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("visit", REACHING, ids=str)
def test_whoever_others_can_reach_shows_nothing(visit, monkeypatch):
    sit_at_the_machine(monkeypatch, **visit)
    assert open_dashboard.why_shut() == REACHED


def test_no_headers_are_no_visitor_of_this_machine(monkeypatch):
    monkeypatch.setattr(open_dashboard, "request_headers", dict)
    assert open_dashboard.why_shut() == REACHED


def test_a_named_proxy_shuts(monkeypatch):
    monkeypatch.setenv("LPR_ALLOWED_HOSTS", "plates.example")
    assert open_dashboard.why_shut() == REACHED


@pytest.mark.parametrize("host", ["localhost:8501", "[::1]:8501", "LOCALHOST", "127.0.0.1"])
def test_the_machine_s_own_names_are_open(host, monkeypatch):
    sit_at_the_machine(monkeypatch, Host=host, Origin=f"http://{host}")
    assert open_dashboard.why_shut() is None


def test_a_proxy_is_shown_shipped_studies_and_takes_nothing(monkeypatch, tmp_path):
    sit_at_the_machine(monkeypatch, **{"X-Forwarded-For": "203.0.113.7"})
    path = str(tmp_path / "data" / "studies" / "mine")
    page = open_page("noise", source="Corrected plates", study=path)
    assert studies_of(page) == ["hypotheses"]
    assert not shows_a_live_plate(page)
    assert not page.get("file_uploader")
    assert said(page).count(REACHED) == 2
    assert str(tmp_path) not in said(page)


def test_the_picker_asks_at_each_use(store):
    assert study_picker.may_open_paths()
    add_ada(store)
    assert not study_picker.may_open_paths()
