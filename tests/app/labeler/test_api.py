"""The endpoints for programs, over HTTP as programs use them: `gradio_client`, MCP, plain posts."""

import asyncio
import base64
import json
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from lpr_core.labels import LabelStore, Mark
from tests.kit.label_samples import picture_bytes
from tests.kit.safe_app import PASSWORDS, add_people

ENDPOINTS = ["correct", "export", "history", "queue", "read", "skip", "submit"]
NOT_AN_UPLOAD = "Only an uploaded file can be read."


@pytest.fixture
def team(start_app, free_port, tmp_path):
    """The running app of a team: its address, its store, the token of each person."""
    store = LabelStore(data_dir=tmp_path / "data")
    people = add_people(store)
    tokens = {name: store.people.add_token(people[name], "test") for name in people}
    uploads = tmp_path / "uploads"
    app = start_app(
        ["-m", "tests.kit.labeler_process"], free_port, env={"GRADIO_TEMP_DIR": str(uploads)}
    )
    yield SimpleNamespace(app=app, store=store, tokens=tokens, uploads=uploads)
    store.close()


def connect(team, name, **options):
    headers = {"Authorization": f"Bearer {team.tokens[name]}"}
    return Client(team.app.url, headers=headers, verbose=False, **options)


def put(path, seed):
    path.write_bytes(picture_bytes(seed))
    return path


def test_programs_do_all_that_people_do(team, tmp_path):
    client = connect(team, "ann")
    described = client.view_api(return_format="dict")["named_endpoints"]
    assert sorted(described) == [f"/{name}" for name in ENDPOINTS]
    assert all(endpoint["description"] for endpoint in described.values())
    use_plates(team, client, tmp_path)
    use_queue(team, client)
    take_labels(team, client, tmp_path)
    client.close()
    asyncio.run(use_tools(team))
    tell_no_secret(team)


def use_plates(team, client, tmp_path):
    for seed in range(3):
        picture = handle_file(put(tmp_path / f"north {seed}.png", seed))
        card = client.predict(picture, "br", api_name="/read")
        assert (card["name"], card["mark"]) == (f"north {seed}.png", "unchecked")
    corrected = client.predict(card["id"], "ABC1D23", "", "somebody else", api_name="/correct")
    # The account counts, whatever name a program gives.
    assert (corrected["text"], corrected["author"]) == ("ABC1D23", "ann")
    found = client.predict("north", "corrected", 1, api_name="/history")
    assert (found["total"], found["plates"][0]["revisions"][0]["author"]) == (1, "ann")
    bad = put(tmp_path / "bad.png", 0)
    bad.write_bytes(b"bad")
    for values, endpoint, message in [
        ((handle_file(bad), ""), "/read", "only JPEG, PNG, WebP, BMP and TIFF"),
        (("nowhere", "A1", "", ""), "/correct", "must be a stored picture"),
        (("", "nice", 1), "/history", "`mark` must be one of"),
    ]:
        with pytest.raises(AppError, match=message):
            client.predict(*values, api_name=endpoint)


def use_queue(team, client):
    handed = client.predict(5, "worst", "", "default", "", api_name="/queue")
    assert len(handed["plates"]) == 2
    first, second = handed["plates"]
    # Nothing tells a second reading or a gold plate from a fresh one.
    assert set(first) == {"id", "name", "width", "height", "read", "assignment_id", "expires_at"}
    other = connect(team, "rita")
    assert other.predict(5, "worst", "", "default", "", api_name="/queue")["plates"] == []
    with pytest.raises(AppError, match="not"):
        other.predict(first["assignment_id"], "A1", "", 1, "ann", api_name="/submit")
    other.close()
    for _ in range(2):  # repeated, it changes nothing
        answer = client.predict(first["assignment_id"], "QUE1E23", "", 2.5, "", api_name="/submit")
        assert answer == {"id": first["id"], "saved": True}
    (revision,) = team.store.history(first["id"]).revisions
    assert (revision.after, revision.author) == ("QUE1E23", "ann")
    skipped = client.predict(second["assignment_id"], "too dark", "", api_name="/skip")
    assert skipped == {"skipped": True}
    assert team.store.history(second["id"]).revisions == ()


def take_labels(team, client, tmp_path):
    with pytest.raises(AppError, match="Only reviewers and admins may do this"):
        client.predict("manifest.csv", api_name="/export")
    reviewer = connect(team, "rita", download_files=str(tmp_path / "downloads"))
    manifest = Path(reviewer.predict("manifest.csv", api_name="/export")).read_text()
    assert "ABC1D23" in manifest
    assert "QUE1E23" in manifest
    with pytest.raises(AppError, match="passwords"):
        reviewer.predict("passwords", api_name="/export")
    reviewer.close()


async def use_tools(team):
    """The same endpoints as MCP tools."""
    headers = {"Authorization": f"Bearer {team.tokens['ann']}"}
    address = f"{team.app.url}/gradio_api/mcp/"
    async with (
        httpx.AsyncClient(headers=headers, timeout=60) as web,
        streamable_http_client(address, http_client=web) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = (await session.list_tools()).tools
        assert sorted(tool.name for tool in tools) == ENDPOINTS
        assert all(tool.description for tool in tools)
        picture = "data:image/png;base64," + base64.b64encode(picture_bytes(7)).decode()
        answer = await session.call_tool("read", {"picture": picture, "region": "br"})
        assert not answer.isError
        handed = await session.call_tool("queue", {"count": 1})
        assert "assignment_id" in handed.content[0].text
        for address in (f"{team.app.url}/health", "https://example.com/a.png"):
            refused = await session.call_tool("read", {"picture": address})
            assert refused.isError
            assert NOT_AN_UPLOAD in refused.content[0].text
        refused = await session.call_tool("export", {"kind": "history.jsonl"})
        assert "Only reviewers and admins may do this" in refused.content[0].text


def tell_no_secret(team):
    """Strangers get nothing, and neither their guesses nor real secrets reach the log."""
    with httpx.Client(base_url=team.app.url, trust_env=False, timeout=60) as stranger:
        guesses = {"name": "ann", "password": "my other password"}
        assert stranger.post("/sign-in", data=guesses).status_code == 401
        right = {"name": "ann", "password": PASSWORDS["ann"]}
        session = stranger.post("/sign-in", data=right).cookies["lpr_session"]
        stranger.cookies.clear()
        for address in ("/config", "/gradio_api/mcp/", "/gradio_api/info?token=guessed-token"):
            wrong = {"Authorization": "Bearer guessed-token"}
            assert stranger.get(address, headers=wrong).status_code == 401
    with pytest.raises(ValueError, match=r"."):
        Client(team.app.url, verbose=False)
    secrets = [*team.tokens.values(), *PASSWORDS.values(), session, "guessed-token", "my other"]
    assert team.app.stop() in (0, -15)
    for secret in secrets:
        assert secret not in team.app.log()
    assert "Traceback" not in team.app.log()
    assert not [path for path in team.uploads.rglob("*") if path.is_file()]


def test_whoever_is_alone_needs_no_token(start_app, free_port, tmp_path):
    picture = put(tmp_path / "plate.png", 1)
    app = start_app(["-m", "tests.kit.labeler_process"], free_port)
    client = Client(app.url, verbose=False)
    card = client.predict(handle_file(picture), "", api_name="/read")
    named = client.predict(card["id"], "A1", "", "robot", api_name="/correct")
    assert (named["author"], named["mark"]) == ("robot", Mark.CORRECTED.value)
    client.close()
    data = {"data": ["", "", 1]}
    plain = httpx.post(f"{app.url}/gradio_api/run/history", json=data, trust_env=False).json()
    assert json.dumps(plain["data"][0]).count(card["id"]) >= 1
    assert app.stop() in (0, -15)
