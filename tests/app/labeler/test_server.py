"""The server of the labelling app: pictures, downloads, samples, and a start that cannot be."""

import asyncio
import io
import json
import re
import zipfile
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from app.labeler import routes as labeler_routes
from app.labeler import server as labeler
from app.labeler.desk import LabelDesk
from app.labeler.pages.sheet import functions as sheet
from app.labeler.pages.sheet.functions import make_sheet_functions
from lpr_core.labels import LabelStore, StoreError
from lpr_core.labels.exchange import ExportKind
from tests.conftest import REPOSITORY_DIR
from tests.kit.fake_reader import FakeReader
from tests.kit.label_samples import picture_bytes
from tests.kit.page_kit import caller


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
    (card,) = ask("read_sample", name="plate", region="")["cards"]
    assert card["name"] == "plate.png"


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
        monkeypatch.setattr(labeler, "load_finder", lambda: None)
    monkeypatch.setenv(variable, value)
    assert labeler.main() == 1
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
