import asyncio

import pytest
from starlette.responses import PlainTextResponse

from app.labeler.door import barriers, protection
from app.labeler.door.barriers import LimitBodies, RefuseStrangers
from app.labeler.door.first_admin import Door
from app.labeler.door.protection import allowed_hosts
from app.labeler.door.sign_in import Guard
from app.privacy import is_forwarded, is_loopback, listens_privately
from lpr_core.labels import LabelStore
from tests.kit.safe_app import HOME, small_server, visit


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = LabelStore(data_dir=tmp_path_factory.mktemp("data"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(store):
    return visit(small_server(store)[0])


FORWARDED = [
    "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded",
    "X-Forwarded-Prefix", "X-Real-IP", "Via", "CF-Connecting-IP", "True-Client-IP", "Client-IP",
    "X-Client-IP", "X-Cluster-Client-IP", "X-Original-For", "X-Original-URL", "CF-Ray", "CDN-Loop",
    "X-Amzn-Trace-Id", "X-Envoy-External-Address", "Fly-Client-IP", "Tailscale-User-Login",
    "X-ARR-LOG-ID", "X-Azure-Ref", "X-Cloud-Trace-Context", "X-Vercel-Id", "X-ProxyUser-Ip",
]  # fmt: skip
OWN_HEADERS = [
    "host", "user-agent", "accept", "accept-language", "accept-encoding", "connection", "cookie",
    "upgrade-insecure-requests", "sec-fetch-site", "sec-fetch-mode", "sec-ch-ua", "priority",
    "origin", "referer", "content-type", "content-length", "authorization", "cache-control",
    "x-gradio-user", "mcp-session-id", "mcp-protocol-version", "sec-websocket-key", "upgrade",
    "dnt", "sec-gpc", "x-requested-with",
]  # fmt: skip

# --- host names


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_loopback(host, expected):
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("host", "named", "expected"),
    [
        ("127.0.0.1", "", True),
        ("::1", " , ", True),
        ("127.0.0.1", "plates.example", False),
        ("127.0.0.1", "localhost", False),
        ("0.0.0.0", "", False),
    ],
)
def test_private_is_loopback_without_a_proxys_names(host, named, expected):
    assert listens_privately(host, {"LPR_ALLOWED_HOSTS": named}) is expected


@pytest.mark.parametrize("name", FORWARDED)
def test_a_header_of_a_proxy_is_known(name):
    assert is_forwarded(["host", name.lower()])
    assert is_forwarded([name.upper()])


def test_what_browsers_and_programs_send_is_no_proxys():
    assert not is_forwarded(OWN_HEADERS)


@pytest.mark.parametrize(
    ("named", "private", "expected"),
    [
        ("", True, ["127.0.0.1", "localhost", "[::1]"]),
        ("", False, ["*"]),
        ("plates.example, x.example", False, ["plates.example", "x.example"]),
        ("plates.example,", True, ["127.0.0.1", "localhost", "[::1]", "plates.example"]),
    ],
)
def test_admitted_host_names(named, private, expected):
    assert allowed_hosts({"LPR_ALLOWED_HOSTS": named}, private) == expected


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1@evil"])
def test_a_name_that_was_pointed_at_us_is_refused(client, host):
    assert client.get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost", "LOCALHOST:80", "[::1]:7860"])
def test_our_own_names_are_answered(client, host):
    assert client.get("/", headers={"host": host}).status_code == 200


# --- orders from other websites

STRANGE = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": HOME},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:8501"},
    {"origin": "http://127.0.0.1:7860.evil.example"},
]


@pytest.mark.parametrize("headers", STRANGE)
def test_other_sites_give_no_orders(client, headers):
    for path in ("/", "/sign-in", "/gradio_api/upload"):
        assert client.post(path, headers=headers).status_code == 403
    assert client.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, {"origin": HOME}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}]
)
def test_our_pages_and_programs_do(client, headers):
    assert client.post("/", headers=headers).status_code == 200


def test_no_other_origin_may_read(client):
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    for answer in (client.get("/", headers=asked), client.options("/", headers=asked)):
        assert "access-control-allow-origin" not in answer.headers
        assert "access-control-allow-credentials" not in answer.headers


# --- sizes


@pytest.fixture
def small_limits(monkeypatch):
    monkeypatch.setattr(barriers, "MAX_BODY_BYTES", 100)
    monkeypatch.setattr(barriers, "BODY_LIMITS", {"/gradio_api/upload": 1000})


def in_pieces(total, piece=50):
    for start in range(0, total, piece):
        yield b"x" * min(piece, total - start)


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/measure", 100, 200),
        ("/measure", 101, 413),
        ("/gradio_api/upload", 1000, 200),
        ("/gradio_api/upload", 1001, 413),
    ],
)
@pytest.mark.parametrize("is_said", [True, False], ids=["length said", "length not said"])
def test_a_body_has_a_limit(client, small_limits, path, size, status, is_said):
    answer = client.post(path, content=b"x" * size if is_said else in_pieces(size))
    assert answer.status_code == status
    if status == 413:
        assert "at most; send fewer or smaller files." in answer.json()["error"]
    else:
        assert answer.json() == {"length": size}


def test_a_length_that_lies_does_not_help(small_limits):
    """A server would cut it; the limit does not rely on that."""
    sent = []

    async def app(scope, receive, send):
        while (message := await receive())["type"] == "http.request":
            if not message["more_body"]:
                break
        await PlainTextResponse("taken")(scope, receive, send)

    async def receive():
        return {"type": "http.request", "body": b"x" * 60, "more_body": True}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": "/", "headers": [(b"content-length", b"5")]}
    asyncio.run(LimitBodies(app)(scope, receive, send))
    assert sent[0]["status"] == 413


def test_a_fault_within_the_limit_is_not_hidden(small_limits):
    async def app(scope, receive, send):
        raise RuntimeError

    scope = {"type": "http", "path": "/", "headers": []}
    with pytest.raises(RuntimeError):
        asyncio.run(LimitBodies(app)(scope, None, None))


# --- headers and other traffic


def test_a_browser_is_told_to_trust_nobody_else(client):
    for path in ("/", "/nowhere", "/sign-in"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"


def test_a_socket_is_closed(store):
    sent = []

    async def send(message):
        sent.append(message)

    guard = Guard(None, Door(store.people, is_private=True))
    asyncio.run(guard({"type": "websocket", "path": "/"}, None, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_each_guard_is_what_refuses(store, monkeypatch):
    """Without them the same requests go through, so the tests above can fail."""

    async def let_through(self, scope, receive, send):
        await self._app(scope, receive, send)

    monkeypatch.setattr(RefuseStrangers, "__call__", let_through)
    monkeypatch.setattr(LimitBodies, "__call__", let_through)
    monkeypatch.setattr(protection, "LOOPBACK_NAMES", ("*",))
    client = visit(small_server(store)[0])
    assert client.post("/", headers=STRANGE[0]).status_code == 200
    assert client.get("/", headers={"host": "evil.example"}).status_code == 200
    assert client.post("/measure", content=bytes(2_000_000)).status_code == 200
