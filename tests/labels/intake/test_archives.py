import contextlib
import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lpr_core import archives
from lpr_core.archives import ArchiveError, Limit, clean_name, open_archive


@pytest.fixture
def put(tmp_path):
    """A function that writes a ZIP of entries (name or ZipInfo -> content) and returns its path."""

    def put_(entries: dict, method=zipfile.ZIP_DEFLATED) -> Path:
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, content in entries.items():
                archive.writestr(name, content)
        return path

    return put_


def refusal(path: Path, limit: Limit | None = None) -> str:
    with pytest.raises(ArchiveError) as caught, open_archive(path, limit):
        pass
    return str(caught.value)


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def test_files_are_listed_and_read(put):
    path = put({"a/b.txt": b"one", "a/": b"", "c\\d.txt": b"two", "./e.txt": b""})
    with open_archive(path) as archive:
        read = {found.name: (found.size, archive.read(found)) for found in archive.entries}
    assert read == {"a/b.txt": (3, b"one"), "c/d.txt": (3, b"two"), "e.txt": (0, b"")}


def test_an_empty_archive_has_no_files(put):
    with open_archive(put({})) as archive:
        assert archive.entries == ()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("../a.png", "The archive has a file that leads out of its folder: '../a.png'."),
        ("a/../../b.png", "The archive has a file that leads out of its folder: 'a/../../b.png'."),
        ("a\\..\\b.png", r"The archive has a file that leads out of its folder: 'a\\..\\b.png'."),
        ("/etc/passwd", "The archive has a file with an absolute path: '/etc/passwd'."),
        ("\\\\host\\a", r"The archive has a file with an absolute path: '\\\\host\\a'."),
        ("C:\\a.png", r"The archive has a file with an absolute path: 'C:\\a.png'."),
        ("c:a.png", "The archive has a file with an absolute path: 'c:a.png'."),
        ("a\0.png", r"The archive has a file with control characters in its name: 'a\x00.png'."),
        ("a\n.png", r"The archive has a file with control characters in its name: 'a\n.png'."),
        (".", "The archive has a file without a name: '.'."),
        ("a" * 256, f"The archive has a file with a name that is too long: '{'a' * 80}'."),
        ("ä" * 128, f"The archive has a file with a name that is too long: '{'ä' * 80}'."),
        ("a/" * 201, f"The archive has a file with a name that is too long: '{'a/' * 40}'."),
    ],
)
def test_path_tricks_are_refused(put, name, sentence):
    with pytest.raises(ArchiveError) as caught:
        clean_name(name)
    assert str(caught.value) == sentence
    path = put({"X" * len(name): b"x"})
    # zipfile does not write such names itself.
    content = path.read_bytes()
    try:
        swapped = name.encode("ascii")
    except UnicodeEncodeError:
        return
    path.write_bytes(content.replace(b"X" * len(name), swapped))
    assert refusal(path) == sentence


@settings(deadline=None)
@given(st.text(max_size=500))
def test_clean_names_stay_inside(name):
    try:
        cleaned = clean_name(name)
    except ArchiveError:
        return
    folder = Path("/inside")
    assert (folder / cleaned).is_relative_to(folder)
    assert ".." not in Path(cleaned).parts
    assert clean_name(cleaned) == cleaned


@pytest.mark.parametrize(
    ("info", "sentence"),
    [
        (
            entry("link.png", 0o120777),
            "The archive has a link in it: 'link.png'; links are not followed.",
        ),
        (entry("pipe", 0o010644), "The archive has something in it that is no file: 'pipe'."),
        (entry("disk", 0o060644), "The archive has something in it that is no file: 'disk'."),
        (
            entry("x/b.ZIP", 0o100644),
            "The archive has another archive in it: 'x/b.ZIP'; unpack it first.",
        ),
        (
            entry("b.tar.gz", 0),
            "The archive has another archive in it: 'b.tar.gz'; unpack it first.",
        ),
    ],
)
def test_other_things_than_files_are_refused(put, info, sentence):
    assert refusal(put({"a.png": b"fine", info: b"/etc/passwd"})) == sentence


def test_two_files_of_one_name_are_refused(put):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = put({entry("a.png", 0): b"1", entry("a.png", 0o100644): b"2"})
    assert refusal(path) == "The archive has two files of the name 'a.png'."


def test_two_names_for_one_path_are_refused(put):
    assert refusal(put({"a/b.png": b"1", "a//b.png": b"2"})).startswith("The archive has two files")


@pytest.mark.parametrize("bit", [0x1, 0x40, 0x2000])
def test_encrypted_archives_are_refused(put, bit):
    path = put({"a.png": b"secret"})
    content = bytearray(path.read_bytes())
    struct.pack_into("<H", content, content.index(b"PK\x01\x02") + 8, bit)
    path.write_bytes(content)
    assert refusal(path) == "The archive is encrypted; pack it again without a password."


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_packing_is_refused(put, method):
    assert refusal(put({"a.png": b"x" * 100}, method)) == (
        "The archive is packed in an unusual way ('a.png'); pack it again as a plain ZIP."
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x05\x06",
        b"Rar!\x1a\x07\x01\0" + bytes(100),
        b"7z\xbc\xaf\x27\x1c" + bytes(100),
        b"PK\x05\x06" + bytes(8) + b"\xff\xff\xff\x00" + bytes(6),
    ],
    ids=["empty", "cut", "rar", "7z", "directory beyond the file"],
)
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    assert refusal(path) == "'a.zip' is not a whole ZIP archive."


def test_a_cut_archive_is_refused(put):
    path = put({"a.png": bytes(1000)})
    path.write_bytes(path.read_bytes()[:-10])
    assert refusal(path) == "'a.zip' is not a whole ZIP archive."


# Bombs


def test_what_unpacks_to_far_more_is_refused(put):
    path = put({"a.png": bytes(2_000_000)})
    assert path.stat().st_size < 3_000
    assert refusal(path) == "The archive is a bomb: it unpacks to more than 200 times its size."


def test_many_small_bombs_are_one_bomb(put):
    path = put({f"{number}.png": bytes(900_000) for number in range(3)})
    assert refusal(path) == "The archive is a bomb: it unpacks to more than 200 times its size."


def test_small_files_may_shrink_as_they_like(put):
    with open_archive(put({"a.csv": bytes(500_000)})) as archive:
        assert len(archive.read(archive.entries[0])) == 500_000


def test_sizes_that_are_said_too_small_give_no_more(put):
    path = put({"a.png": bytes(500_000)})
    content = bytearray(path.read_bytes())
    struct.pack_into("<L", content, content.index(b"PK\x01\x02") + 24, 10)
    path.write_bytes(content)
    with (
        open_archive(path) as archive,
        pytest.raises(ValueError, match=r"^The file is damaged inside its ZIP archive\.$"),
    ):
        archive.read(archive.entries[0])


def test_totals_are_limited(put, monkeypatch):
    path = put({f"{number}.png": bytes(600) for number in range(5)})
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 2_999)
    assert refusal(path) == "The archive unpacks to 0.0 GB; at most 2.999e-06 GB are taken."
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 3_000)
    monkeypatch.setattr(archives, "MAX_ENTRIES", 4)
    assert refusal(path) == "The archive has 5 files; at most 4 are taken."
    monkeypatch.setattr(archives, "MAX_ENTRIES", 5)
    with open_archive(path) as archive:
        assert len(archive.entries) == 5


def test_files_that_share_their_bytes_are_refused(put):
    path = put({"a.png": bytes(range(256)), "b.png": bytes(range(255))}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    second = content.rindex(b"PK\x01\x02")
    struct.pack_into("<L", content, second + 42, 0)  # the second file is the first one again
    path.write_bytes(content)
    assert refusal(path) == "The archive is damaged or a bomb: files in it share their bytes."


def test_a_long_list_of_files_is_refused_before_it_is_read(put, monkeypatch):
    path = put({f"{number}.png": b"" for number in range(100)})
    monkeypatch.setattr(archives, "MAX_DIRECTORY_BYTES", 1_000)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("was opened"))
    assert refusal(path) == "The archive has too many files; at most 100,000 are taken."


def test_the_64_bit_size_of_the_list_counts_too(put, monkeypatch):
    path = put({"a.png": b"x"})
    content = path.read_bytes()
    end = content.rindex(b"PK\x05\x06")
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 10**12, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    path.write_bytes(content[:end] + record + locator + content[end:])
    assert refusal(path) == "The archive has too many files; at most 100,000 are taken."


def test_an_open_file_is_read_like_a_path_and_stays_open(put):
    content = io.BytesIO(put({"a.txt": b"one"}).read_bytes())
    with open_archive(content) as archive:
        assert archive.read(archive.entries[0]) == b"one"
    assert not content.closed
    with pytest.raises(ArchiveError, match=r"^'the file' is not a whole ZIP archive\.$"):  # noqa: SIM117
        with open_archive(io.BytesIO(b"no zip")):
            pass


def test_what_is_not_wanted_is_neither_listed_nor_measured(put):
    path = put({"a.csv": b"one", "b.csv.gz": b"two", "weights.h5": bytes(2_000_000), "c.zip": b""})
    wants = Limit(wants=lambda name: ".csv" in name)
    with open_archive(path, wants) as archive:
        assert [entry.name for entry in archive.entries] == ["a.csv", "b.csv.gz"]
    assert refusal(put({"a.csv": b"one", "../b.h5": b""}), wants).endswith("'../b.h5'.")


def test_each_file_is_limited(put):
    path = put({"a.csv": bytes(range(256))})
    assert refusal(path, Limit(file_bytes=255)) == (
        "The archive has a file of 0 MB in it: 'a.csv'; at most 0.000255 MB are taken."
    )


@pytest.mark.slow
def test_large_archives_are_read(tmp_path):
    path = tmp_path / "large.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(70_000):  # more than 16 bits count
            archive.writestr(f"{number}.txt", b"x")
    with open_archive(path) as archive:
        assert len(archive.entries) == 70_000


def test_broken_bytes_are_a_damaged_file(put):
    path = put({"a.png": bytes(range(256)) * 4}, zipfile.ZIP_STORED)
    content = path.read_bytes().replace(bytes(range(100, 110)), b"0123456789", 1)
    path.write_bytes(content)
    with (
        open_archive(path) as archive,
        pytest.raises(ValueError, match="damaged inside its ZIP archive"),
    ):
        archive.read(archive.entries[0])


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_damage_is_always_a_value_error(tmp_path_factory, noise, place):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/b.png", bytes(range(256)))
        archive.writestr("c.csv", b"x" * 50)
    content = bytearray(stream.getvalue())
    place %= len(content)
    content[place : place + len(noise)] = noise
    path = tmp_path_factory.getbasetemp() / "noise.zip"
    path.write_bytes(content)
    with contextlib.suppress(ValueError), open_archive(path) as archive:
        for found in archive.entries:
            archive.read(found)


@pytest.mark.parametrize("run", [b"P", b"K", b"PK", b"PK\x05\x06", b"PK\x06\x06", b"PK\x01\x02"])
def test_only_the_end_of_other_files_is_looked_at(tmp_path, monkeypatch, run):
    """25 MB of what begins like a record of an archive."""
    path = tmp_path / "a.zip"
    path.write_bytes(run * (25_000_000 // len(run)))
    read = []

    class Counted(io.BufferedReader):
        def read(self, size=-1):
            content = super().read(size)
            read.append(len(content))
            return content

    monkeypatch.setattr(archives, "open_untrusted", lambda found: Counted(io.FileIO(found)))
    with pytest.raises(ArchiveError), open_archive(path):
        pass
    assert sum(read) <= archives._LONGEST_ENDING
