"""One door leads to both apps: the labelling app's session says what the dashboard shows."""

import pytest

from app.dashboard import open_dashboard
from app.dashboard.chosen.study_owners import note_owner, owner_of
from app.dashboard.open_dashboard import PEOPLE, ROLE, make_while_open
from app.labeler.door import sign_in
from app.privacy import SESSION_COOKIE
from lpr_core.labels import AccessKind, Role
from lpr_core.places import studies_dir
from tests.app.dashboard.test_open_dashboard import planted, shows_a_live_plate, store, studies_of
from tests.kit.dashboard_kit import open_page, said, sit_at_the_machine
from tests.kit.safe_app import PASSWORDS, add_people

__all__ = ["planted", "store"]  # fixtures


def come_as(monkeypatch, store, name, **more):
    """Sign in to the labelling app, and look at the dashboard; return the session's secret."""
    secret = store.people.sign_in(name, PASSWORDS[name], "127.0.0.1").secret
    sit_at_the_machine(monkeypatch, Cookie=f"other=1; {SESSION_COOKIE}={secret}", **more)
    return secret


def test_both_apps_mean_the_same_cookie():
    assert sign_in.SESSION_COOKIE is SESSION_COOKIE


@pytest.mark.parametrize(("name", "reason"), [("ada", None), ("rita", None), ("ann", ROLE)])
@pytest.mark.parametrize("where", [{}, {"address": "0.0.0.0", "X-Forwarded-For": "203.0.113.7"}])
def test_roles_decide_wherever_one_comes_from(store, monkeypatch, name, reason, where):
    add_people(store)
    assert open_dashboard.why_shut() == PEOPLE
    secret = come_as(monkeypatch, store, name, **where)
    assert open_dashboard.why_shut() == reason
    store.people.sign_out(secret)
    assert open_dashboard.why_shut() == PEOPLE


@pytest.mark.parametrize("cookie", ["", f"{SESSION_COOKIE}=", f"{SESSION_COOKIE}=x", "=;;\0", "a"])
def test_other_cookies_are_nobody(store, monkeypatch, cookie):
    add_people(store)
    sit_at_the_machine(monkeypatch, Cookie=cookie)
    assert open_dashboard.why_shut() == PEOPLE


def test_a_reviewer_sees_and_brings_what_is_people_s_own(store, monkeypatch, tmp_path):
    add_people(store)
    come_as(monkeypatch, store, "rita")
    note_owner("mine", open_dashboard.visitor_name())
    page = open_page("noise", source="Corrected plates", study="mine")
    assert shows_a_live_plate(page)
    assert studies_of(page) == ["hypotheses", "mine"]
    assert "Brought by rita." in said(page)
    assert page.get("file_uploader")
    assert not [box for box in page.text_input if box.key == "study_path"]
    path = str(tmp_path / "data" / "studies" / "mine")
    assert open_page("runs", study=path).selectbox(key="study").value != path
    assert next(store.accesses.rows(person="rita")).kind is AccessKind.SEARCH


def test_an_annotator_sees_what_ships(store, monkeypatch):
    add_people(store)
    come_as(monkeypatch, store, "ann")
    page = open_page("noise", source="Corrected plates")
    assert not shows_a_live_plate(page)
    assert studies_of(page) == ["hypotheses"]
    assert f"{ROLE}, so corrected plates are not shown here" in said(page)


def test_a_page_that_lies_open_ends_with_its_session(store, monkeypatch):
    add_people(store)
    secret = come_as(monkeypatch, store, "rita")
    make = make_while_open(lambda: "plate,text")
    assert make() == "plate,text"
    store.people.set_role(store.people.get("rita").user_id, Role.ANNOTATOR)
    assert make().startswith(ROLE)
    store.people.sign_out(secret)
    assert make().startswith(PEOPLE)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"mine": 5}', "\0"])
def test_a_damaged_list_of_owners_knows_nobody(store, text):
    note_owner("mine", "rita")
    assert owner_of(studies_dir() / "mine") == "rita"
    (studies_dir() / ".owners.json").write_text(text)
    assert owner_of(studies_dir() / "mine") == ""
