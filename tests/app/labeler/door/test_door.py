"""Who owns a store without people: whoever sits at this machine, and nobody behind a proxy."""

import asyncio
from types import SimpleNamespace

import pytest

from app.labeler import server as labeler
from app.labeler.door.sign_in import UNWATCHED_PATHS
from lpr_core.labels import LabelStore
from tests.app.labeler.test_attacks import file_data, routes_of
from tests.kit.fake_reader import FakeReader
from tests.kit.safe_app import PAGE, PASSWORDS, small_server, visit

FIELDS = {"name": "ada", "password": PASSWORDS["ada"], "again": PASSWORDS["ada"]}
THROUGH_A_PROXY = [
    {"x-forwarded-for": "203.0.113.7"},
    {"x-forwarded-for": ""},
    {"forwarded": "for=203.0.113.7"},
    {"x-real-ip": "203.0.113.7"},
    {"via": "1.1 proxy"},
    {"cf-connecting-ip": "203.0.113.7"},
    {"x-forwarded-host": "plates.example", "authorization": "Bearer x", "cookie": "lpr_session=x"},
]
SAID = "Nobody can sign in yet. The set-up code of the first admin is "


@pytest.fixture
def empty(tmp_path):
    store = LabelStore(data_dir=tmp_path / "data")
    yield store
    store.close()


@pytest.mark.parametrize("headers", THROUGH_A_PROXY)
def test_who_comes_through_a_proxy_needs_the_code_and_it_is_said_once(empty, headers, capsys):
    server, code = small_server(empty)
    assert visit(server).get("/").json()["role"] == "admin"
    assert SAID not in capsys.readouterr().out
    stranger = visit(server, **headers)
    assert (stranger.get("/").status_code, stranger.post("/").status_code) == (401, 401)
    assert stranger.get("/team", headers=PAGE).headers["location"] == "/sign-in?next=/team"
    assert 'name="code"' in stranger.get("/sign-in").text
    assert capsys.readouterr().out == f"{SAID}{code}\n"
    for wrong in ({}, {"code": "guess"}):
        answer = stranger.post("/first-admin", data=FIELDS | wrong)
        assert (answer.status_code, 'name="code"' in answer.text) == (400, True)
    assert not empty.people.has_users()
    assert stranger.post("/first-admin", data=FIELDS | {"code": code}).status_code == 303
    assert [user.name for user in empty.people.list()] == ["ada"]


def test_a_named_proxy_makes_everybody_a_stranger(empty, monkeypatch):
    """A proxy that adds no header is known by `LPR_ALLOWED_HOSTS`, which it needs."""
    monkeypatch.setenv("LPR_ALLOWED_HOSTS", "plates.example")
    server, _ = small_server(empty)
    for home in ("http://plates.example", "http://127.0.0.1:7860"):
        stranger = visit(server, home)
        assert stranger.get("/").status_code == 401
        assert stranger.post("/first-admin", data=FIELDS).status_code == 400
    assert not empty.people.has_users()


def test_a_proxy_that_asks_as_nginx_does_is_one(empty):
    server, _ = small_server(empty)
    statuses = []

    async def send(message):
        statuses.append(message.get("status"))

    async def receive():
        return {"type": "http.request", "body": b""}

    for version in ("1.0", "1.1"):
        scope = {
            "type": "http", "method": "GET", "path": "/", "query_string": b"", "scheme": "http",
            "headers": [(b"host", b"127.0.0.1:7860")], "http_version": version,
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 7860),
        }  # fmt: skip
        asyncio.run(server(scope, receive, send))
    assert [status for status in statuses if status] == [401, 200]


def test_a_name_pointed_at_this_machine_makes_nobody_the_owner(empty):
    stranger = visit(small_server(empty)[0], "http://evil.example:7860")
    for headers in ({}, {"x-forwarded-for": "203.0.113.7"}, {"host": "127.0.0.1.evil.example"}):
        assert stranger.get("/", headers=headers).status_code == 400
        assert stranger.post("/first-admin", data=FIELDS, headers=headers).status_code == 400
    assert not empty.people.has_users()


def test_a_store_that_lost_its_people_still_asks_for_the_code(empty, monkeypatch):
    """Restored under the running app, it may hold nobody again."""
    monkeypatch.setattr(empty.people, "has_users", lambda: True)
    server, _ = small_server(empty, "0.0.0.0")
    monkeypatch.setattr(empty.people, "has_users", lambda: False)
    assert 'name="code"' in visit(server).get("/sign-in").text
    assert visit(server).post("/first-admin", data=FIELDS).status_code == 400


@pytest.mark.parametrize(("host", "is_said"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_the_start_says_the_code_where_everybody_needs_it(
    empty, host, is_said, monkeypatch, capsys
):
    monkeypatch.setenv("LPR_HOST", host)
    monkeypatch.setenv("LPR_DATA_DIR", str(empty.pictures_dir.parent))
    monkeypatch.setattr(labeler.Reader, "load", FakeReader)
    monkeypatch.setattr(labeler, "load_finder", lambda: None)
    ran = []
    monkeypatch.setattr(labeler.uvicorn, "run", lambda server, **_: ran.append(server))

    async def run():  # outside of a loop, Gradio makes some that nobody closes
        return labeler.main()

    assert asyncio.run(run()) == 0
    code = ran[0].state.door.setup_code.text
    assert (f"{SAID}{code}\n" in capsys.readouterr().out) is is_said


@pytest.fixture
def served(empty, tmp_path, monkeypatch):
    """The whole app on loopback, with nobody in its store."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))

    async def build():
        return labeler.build_server(FakeReader(), empty)

    return SimpleNamespace(server=asyncio.run(build()), store=empty)


def test_no_entrance_answers_who_comes_through_a_proxy(served):
    """Pages, endpoints, tools, uploads, event streams, our own routes."""
    stranger = visit(served.server, **THROUGH_A_PROXY[0])
    routes = sorted(set(routes_of(served.server)))
    assert len(routes) > 100
    for method, path in routes:
        if path in UNWATCHED_PATHS | {"/sign-in", "/first-admin"}:
            continue
        status = stranger.request(method, path.replace("{", "").replace("}", "")).status_code
        assert status in (401, 404), (method, path, status)
    upload = stranger.post("/gradio_api/upload", files={"files": ("a.png", b"x")})
    tool = stranger.post("/gradio_api/mcp/", json={"jsonrpc": "2.0", "id": 1, "method": "ping"})
    read = stranger.post("/gradio_api/run/read", json={"data": [file_data("a.png"), ""]})
    assert {answer.status_code for answer in (upload, tool, read)} == {401}
    assert stranger.get("/gradio_api/queue/data?session_hash=x").status_code == 401
    assert visit(served.server).get("/config").status_code == 200
