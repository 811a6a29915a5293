"""Files that somebody else named: what is no file is refused, and size is looked at first."""

import os
from pathlib import Path

import pytest

from lpr_core import untrusted
from lpr_core.untrusted import (
    FileRefusedError,
    FileTooLargeError,
    check_untrusted,
    open_untrusted,
    read_untrusted,
    read_untrusted_text,
)


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "a.bin"
    path.write_bytes(b"12345")
    return path


@pytest.fixture
def reads(monkeypatch) -> list[int]:
    """How many bytes were asked for, read by read."""
    asked: list[int] = []

    class Counted:
        def __init__(self, stream):
            self._stream = stream

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self._stream.close()

        def fileno(self):
            return self._stream.fileno()

        def close(self):
            self._stream.close()

        def read(self, size=-1):
            asked.append(size)
            return self._stream.read(size)

    fdopen = os.fdopen
    monkeypatch.setattr(os, "fdopen", lambda *args: Counted(fdopen(*args)))
    return asked


def test_a_file_up_to_the_limit_is_read(file, reads):
    assert read_untrusted(file, 5) == b"12345"
    assert reads == [6]


def test_of_a_larger_file_not_one_byte_is_read(file, reads):
    with pytest.raises(FileTooLargeError) as caught:
        read_untrusted(file, 4)
    assert str(caught.value) == "'a.bin' is larger than 4e-06 MB, the most that is read."
    assert reads == []


def test_of_a_file_that_grows_one_byte_too_many_is_read(file, reads, monkeypatch):
    monkeypatch.setattr(untrusted, "_check_status", lambda *_: None)
    with pytest.raises(FileTooLargeError):
        read_untrusted(file, 2)
    assert reads == [3]


@pytest.mark.parametrize("use", [lambda path: read_untrusted(path, 9), open_untrusted])
def test_folders_pipes_and_devices_are_refused(tmp_path, use):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "folder", tmp_path / "pipe", Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(FileRefusedError) as caught:
            use(path)
        assert str(caught.value) == f"'{path.name}' is not a file but a folder, pipe or device."


def test_what_is_swapped_for_a_pipe_meanwhile_is_refused(tmp_path, file, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    status = file.stat()
    monkeypatch.setattr(Path, "stat", lambda *_, **__: status)
    with pytest.raises(FileRefusedError):
        check_untrusted(tmp_path / "pipe")


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_untrusted(tmp_path / "none", 9)


def test_text_is_utf_8(file):
    file.write_bytes("\ufeffä".encode())
    assert read_untrusted_text(file, 9) == "ä"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UnicodeDecodeError):
        read_untrusted_text(file, 9)
