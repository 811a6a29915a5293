"""Nobody learns by any entrance what was said of a plate that she is to read blindly."""

import ast
import json
from types import SimpleNamespace

import pytest

from app.labeler.api import plate_endpoints
from app.labeler.pages.history.functions import make_history_functions
from app.labeler.pages.queue.functions import make_queue_functions
from app.labeler.pages.sheet import functions as sheet
from lpr_core.labels import Role
from tests.app.labeler.test_history import EVERYTHING
from tests.conftest import REPOSITORY_DIR
from tests.kit.label_samples import picture_bytes
from tests.kit.page_kit import caller, person, read_one

SECRET = "ZZ99ZZ"
ASKED = {"project_id": 1, "order": "oldest", "region": "", "count": 1}


@pytest.fixture
def known(store, desk, monkeypatch, tmp_path):
    """A plate that zoe has read first: its id, and a file with the same picture."""
    path = tmp_path / "same.png"
    path.write_bytes(picture_bytes())
    for module in ("app.labeler.api", "app.labeler.pages.sheet.functions"):
        monkeypatch.setattr(f"{module}.check_upload", lambda _path: path)
    store.projects.update(1, second_share=1.0)
    return SimpleNamespace(id=read_one(desk)["id"], path=str(path))


def ask_everywhere(store, desk, known, user):
    """What each entrance tells a person, as text."""
    pages = {
        **_by_name(sheet.make_sheet_functions(desk)),
        **_by_name(make_history_functions(store)),
        **_by_name(make_queue_functions(desk, store, list)),
    }
    ask = caller(pages.values(), user)
    request = SimpleNamespace(state=SimpleNamespace(user=user))
    read, correct, history, _ = plate_endpoints(desk, store)

    def attempt(call, *values):
        try:
            return call(*values)
        except ValueError as error:
            return str(error)

    answers = {
        "next_plates": ask("next_plates", **ASKED),
        "waiting": ask("waiting", picture_id=known.id),
        "read_again": ask("read_again", picture_ids=[known.id], region="br"),
        "read_as": ask("read_as", picture_id=known.id, region="br"),
        "read_upload": ask("read_upload", path=known.path, name="same.png", region=""),
        "find_plates": ask("find_plates", **EVERYTHING),
        "take_back": ask("take_back", picture_id=known.id, revision_id=1),
        "correct": ask("correct", picture_id=known.id, text="AB1", mark=""),
        "/read": attempt(read, request, {"path": known.path, "orig_name": "same.png"}),
        "/history": attempt(history, request),
        "/history?query": attempt(history, request, "ZZ99"),
        "/correct": attempt(correct, request, known.id, "AB1"),
    }
    return {entrance: json.dumps(answer) for entrance, answer in answers.items()}


def _by_name(functions):
    return {function.__name__: function for function in functions}


def telling(answers):
    return {entrance for entrance, answer in answers.items() if SECRET in answer}


def test_a_second_reading_is_blind_at_every_entrance(store, desk, known):
    (first,) = store.queue.hand_out("zoe")
    store.queue.submit(first.assignment_id, "zoe", None, SECRET, 1.0)
    before = store.history(known.id).revisions
    answers = ask_everywhere(store, desk, known, person("ann"))
    assert telling(answers) == set()
    assert store.history(known.id).revisions == before  # and nothing was said past the queue
    for entrance in ("correct", "/correct"):
        assert "answer it in the queue" in answers[entrance]
    store.queue.release("ann")
    assert "/history" in telling(ask_everywhere(store, desk, known, person("zoe")))


def test_gold_is_hidden_at_every_entrance(store, desk, known):
    store.quality.set_gold(known.id, SECRET, "rita")
    store.projects.update(1, gold_share=1.0)
    assert telling(ask_everywhere(store, desk, known, person("ann"))) == set()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMIN])
def test_who_judges_is_blind_for_what_she_holds_herself(store, desk, known, role):
    (first,) = store.queue.hand_out("zoe")
    store.queue.submit(first.assignment_id, "zoe", None, SECRET, 1.0)
    judge = person("rita", role)
    assert telling(ask_everywhere(store, desk, known, judge)) == set()
    store.queue.release("rita")
    request = SimpleNamespace(state=SimpleNamespace(user=judge))
    assert SECRET in json.dumps(plate_endpoints(desk, store)[2](request))


def test_no_page_asks_the_whole_store_what_was_said():
    """Pages and endpoints go by `seen_by`: the store and the desk themselves see all."""
    told = {"history", "search", "records", "add_reading", "add_revision"}
    desk = {"read", "read_again", "read_as", "correct", "waiting", "have_read"}
    for path in (REPOSITORY_DIR / "app/labeler").rglob("*.py"):
        if path.name in ("desk.py", "background_reader.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                whole = (node.value.id, node.attr)
                allowed = path.name == "routes.py" and whole == ("store", "history")
                assert allowed or not (
                    (whole[0] == "store" and whole[1] in told)
                    or (whole[0] == "desk" and whole[1] in desk)
                ), f"{path.name}:{node.lineno} {'.'.join(whole)}"
