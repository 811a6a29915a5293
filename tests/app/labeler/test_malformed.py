"""Whatever is sent to an endpoint is answered: a value, or 4xx with a sentence; never 500."""

import json
import random

import pytest
from starlette.testclient import TestClient

from app.labeler.door.malformed import FORM, OUR_FAULT, STORE_FAILS, explain
from lpr_core.labels import StoreError
from tests.app.labeler.test_attacks import admin, served  # noqa: F401 - fixtures
from tests.kit.safe_app import HOME

SEED = 20261201
ENDPOINTS = ("read", "correct", "history", "export", "queue", "submit", "skip")
ROUTES = (
    *(f"/gradio_api/run/{name}" for name in ENDPOINTS),
    *(f"/gradio_api/call/{name}" for name in ENDPOINTS),
    "/gradio_api/api/read",
    "/gradio_api/run/nothing",
    "/gradio_api/queue/join",
    "/gradio_api/component_server",
    "/gradio_api/cancel",
    "/gradio_api/reset",
    "/gradio_api/upload",
    "/sign-in",
    "/password",
)
BODIES = (b"", b"{", b"null", b"[]", b'"x"', b"{}", b"\xff\xfe", b'{"data":' + b"[" * 3000)


def draw_value(chance, depth=0):
    """Any JSON value, of what confuses programs."""
    plain = [
        None, True, 0, -1, 1.5, 10**30, "", "A1", "\0", "\ud800", "http://[", "../..", "x" * 5000,
        {"path": 5}, {"path": "a", "meta": {"_type": "gradio.FileData"}},
        {"url": "http://[", "path": None},
    ]  # fmt: skip
    if depth < 2 and chance.random() < 0.3:
        values = [draw_value(chance, depth + 1) for _ in range(chance.randrange(4))]
        keys = ("path", "meta", "data", "_type")
        return values if chance.random() < 0.5 else dict(zip(keys, values, strict=False))
    return chance.choice(plain)


def draw_body(chance):
    if chance.random() < 0.2:
        return chance.choice(BODIES)
    body = {"data": [draw_value(chance) for _ in range(chance.randrange(8))]}
    for key in ("session_hash", "fn_name", "component_id", "fn_index", "event_id"):
        if chance.random() < 0.3:
            body[key] = draw_value(chance)
    if chance.random() < 0.1:
        body["data"] = draw_value(chance)
    return json.dumps(body).encode()


@pytest.fixture(scope="module")
def client(served):  # noqa: F811
    headers = {"authorization": f"Bearer {served.tokens['ada']}"}
    return TestClient(
        served.server, HOME, headers=headers, raise_server_exceptions=False, follow_redirects=False
    )


@pytest.mark.parametrize("route", ROUTES)
def test_every_body_is_answered(client, route):
    chance = random.Random(f"{SEED} {route}")
    for _ in range(25):
        body = draw_body(chance)
        answer = client.post(route, content=body, headers={"content-type": "application/json"})
        is_full = answer.status_code == 503 and "Queue is full" in answer.text
        assert answer.status_code < 500 or is_full, (body, answer.text)
        if answer.status_code >= 400 and "run" in route and answer.status_code != 405:
            said = answer.json()
            assert said.get("error") or said.get("detail"), body


@pytest.mark.parametrize(
    ("endpoint", "data", "sentence"),
    [
        ("read", [], FORM),
        ("read", ["x", ""], "Only an uploaded file can be read."),
        ("correct", ["0" * 64, 5, "", ""], "`text` must be a text. Received: 5"),
        ("correct", ["0" * 64, "A1", "good", ""], "`mark` must be one of unchecked, correct"),
        ("history", ["", "", "one"], "`page` must be a whole number. Received: 'one'"),
        ("history", ["", "", True], "`page` must be a whole number. Received: True"),
        ("export", ["passwords"], "`kind` must be one of manifest.csv, "),
        ("queue", [1, "best", "", "default", ""], "`order` must be one of worst, "),
        ("submit", [1, "A1", "", "soon", ""], "`seconds` must be a number. Received: 'soon'"),
    ],
)
def test_what_is_wrong_is_said(client, endpoint, data, sentence):
    answer = client.post(f"/gradio_api/run/{endpoint}", json={"data": data})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(sentence)


@pytest.mark.parametrize("origin", ["http://[", "http://[x]", "//", "null"])
def test_an_origin_that_is_no_address_is_another_website(client, origin):
    answer = client.post("/sign-in", data={"name": "ada"}, headers={"origin": origin})
    assert answer.status_code == 403
    assert "Another website" in answer.json()["error"]


@pytest.mark.parametrize(
    "wanted", ["until=9999-12-31", "since=x", "project=x", "project=" + "9" * 30, "project=-1"]
)
def test_an_export_of_nonsense_is_refused(client, wanted):
    answer = client.get(f"/export/manifest.csv?{wanted}")
    assert answer.status_code == 422
    assert "Received" in answer.json()["detail"]


def test_a_store_that_fails_is_no_malformed_request(client, served, monkeypatch):  # noqa: F811
    def fail(*_):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(served.store.projects, "get", fail)
    answer = client.post("/gradio_api/run/queue", json={"data": [1, "worst", "", "default", ""]})
    assert (answer.status_code, answer.json()["error"]) == (503, "The disk is full.")


def test_our_own_faults_stay_faults(client, served, monkeypatch):  # noqa: F811
    monkeypatch.setenv("LPR_FAULTS", "")

    def fail(*_):
        raise KeyError("data")

    monkeypatch.setattr(served.store.projects, "get", fail)
    answer = client.post("/gradio_api/run/queue", json={"data": [1, "worst", "", "default", ""]})
    assert answer.status_code == 500
    assert answer.json()["error"] == "Something went wrong here; the app's log says what."


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"Internal Server Error", 422),
        (b'{"error": null}', 422),
        (b"[1]", 422),
        (json.dumps({"error": "No.", "title": "Error"}).encode(), 422),
        (json.dumps({"error": "No.", "title": STORE_FAILS}).encode(), 503),
        (json.dumps({"error": "No.", "title": OUR_FAULT}).encode(), 500),
    ],
)
def test_what_stands_for_an_answer_of_500(body, status):
    assert explain(500, body)[0] == status
