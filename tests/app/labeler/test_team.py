import json

import pytest

from app.labeler.pages.review.functions import make_review_functions
from app.labeler.pages.team.functions import make_team_functions
from app.labeler.pages.team.intake import make_intake_functions
from app.labeler.pages.team.quality_view import show_quality
from lpr_core.labels import AccessKind, GoldScore, LabelStore, Mark, Role
from lpr_core.labels.quality.agreement import DoubleReading, report_agreement
from tests.kit.label_samples import add_plate, picture_bytes, reading_dict
from tests.kit.page_kit import caller, person

PASSWORD = "plates are read by many"


@pytest.fixture
def store(tmp_path):
    opened = LabelStore(data_dir=tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def ask(store):
    return caller(make_team_functions(store))


def test_alone_there_is_one_project_and_nobody_else(ask):
    assert ask("overview") == {
        "alone": True,
        "projects": [
            {
                "project_id": 1,
                "name": "default",
                "region": None,
                "second_share": 0.0,
                "gold_share": 0.0,
                "plates": 0,
                "checked": 0,
            }
        ],
        "people": [],
        "tokens": [],
    }


def test_projects_are_made_and_changed(store, ask):
    rules = {"region": "br", "second_share": 0.1, "gold_share": 0.05}
    assert ask("save_project", project_id=None, name="tolls", **rules) == {"project_id": 2}
    picture_id = store.add_picture(picture_bytes(), "a.png", 2)
    store.add_revision(picture_id, Mark.NOT_A_PLATE)
    shown = ask("overview")["projects"][1]
    assert shown == {
        "project_id": 2, "name": "tolls", "plates": 1, "checked": 1, **rules
    }  # fmt: skip
    ask("save_project", project_id=2, name="tolls", **rules | {"region": "", "gold_share": 0})
    assert (store.projects.get(2).region, store.projects.get(2).gold_share) == (None, 0.0)
    again = ask("save_project", project_id=None, name="tolls", **rules)
    assert "already" in again["error"]


def test_people(store, ask):
    admin = {"name": "ada", "password": PASSWORD, "role": "admin"}
    assert ask("add_person", **admin) == {"done": True}
    ask("add_person", **admin | {"name": "ann", "role": "annotator"})
    people = {shown["name"]: shown for shown in ask("overview")["people"]}
    assert people["ann"]["role"] == "annotator"
    assert "password" not in json.dumps(people)
    ann = people["ann"]["user_id"]
    ask("set_role", user_id=ann, role="reviewer")
    ask("set_active", user_id=ann, active=False)
    assert store.people.get("ann").role is Role.REVIEWER
    assert store.people.get("ann").active is False
    ask("set_active", user_id=ann, active=True)
    ask("set_password", user_id=ann, password=PASSWORD[::-1])
    assert store.people.sign_in("ann", PASSWORD[::-1], "here").user.name == "ann"
    last = ask("set_active", user_id=people["ada"]["user_id"], active=False)
    assert set(last) == {"error"}  # an admin must stay
    assert set(ask("add_person", name="x", password="1", role="annotator")) == {"error"}


def test_tokens_are_ones_own_and_shown_once(store):
    functions = make_team_functions(store)
    users = {name: store.people.add_user(name, PASSWORD, Role.ADMIN) for name in ("ada", "eve")}
    ada, eve = (caller(functions, users[name]) for name in ("ada", "eve"))
    secret = ada("add_token", label="nightly")["secret"]
    assert store.people.user_of_token(secret).name == "ada"
    (token,) = ada("overview")["tokens"]
    assert token["label"] == "nightly"
    assert secret not in json.dumps(ada("overview"))
    assert eve("overview")["tokens"] == []
    assert "not yours" in eve("revoke_token", token_id=token["token_id"])["error"]
    assert ada("revoke_token", token_id=token["token_id"]) == {"done": True}
    assert store.people.user_of_token(secret) is None
    assert ada("overview")["tokens"] == []


@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.REVIEWER])
def test_the_team_is_for_admins(store, role):
    ask = caller(make_team_functions(store), person("ann", role))
    for what in ("overview", "add_person", "save_project", "quality", "add_token"):
        assert "admin" in ask(what)["error"]


def test_a_dispute_is_shown_and_settled(store):
    project = store.projects.create("twice", second_share=1.0)
    picture_id = store.add_picture(picture_bytes(), "a.png", project.project_id)
    store.add_reading(picture_id, reading_dict())
    for name, text in [("ann", "ABC1D28"), ("bob", "ABC1D23")]:
        (held,) = store.queue.hand_out(name, project_id=project.project_id)
        store.queue.submit(held.assignment_id, name, None, text, 1.0)
    rita = caller(make_review_functions(store), person("rita", Role.REVIEWER))
    assert rita("review_projects")["projects"] == [("default", 1), ("twice", 2)]
    (dispute,) = rita("disputes", project_id=2)["disputes"]
    assert dispute["id"] == picture_id
    assert dispute["first"] == {"author": "ann", "text": "ABC1D28", "mark": "corrected"}
    assert dispute["second"] == {"author": "bob", "text": "ABC1D23", "mark": "correct"}
    assert rita("resolve", picture_id=picture_id, mark="correct", text="ABC1D28") == {
        "resolved": True
    }
    assert rita("disputes", project_id=2) == {"disputes": []}
    assert store.history(picture_id).text == "ABC1D28"
    ann = caller(make_review_functions(store), person("ann"))
    assert "reviewers" in ann("disputes", project_id=2)["error"]


# --- quality in words


def compare(times, text="ABC1D23", other="ABC1D23"):
    return [DoubleReading("ann", "correct", text, "bob", "correct", other)] * times


def test_without_second_readings_it_says_what_to_do():
    html = show_quality(report_agreement([]), [])
    assert "No plate has been read by two people yet" in html
    assert "Nobody has answered a gold plate yet" in html


def test_few_plates_are_said_to_mean_little():
    few = show_quality(report_agreement([*compare(9), *compare(1, other="ABC1D28")]), [])
    assert "agreed on 9 of 10 plates: 90 %" in few
    assert "With 10 plates this says little yet" in few
    many = show_quality(report_agreement([*compare(90), *compare(10, other="ABC1D28")]), [])
    assert "says little" not in many
    assert "Symbols that people see differently" in many
    assert "<td>8</td>" in many


def test_nobody_is_called_worse_unless_intervals_part():
    ann = GoldScore("ann", 10, 1, 0.1, 0.02, 0.40)
    bob = GoldScore("bob", 10, 3, 0.3, 0.11, 0.60)
    html = show_quality(report_agreement([]), [ann, bob])
    assert "All intervals overlap" in html
    assert "With 10 plates this says little yet" in html
    sure = [GoldScore("ann", 200, 2, 0.01, 0.003, 0.04), GoldScore("bob", 200, 60, 0.3, 0.24, 0.37)]
    assert "bob errs more often than ann" in show_quality(report_agreement([]), sure)


def test_names_become_no_html():
    evil = GoldScore("<img>", 1, 0, 0.0, 0.0, 0.8)
    assert "<img>" not in show_quality(report_agreement([]), [evil])


# --- bringing pictures


def test_uploads_are_taken_in_with_a_verdict_for_each(store, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    folder = tmp_path / "uploads" / "x"
    folder.mkdir(parents=True)
    for name, content in [
        ("a.png", picture_bytes(1)),
        ("b.png", b"no"),
        ("c.png", picture_bytes(1)),
    ]:
        (folder / name).write_bytes(content)
    ask = caller(make_intake_functions(store, list))
    paths = [str(folder / name) for name in ("a.png", "b.png", "c.png")]
    rows = ask("take_in", job="1", paths=paths, project_id=1)["rows"]
    assert [(row["name"], row["verdict"]) for row in rows] == [
        ("a.png", "added"),
        ("b.png", "refused"),
        ("c.png", "same file"),
    ]
    assert rows[2]["like"] == rows[0]["picture_id"]
    assert ask("intake_progress", job="1") == {"done": 0, "total": 0}
    strange = ask("take_in", job="2", paths=["/etc/passwd"], project_id=1)
    assert strange == {"error": "Only an uploaded file can be read."}
    ann = caller(make_intake_functions(store, list), person("ann", Role.REVIEWER))
    assert "admin" in ann("take_in", job="3", paths=paths, project_id=1)["error"]


def test_who_looked_is_shown_to_admins(store):
    picture_id = add_plate(store)
    store.seen_by("ann", sees_all=False).history(picture_id)
    store.accesses.note("ann", AccessKind.EXPORT, format="plates.zip", project_id=1)
    ask = caller(make_team_functions(store), person("ada", Role.ADMIN))
    export, look = ask("accesses", person="")["accesses"]
    assert (export["actor"], export["kind"], export["picture_id"]) == ("ann", "export", None)
    assert export["detail"] == "format plates.zip, project_id 1"
    assert (look["kind"], look["picture_id"]) == ("look", picture_id)
    assert ask("accesses", person="bob") == {"accesses": []}
    refused = caller(make_team_functions(store), person("rita", Role.REVIEWER))
    assert "Only admins" in refused("accesses", person="")["error"]
