"""What is refused as a whole, and what does not stop the rest."""

import os
import zipfile

import pytest

from lpr_core.archives import ArchiveError
from lpr_core.data.samples import ManifestError
from lpr_core.labels.intake import sources, take_in
from lpr_core.labels.intake.report import IntakeVerdict
from lpr_core.labels.intake.sources import SourceError
from tests.kit.brought_folders import put, verdicts, zip_folder
from tests.kit.label_samples import picture_bytes

pytest_plugins = ["tests.kit.label_databases"]


@pytest.fixture
def store(sqlite_store):
    return sqlite_store


def refusal(store, source, error=(ArchiveError, SourceError, ManifestError)):
    with pytest.raises(error) as caught:
        take_in(store, source)
    assert store.search().total == 0
    return str(caught.value)


@pytest.fixture
def good(folder):
    """The folder with a picture in it that would be taken first."""
    put(folder, "0.png", picture_bytes(0))
    return folder


def test_links_in_folders_are_refused(store, good, tmp_path):
    secret = put(tmp_path, "secret.png", picture_bytes(1))
    (good / "z.png").symlink_to(secret)
    expected = "The folder has a link in it: 'z.png'; links are not followed."
    assert refusal(store, good) == expected
    (good / "z.png").unlink()
    (good / "more").symlink_to(tmp_path)
    assert refusal(store, good) == expected.replace("z.png", "more")


def test_pipes_in_folders_are_refused(store, good):
    os.mkfifo(good / "pipe.png")
    assert refusal(store, good) == "The folder has something in it that is no file: 'pipe.png'."


def test_too_many_files_are_refused(store, good, monkeypatch):
    put(good, "1.png", picture_bytes(1))
    monkeypatch.setattr(sources, "MAX_ENTRIES", 1)
    assert refusal(store, good) == "At most 1 files are taken in at once. Received: 2"


def test_bombs_are_refused(store, good):
    path = good.parent / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.png", picture_bytes(0))
        archive.writestr("1.bmp", bytes(3_000_000))
    assert refusal(store, path).startswith("The archive is a bomb")
    assert refusal(store, [good, path]).startswith("The archive is a bomb")


def test_what_only_claims_to_be_an_archive_is_refused(store, folder):
    path = put(folder.parent, "a.zip", "nothing of the kind")
    assert refusal(store, path) == "'a.zip' is not a whole ZIP archive."


@pytest.mark.parametrize("content", [b"Rar!\x1a\x07\x01\0" + bytes(50), b"\x1f\x8b" + bytes(50)])
def test_other_archives_are_no_pictures(store, folder, content):
    put(folder, "a.png", content)
    (row,) = take_in(store, folder).rows
    assert row.verdict is IntakeVerdict.REFUSED
    assert "only JPEG, PNG, WebP, BMP and TIFF pictures are read." in row.sentence


def test_an_archive_under_another_name_inside_an_archive_is_no_picture(store, folder):
    inner = zip_folder(folder).read_bytes()
    put(folder, "inner.png", inner)
    (row,) = take_in(store, zip_folder(folder)).rows
    assert row.sentence.startswith("This is a ZIP archive;")


def test_a_damaged_file_does_not_stop_the_others(store, folder):
    for seed in range(2):
        put(folder, f"{seed}.png", picture_bytes(seed))
    path = zip_folder(folder)
    content = bytearray(path.read_bytes())
    content[200] ^= 0xFF
    path.write_bytes(content)
    report = take_in(store, path)
    assert verdicts(report) == {"0.png": "refused", "1.png": "added"}
    assert report.rows[0].sentence == "The file is damaged inside its ZIP archive."


def test_a_manifest_cannot_reach_outside(store, good, tmp_path):
    put(tmp_path, "secret.png", picture_bytes(5))
    put(good, "m.csv", f"image_path,plate_text\n../secret.png,A1\n{tmp_path}/secret.png,B2\n")
    rows = take_in(store, good).rows
    assert [row.verdict.value for row in rows] == ["added", "refused", "refused"]
    assert store.search().total == 1


def test_a_name_for_a_file_and_a_folder_is_refused(store, folder):
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "x")
        archive.writestr("a.csv/b.csv", "x")
    assert refusal(store, path) == "A file and a folder have the same name."


def test_a_missing_source_is_said(store, tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file or folder"):
        take_in(store, tmp_path / "nothing")
