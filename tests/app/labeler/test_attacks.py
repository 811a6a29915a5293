"""Attacks over HTTP on the whole labelling app; each says what stands in its way.

Most are tried as an admin: whoever is let in shall not get further than the pages either.
"""

import asyncio
import http.server
import json
import re
import threading
from types import SimpleNamespace

import pytest

from app.labeler import server as labeler
from app.labeler.door import upload_files
from app.labeler.door.sign_in import OPEN_PATHS, UNWATCHED_PATHS
from lpr_core.labels import LabelStore
from tests.conftest import REPOSITORY_DIR
from tests.kit.fake_reader import FakeReader
from tests.kit.label_samples import picture_bytes
from tests.kit.safe_app import PAGE, add_people, sign_in, visit

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The whole app with one person of each role: `build(name)` gives her client."""
    folder = tmp_path_factory.mktemp("served")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(folder / "uploads"))
        store = LabelStore(data_dir=folder / "data")
        people = add_people(store)

        async def build():  # outside of a loop, Gradio makes some that nobody closes
            return labeler.build_server(FakeReader(), store)

        server = asyncio.run(build())
        tokens = {name: store.people.add_token(people[name], "test") for name in people}
        yield SimpleNamespace(server=server, store=store, folder=folder, tokens=tokens)
        store.close()


@pytest.fixture(scope="module")
def admin(served):
    return visit(served.server, authorization=f"Bearer {served.tokens['ada']}")


@pytest.fixture(scope="module")
def annotator(served):
    return visit(served.server, authorization=f"Bearer {served.tokens['ann']}")


def upload(client, content, name="plate.png"):
    (path,) = client.post("/gradio_api/upload", files={"files": (name, content)}).json()
    return path


DEFAULTS = {
    "read": (None, ""),
    "correct": ("", "", "", ""),
    "history": ("", "", 1),
    "export": ("manifest.csv",),
    "queue": (1, "worst", "", "default", ""),
}


def call(client, endpoint, *values):
    """What an endpoint answers: its value, or `{"error": sentence}`."""
    data = [*values, *DEFAULTS[endpoint][len(values) :]]
    answer = client.post(f"/gradio_api/run/{endpoint}", json={"data": data}).json()
    return answer["data"][0] if "data" in answer else {"error": answer["error"]}


def file_data(path, **more):
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}, **more}


# --- strangers


def routes_of(app, prefix=""):
    """Every method and path that an app has, those of mounted apps and routers included."""
    for route in app.routes:
        inner = getattr(route, "original_router", getattr(route, "app", None))
        path = prefix + getattr(route, "path", "")
        if hasattr(inner, "routes"):
            yield from routes_of(inner, path)
        else:
            yield from ((method, path) for method in getattr(route, "methods", ["GET", "POST"]))


def test_no_route_answers_a_stranger(served):
    """Guard: `Guard`. Every route that there is, Gradio's too, asks who comes."""
    stranger = visit(served.server)
    routes = sorted(set(routes_of(served.server)))
    assert len(routes) > 100
    for method, path in routes:
        if path in OPEN_PATHS | UNWATCHED_PATHS:
            continue
        filled = re.sub(r"{[^}]*}", "x", path)
        status = stranger.request(method, filled).status_code
        assert status in (401, 404), (method, path, status)
    assert visit(served.server, **PAGE).get("/history").status_code == 303


def test_an_unknown_token_is_a_stranger(served):
    assert visit(served.server, authorization="Bearer x").get("/config").status_code == 401


@pytest.mark.parametrize("page", ["team", "review"])
def test_functions_of_a_page_ask_for_its_role(served, annotator, page):
    """Guard: `require_role` in each function; the page being shut is not enough."""
    config = visit(served.server, authorization=f"Bearer {served.tokens['ada']}").get("/config")
    found = [part for part in config.json()["components"] if part["props"].get("elem_id") == page]
    (component,) = found
    names = component["props"]["server_fns"]
    assert names
    for name in names:
        asked = {"session_hash": "s", "component_id": component["id"], "fn_name": name, "data": {}}
        answer = annotator.post("/gradio_api/component_server", json=asked).json()
        assert "you are an annotator." in answer["error"], name
    assert annotator.get(f"/{page}").status_code == 403


@pytest.mark.parametrize("name", ["__class__", "get_config", "postprocess", "load", "nothing"])
def test_no_other_method_of_a_component_is_called(admin, name):
    components = admin.get("/config").json()["components"]
    (sheet,) = [part for part in components if part["props"].get("elem_id") == "sheet"]
    asked = {"session_hash": "s", "component_id": sheet["id"], "fn_name": name, "data": {}}
    assert admin.post("/gradio_api/component_server", json=asked).status_code == 404


def test_annotators_take_no_labels_away(served, admin, annotator):
    assert annotator.get("/export/history.jsonl").status_code == 403
    rita = visit(served.server, authorization=f"Bearer {served.tokens['rita']}")
    assert rita.get("/export/accesses.jsonl").status_code == 403
    assert rita.get("/export/manifest.csv").status_code == 200
    told = admin.get("/export/accesses.jsonl").text.splitlines()
    shown = [(row["actor"], row["detail"]["format"]) for row in map(json.loads, told[:2])]
    assert shown == [("ada", "accesses.jsonl"), ("rita", "manifest.csv")]
    answer = call(annotator, "export", "history.jsonl")
    assert answer == {"error": "Only reviewers and admins may do this; you are an annotator."}


# --- files of the server

SECRETS = [
    "/etc/passwd",
    "../../../../etc/passwd",
    str(REPOSITORY_DIR / "pyproject.toml"),
    "pyproject.toml",
    ".env",
    "{data}/labels.sqlite3",
    "{data}/labels.sqlite3-wal",
    "{picture}",
]


@pytest.fixture(scope="module")
def secret_paths(served):
    """Files that nobody may fetch: the system's, the checkout's, the store's."""
    picture_id = served.store.add_picture(picture_bytes(1), "secret.png")
    picture = served.store.pictures_dir / served.store.history(picture_id).picture.file_name
    return [
        text.format(data=served.folder / "data", picture=picture) if "{" in text else text
        for text in SECRETS
    ]


@pytest.mark.parametrize("number", range(len(SECRETS)), ids=SECRETS)
@pytest.mark.parametrize(
    "route",
    [
        "/gradio_api/file={}",
        "/gradio_api/file=/{}",
        "/gradio_api/file/{}",
        "/gradio_api/file=file://{}",
        "/static/{}",
        "/assets/{}",
        "/assets/..{}",
        "/svelte/../../..{}",
        "/picture/{}",
        "/sample/{}",
        "/export/{}",
        "/gradio_api/custom_component/x/client/component/{}",
        "/?deep_link={}",
    ],
)
@pytest.mark.parametrize("write", [str, lambda text: text.replace("/", "%2f").replace(".", "%2e")])
def test_no_path_leads_to_a_file_of_the_server(admin, secret_paths, number, route, write):
    """Guards: Gradio's own checks, `blocked_paths`, picture ids that are hashes, lists of names."""
    answer = admin.get(route.format(write(secret_paths[number])))
    is_start_page = answer.status_code == 200 and b"<!doctype html>" in answer.content[:20].lower()
    assert answer.status_code in (400, 403, 404, 405, 422) or is_start_page
    for secret in (b"root:", b"[project]", b"SQLite format", picture_bytes(1)):
        assert secret not in answer.content


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("number", range(len(SECRETS)), ids=SECRETS)
def test_no_endpoint_reads_a_file_of_the_server(served, admin, secret_paths, number, stream):
    """Guard: `protect_files` and `check_upload`."""
    before = set(served.folder.glob("uploads/**/*"))
    answer = call(admin, "read", file_data(secret_paths[number], is_stream=stream))
    assert answer == {"error": "Only an uploaded file can be read."}
    assert set(served.folder.glob("uploads/**/*")) == before


def test_without_its_guard_an_endpoint_reads_everything(served, admin, secret_paths, monkeypatch):
    """What Gradio does alone when it is mounted: the attack above works."""
    monkeypatch.setattr(upload_files, "check_upload", lambda text: text)
    call(admin, "read", file_data(served.folder / "data" / "labels.sqlite3"))
    (copy,) = served.folder.glob("uploads/**/labels.sqlite3")
    assert copy.read_bytes().startswith(b"SQLite format")
    assert admin.get(f"/gradio_api/file={copy}").content.startswith(b"SQLite format")
    copy.unlink()


def test_a_link_among_the_uploads_is_not_followed(served, admin, secret_paths):
    path = upload(admin, picture_bytes(2))
    link = served.folder / "uploads" / "link.png"
    link.symlink_to(secret_paths[-1])
    assert "error" in call(admin, "read", file_data(link))
    assert "error" not in call(admin, "read", file_data(path))


@pytest.mark.parametrize(
    "picture_id", ["../../labels.sqlite3", "/etc/passwd", "%00", "", "0" * 64, "A" * 64, "x" * 9999]
)
def test_an_id_is_no_path(admin, picture_id):
    """Guard: `is_picture_id`, and rows that are looked up, never joined to a folder."""
    assert "must be a stored picture" in call(admin, "correct", picture_id, "A1")["error"]
    assert admin.get(f"/picture/{picture_id[:200]}").status_code in (404, 400)


# --- other hosts


@pytest.fixture(scope="module")
def inner_host():
    """A server of the inner network that should never be asked: its address, and who asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"inner secret")

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "route",
    [
        "/gradio_api/proxy={}/secret",
        "/gradio_api/file={}/secret",
        "/gradio_api/file={}/secret.svg",
        "/gradio_api/file/{}/secret",
        "/gradio_api/proxy={}@x.hf.space/secret",
        "/gradio_api/file=https://example.com/",
        "/gradio_api/file=HTTP://EXAMPLE.COM/",
        "/gradio_api/stream/{}",
    ],
)
def test_no_route_fetches_an_address(admin, inner_host, route):
    """Guard: `CloseRoutes`. Gradio alone would refuse inner hosts but fetch public ones."""
    address, asked = inner_host
    for client_path in (route.format(address), route.format(address).replace("://", "%3a%2f%2f")):
        answer = admin.get(client_path)
        assert answer.status_code == 404
        assert b"inner secret" not in answer.content
    assert asked == []


@pytest.mark.parametrize(
    "make",
    [
        lambda address: file_data(f"{address}/a.png"),
        lambda address: file_data(f"{address}/a.svg", url=f"{address}/a.svg"),
        lambda address: file_data("a.png", url=f"{address}/a.png"),
        lambda address: file_data("a.png", url=f"/gradio_api/proxy={address}/a.png"),
        lambda address: file_data("a.png", proxy_url=address),
        lambda address: file_data("https://example.com/a.png"),
    ],
)
def test_no_endpoint_fetches_an_address(admin, inner_host, make):
    """Guard: `protect_files`."""
    address, asked = inner_host
    assert call(admin, "read", make(address)) == {"error": "Only an uploaded file can be read."}
    assert asked == []


# --- other websites


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/upload", "/gradio_api/queue/join", "/gradio_api/run/correct",
     "/gradio_api/component_server", "/gradio_api/mcp/", "/sign-out"],
)  # fmt: skip
def test_a_page_of_another_site_orders_nothing(admin, path):
    """Guard: `RefuseStrangers`."""
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert admin.post(path, headers=headers).status_code == 403


def test_a_page_of_another_site_reads_nothing(admin):
    """Guard: our `CORSMiddleware`; without it Gradio admits each origin, with its cookies."""
    answer = admin.get("/config", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_redirects_stay_here(served, admin):
    client = visit(served.server)
    for path in ("//evil.example/history/", "/history/", "/%5cevil.example", "/sign-in/"):
        for visitor in (client, admin):
            location = visitor.get(path, headers=PAGE).headers.get("location", "/")
            assert re.match(r"/(?![/\\])|http://127\.0\.0\.1:7860/(?![/\\])", location), location


# --- too much


def test_too_many_files_are_refused(admin):
    """Guard: Gradio's limit of a thousand files in one request."""
    files = [("files", (f"{number}.png", b"x")) for number in range(1001)]
    answer = admin.post("/gradio_api/upload", files=files)
    assert (answer.status_code, "Too many files" in answer.text) == (400, True)


def test_a_large_order_is_refused(admin):
    """Guard: `LimitBodies`."""
    answer = admin.post("/gradio_api/run/history", json={"data": ["x" * 2_000_000, "", 1]})
    assert answer.status_code == 413
    assert admin.post("/gradio_api/mcp/", content=b"x" * 37_000_000).status_code == 413


def test_numbers_without_measure_are_sentences(admin):
    for values in (["", "", 10**30], ["", "", -5]):
        found = call(admin, "history", *values)
        assert "error" in found or found["page"] >= 1
    assert "error" in call(admin, "queue", 10**9, "nonsense")
    assert len(call(admin, "queue", 10**9, "worst")["plates"]) <= 20


# --- files that pretend


@pytest.mark.parametrize("name", ["a.svg", "a.html", "a.xml", "a.js", "a.png"])
def test_an_upload_is_never_run_by_a_browser(admin, name):
    """Guards: Gradio sends what a browser could run as an attachment; `nosniff`."""
    answer = admin.get(f"/gradio_api/file={upload(admin, SVG, name)}")
    is_attachment = answer.headers.get("content-disposition", "").startswith("attachment")
    assert is_attachment or answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_svg_is_no_picture(admin):
    for name in ("a.svg", "a.png"):
        path = upload(admin, SVG, name)
        assert call(admin, "read", file_data(path))["error"].startswith("This is an SVG")


@pytest.mark.parametrize("payload", [SVG, b"<?php system($_GET['c']); ?>", b"PK\x03\x04zip"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_nothing_hides_behind_a_picture(served, admin, payload, kind):
    """Guard: `PictureFolder` keeps pixels, encoded anew."""
    path = upload(admin, picture_bytes(9, kind=kind) + payload, "two in one.png")
    card = call(admin, "read", file_data(path))
    stored = served.store.pictures_dir / served.store.history(card["id"]).picture.file_name
    assert payload not in stored.read_bytes()
    shown = admin.get(f"/picture/{card['id']}")
    assert shown.headers["content-type"] == "image/webp"
    assert payload not in shown.content


# --- the door


def test_signing_in_works_on_the_whole_app(served):
    client = visit(served.server)
    assert sign_in(client, "ann", next="/queue").headers["location"] == "/queue"
    assert client.get("/queue").status_code == 200
    assert client.post("/sign-out").status_code == 303
    assert client.get("/queue").status_code == 401
