"""Uploaded zips: results come out whole, everything else is refused before a byte is written."""

import gzip
import io
import stat
import zipfile

import numpy as np
import pytest

from lpr_core.study.intake import unpack as unpack_module
from lpr_core.study.intake.unpack import StudyRefusedError, unpack_results

STUDY = {"study.json": b"{}", "runs/none/seed-0/state.json": b'{"state": "finished"}'}


def make_zip(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def unpack(content: bytes, folder) -> dict[str, bytes]:
    unpack_results(io.BytesIO(content), folder)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def assert_refused(content: bytes, folder, words: str) -> None:
    with pytest.raises(StudyRefusedError, match=words) as caught:
        unpack_results(io.BytesIO(content), folder)
    assert "\n" not in str(caught.value)
    assert list(folder.iterdir()) == []


def test_a_study_comes_out_whole(tmp_path):
    assert unpack(make_zip(STUDY), tmp_path) == STUDY


def test_a_folder_around_it_is_left_away(tmp_path):
    files = {f"my study/{name}": data for name, data in STUDY.items()}
    assert unpack(make_zip(files), tmp_path) == STUDY


def test_run_folders_keep_their_place(tmp_path):
    files = {"first/state.json": b"{}", "first/history.csv": b"epoch\n", "second/state.json": b"{}"}
    assert unpack(make_zip(files), tmp_path) == files


def test_what_no_study_has_is_left_out(tmp_path):
    others = {
        "runs/none/seed-0/recognizer.weights.h5": b"0" * 1000,
        "notes.txt": b"hello",
        "__MACOSX/study.json": b"?",
        "pictures/cat.svg": b"<svg/>",
        ".DS_Store": b"",
    }
    assert unpack(make_zip(STUDY | others), tmp_path) == STUDY


def test_pictures_of_plates_are_kept(tmp_path):
    files = STUDY | {"pictures/0.jpg": b"jpeg"}
    assert unpack(make_zip(files), tmp_path) == files


@pytest.mark.parametrize(
    "name",
    [
        "../study.json",
        "runs/../../../etc/cron.d/study.json",
        "/etc/study.json",
        "C:/windows/study.json",
        "runs\\..\\..\\study.json",
        "../outside.txt",
    ],
)
def test_paths_that_lead_elsewhere_are_refused(tmp_path, name):
    assert_refused(
        make_zip(STUDY | {name: b"{}"}), tmp_path, "leads out of its folder|absolute path"
    )


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(tmp_path, kind):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("study.json", "{}")
        link = zipfile.ZipInfo("runs/none/seed-0/config.json")
        link.external_attr = (kind | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert_refused(content.getvalue(), tmp_path, "link in it|no file")


def test_bombs_are_refused(tmp_path):
    bomb = make_zip(STUDY | {"plates.csv": b"0" * 20_000_000})
    assert_refused(bomb, tmp_path, "is a bomb: it unpacks to more than 200 times its size")


def test_bombs_within_compressed_tables_are_refused(tmp_path):
    name = "runs/none/seed-0/predictions.csv.gz"
    bomb = make_zip(STUDY | {name: gzip.compress(b"0" * 20_000_000)})
    assert_refused(bomb, tmp_path, "predictions.csv.gz' is compressed like a zip bomb")


def test_damaged_compressed_tables_are_refused(tmp_path):
    name = "runs/none/seed-0/predictions.csv.gz"
    assert_refused(make_zip(STUDY | {name: b"no gzip"}), tmp_path, "damaged")


def test_a_size_that_the_zip_lies_about_is_found_out(tmp_path):
    content = bytearray(make_zip({"study.json": b"x" * 100}))
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    assert_refused(bytes(content), tmp_path, "'study.json' is damaged in its ZIP archive")


def test_too_many_files_are_refused(tmp_path):
    files = STUDY | {f"notes/{number}": b"" for number in range(unpack_module.MAX_FILES)}
    assert_refused(make_zip(files), tmp_path, "10,002 files; at most 10,000 are taken")


def test_too_large_files_and_too_much_of_them_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack_module, "MAX_FILE_BYTES", 1_000_000)
    incompressible = np.random.default_rng(0).bytes(1_000_001)
    assert_refused(
        make_zip({"study.json": incompressible}),
        tmp_path,
        "a file of 1 MB in it: 'study.json'; at most 1 MB",
    )
    monkeypatch.setattr(unpack_module, "MAX_TOTAL_BYTES", 1_000_000)
    half = make_zip(
        {"study.json": incompressible[:500_001], "plates.csv": incompressible[:500_000]}
    )
    assert_refused(half, tmp_path, "at most 0.001 GB are taken")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"readme.md": b"hello"}, "no study and no run"),
        ({"a/study.json": b"{}", "b/study.json": b"{}"}, "2 studies"),
        ({}, "no study and no run"),
    ],
)
def test_zips_without_one_study_are_refused(tmp_path, files, words):
    assert_refused(make_zip(files), tmp_path, words)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("study.json", "{}")
        archive.writestr("study.json", "[]")
    assert_refused(content.getvalue(), tmp_path, "two files of the name")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"%PDF-1.7", make_zip(STUDY)[:-30]])
def test_what_is_no_zip_gets_one_sentence(tmp_path, content):
    assert_refused(content, tmp_path, "not a whole ZIP archive")


def test_encrypted_zips_are_refused(tmp_path):
    content = bytearray(make_zip(STUDY))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert_refused(bytes(content), tmp_path, "encrypted")


@pytest.mark.parametrize("name", ["study.json/config.json", f"{'x' * 300}/config.json"])
def test_names_that_the_disk_does_not_take_get_one_sentence(tmp_path, name):
    with pytest.raises(StudyRefusedError, match=r"cannot be unpacked here|name that is too long"):
        unpack_results(io.BytesIO(make_zip(STUDY | {name: b"{}"})), tmp_path)
