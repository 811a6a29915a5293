"""A disk that is full or may only be read: one clear sentence, nothing lost, and work goes on.

Through the whole app. SQLite itself refuses here, as it does on a real disk.
"""

import asyncio
import errno
import shutil
import subprocess
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app.labeler import routes as labeler_routes
from app.labeler import server as labeler
from app.labeler.door.housekeeping import sweep_uploads
from lpr_core.labels import LabelStore, pictures
from tests.kit.fake_reader import FakeReader
from tests.kit.label_samples import picture_bytes, reading_dict
from tests.kit.safe_app import visit

FULL = "The label store did not save or load anything: its disk is full."
READ_ONLY = "The label store did not save or load anything: it may only be read, not written."


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A client of the whole app, and its store."""
    folder = tmp_path_factory.mktemp("served")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(folder / "uploads"))
        store = LabelStore(data_dir=folder / "data")

        async def build():
            return labeler.build_server(FakeReader(), store)

        yield visit(asyncio.run(build())), store
        store.close()


@contextmanager
def setting(store, *pragmas):
    """Let each connection of a store be set up like this for a while."""
    engine = store._database.engine

    def set_up(connection, _record):
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", set_up)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", set_up)
        engine.dispose()


@pytest.fixture(params=["full", "read only"])
def broken(request, served):
    """What makes the store fail, and its sentence."""
    _, store = served
    with store._database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    if request.param == "full":
        return setting(store, f"max_page_count={pages}"), FULL
    return setting(store, "query_only=ON"), READ_ONLY


def add_plate(store, seed):
    picture_id = store.add_picture(picture_bytes(seed), "plate.png")
    store.add_reading(picture_id, reading_dict())
    return picture_id


def run(client, endpoint, *values):
    answer = client.post(f"/gradio_api/run/{endpoint}", json={"data": values})
    return answer.json()


def fill_up(client, picture_id):
    """Correct until it is refused; return what was accepted, and the refusal."""
    accepted = []
    for number in range(3000):
        answer = run(client, "correct", picture_id, f"FULL{number:04}", "", "maria")
        if "error" in answer:
            return accepted, answer["error"]
        accepted.append(f"FULL{number:04}")
    pytest.fail("it never became full")


def test_what_was_accepted_is_kept_and_the_rest_is_refused(served, broken):
    client, store = served
    picture_id = add_plate(store, seed=len(broken[1]))
    fault, sentence = broken
    with fault:
        accepted, refusal = fill_up(client, picture_id)
        assert refusal == sentence
        assert client.get("/health").status_code == 200  # it can still be read
        found = run(client, "history", "", "", 1)["data"][0]
        assert found["total"] >= 1
    kept = [revision.after for revision in store.history(picture_id).revisions]
    assert kept == accepted
    with store._database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    # Once there is room again, the same order goes through.
    assert "error" not in run(client, "correct", picture_id, "ROOM123", "", "maria")
    assert store.history(picture_id).text == "ROOM123"


def test_pages_say_it_and_offer_to_try_again(served, broken):
    client, store = served
    picture_id = add_plate(store, seed=100 + len(broken[1]))
    components = client.get("/config").json()["components"]
    (sheet,) = [part for part in components if part["props"].get("elem_id") == "sheet"]
    data = {"picture_id": picture_id, "text": "PAGE123", "mark": "", "author": "maria"}
    asked = {"session_hash": "s", "component_id": sheet["id"], "fn_name": "correct", "data": data}
    fault, sentence = broken
    with fault:
        run(client, "correct", picture_id, "A1", "", "x")
        fill_up(client, picture_id)
        answer = client.post("/gradio_api/component_server", json=asked).json()
        assert answer == {"error": sentence, "again": True}
    assert "error" not in client.post("/gradio_api/component_server", json=asked).json()


def upload(client, content):
    return client.post("/gradio_api/upload", files={"files": ("a.png", content)})


def test_a_picture_that_does_not_fit_leaves_no_trace(served, monkeypatch):
    client, store = served
    before = store.search().total
    (path,) = upload(client, picture_bytes(55)).json()

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pictures, "write_bytes_atomic", fail)
    data = {"path": path, "meta": {"_type": "gradio.FileData"}}
    assert run(client, "read", data, "")["error"] == FULL
    monkeypatch.undo()
    assert store.search().total == before
    (path,) = upload(client, picture_bytes(55)).json()
    assert "error" not in run(client, "read", data | {"path": path}, "")


def test_a_download_that_does_not_fit_is_a_sentence(served, monkeypatch):
    client, _ = served

    def fail(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(labeler_routes.tempfile, "NamedTemporaryFile", fail)
    answer = client.get("/export/manifest.csv")
    assert (answer.status_code, answer.json()) == (503, {"error": FULL})


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of two megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if mount is None or subprocess.run([mount, *options], capture_output=True).returncode:
        pytest.skip("this account may not mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_an_upload_to_a_full_disk_is_refused(served, small_disk, monkeypatch):
    client, _ = served
    gradio_app = next(route.app for route in client.app.routes if hasattr(route.app, "blocks"))
    monkeypatch.setattr(gradio_app, "uploaded_file_dir", str(small_disk))
    monkeypatch.setattr("app.labeler.door.housekeeping.MIN_FREE_BYTES", 0)
    answer = upload(client, bytes(3_000_000))
    assert (answer.status_code, answer.json()) == (503, {"error": FULL})
    sweep_uploads(small_disk, life_seconds=-1)  # what had come of it; else within the hour
    assert upload(client, bytes(100_000)).status_code == 200
