import asyncio
import os
import time

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.labeler.door import housekeeping
from app.labeler.door.housekeeping import KeepRoom, claim_uploads_dir, keep_clean, sweep_uploads


def put(path, age_seconds=0.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    moment = time.time() - age_seconds
    os.utime(path, (moment, moment))
    return path


def test_what_a_killed_app_left_is_swept(tmp_path):
    old, new = put(tmp_path / "a" / "b" / "old.png", 7200), put(tmp_path / "c" / "new.png")
    assert sweep_uploads(tmp_path) == 1
    assert not old.exists()
    assert new.exists()
    assert not (tmp_path / "a").exists()
    assert sweep_uploads(tmp_path) == 0


def test_a_link_is_removed_and_never_followed(tmp_path):
    outside = put(tmp_path / "outside" / "keep.png", 7200)
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    (uploads / "link").symlink_to(outside.parent)
    sweep_uploads(uploads, life_seconds=-1)
    assert outside.exists()
    assert list(uploads.iterdir()) == []


def test_the_sweep_repeats_while_the_server_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(housekeeping, "SWEEP_SECONDS", 0.01)

    async def run():
        async with keep_clean(tmp_path):
            await asyncio.sleep(0.05)
            old = put(tmp_path / "old.png", 7200)
            while old.exists():
                await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(run(), 30))


def test_the_uploads_have_a_folder_for_us_alone(tmp_path, monkeypatch):
    monkeypatch.delenv("GRADIO_TEMP_DIR", raising=False)
    monkeypatch.setattr(housekeeping.tempfile, "tempdir", str(tmp_path))
    folder = claim_uploads_dir()
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o700
    assert claim_uploads_dir() == folder


def test_a_folder_of_somebody_else_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    claim_uploads_dir()
    monkeypatch.setattr(housekeeping.os, "getuid", lambda: -1)
    with pytest.raises(ValueError, match="belongs to another account"):
        claim_uploads_dir()


@pytest.mark.parametrize(("free", "status"), [(10**12, 200), (10**6, 507)])
def test_a_full_disk_takes_no_uploads_but_corrections(tmp_path, monkeypatch, free, status):
    monkeypatch.setattr(
        housekeeping.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free})
    )
    server = FastAPI()

    @server.post("/upload")
    @server.post("/correct")
    def take() -> str:
        return "taken"

    server.add_middleware(KeepRoom, folders=(tmp_path,), path="/upload")
    client = TestClient(server)
    assert client.post("/upload").status_code == status
    assert client.post("/correct").status_code == 200
    if status == 507:
        assert client.post("/upload").json()["error"].endswith("takes no more files.")
