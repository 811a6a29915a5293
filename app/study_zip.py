"""Unpack an uploaded zip of results: only the files that a study has, none of surprising size.

A zip is somebody else's word. Nothing is written before all of it is checked, nothing outside the
given folder, and whatever compresses suspiciously well is refused, inside of `.gz` files too.
"""

import gzip
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath

MAX_FILES = 10_000
MAX_FILE_BYTES = 64 * 1024**2
MAX_TOTAL_BYTES = 512 * 1024**2
MAX_RATIO = 200
"""Tables and JSON shrink to a twentieth; a zip bomb to a thousandth."""

STUDY_FILES = ("study.json", "plates.csv", "answers.json", "diagnosis.json")
RUN_FILES = (
    "config.json",
    "state.json",
    "history.csv",
    "metrics.json",
    "predictions.csv.gz",
    "noisy_predictions.csv.gz",
)
_PICTURE = re.compile(r"\d+\.jpg")
_CHUNK = 1024**2
_FREE_BYTES = 64 * 1024
"""Smaller files may shrink as they like."""


class ZipRefusedError(ValueError):
    """The zip is not taken; one sentence says why."""


def unpack_results(content: bytes, folder: Path) -> None:
    """Write what a zip holds of a study, or of run folders, below a folder.

    A single folder around everything is left away, `study.json` comes to lie in `folder` itself.
    Files that no study has (weights, notes, what macOS adds) are not unpacked.

    Args:
        content: The bytes of the zip.
        folder: New or empty.

    Raises:
        ZipRefusedError: No zip, damaged, encrypted, too large, too many files, a path that leads
            elsewhere, a link, a bomb, no results in it (nothing was written then), or names that
            this disk does not take.
    """
    # Before the list of files is read, which could itself fill the memory.
    if (num_files := content.count(b"PK\x01\x02")) > MAX_FILES:
        raise ZipRefusedError(f"The zip holds {num_files:,} files; {MAX_FILES:,} are the limit.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = _choose_files(archive)
            unpacked = {path: _read_member(archive, member) for path, member in files.items()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError) as error:
        raise ZipRefusedError(f"This is no zip that can be read: {error}.") from error
    try:
        for path, data in unpacked.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
    except OSError as error:  # a name that is too long, or stands for a file and a folder
        raise ZipRefusedError(f"The zip cannot be unpacked here: {error.strerror}.") from error


def _choose_files(archive: zipfile.ZipFile) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """Check every entry, and return those that belong to results, by their path in the study."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    for member in members:
        _check_place(member)
    results = [member for member in members if _is_result(PurePosixPath(member.filename))]
    for member in results:
        _check_size(member)
    if sum(member.file_size for member in results) > MAX_TOTAL_BYTES:
        raise ZipRefusedError(f"Unpacked, it is larger than {MAX_TOTAL_BYTES // 1024**2} MB.")
    paths = {PurePosixPath(member.filename): member for member in results}
    if len(paths) < len(results):
        raise ZipRefusedError("The zip holds two files of the same name.")
    root = _find_root(paths)
    return {
        path.relative_to(root): member
        for path, member in paths.items()
        if path.is_relative_to(root)
    }


def _check_place(member: zipfile.ZipInfo) -> None:
    name = member.filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or any(sign in name for sign in "\\:\0"):
        raise ZipRefusedError(f"A path in the zip leads elsewhere: {name[:80]!r}.")
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        raise ZipRefusedError(f"The zip holds a link or a device: {name[:80]!r}.")
    if member.flag_bits & 1:
        raise ZipRefusedError("The zip is encrypted.")


def _check_size(member: zipfile.ZipInfo) -> None:
    name = member.filename[:80]
    if member.file_size > MAX_FILE_BYTES:
        raise ZipRefusedError(f"{name!r} is larger than {MAX_FILE_BYTES // 1024**2} MB.")
    if member.file_size > _FREE_BYTES + MAX_RATIO * member.compress_size:
        raise ZipRefusedError(f"{name!r} is compressed like a zip bomb.")


def _is_result(path: PurePosixPath) -> bool:
    if path.parts[0] == "__MACOSX":
        return False
    is_picture = path.parent.name == "pictures" and bool(_PICTURE.fullmatch(path.name))
    return is_picture or path.name in STUDY_FILES or path.name in RUN_FILES


def _find_root(paths: Collection[PurePosixPath]) -> PurePosixPath:
    """Return the folder of the one study, or the zip's own top when it holds runs only.

    Raises:
        ZipRefusedError: There are several studies, or nothing at all.
    """
    studies = [path.parent for path in paths if path.name == "study.json"]
    if len(studies) > 1:
        raise ZipRefusedError(f"The zip holds {len(studies)} studies; bring them one by one.")
    if not studies and not any(path.name == "state.json" for path in paths):
        raise ZipRefusedError("The zip holds no study and no run: no study.json, no state.json.")
    return studies[0] if studies else PurePosixPath()


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read one file; `zipfile` stops at the size that was checked, and then misses the checksum."""
    data = archive.read(member)
    if member.filename.endswith(".gz"):
        _check_gzip(data, member.filename[:80])
    return data


def _check_gzip(data: bytes, name: str) -> None:
    """Unpack a table in passing, so that its true size is known before anybody reads it."""
    num_bytes = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while chunk := stream.read(_CHUNK):
                num_bytes += len(chunk)
                if num_bytes > min(MAX_FILE_BYTES, _FREE_BYTES + MAX_RATIO * len(data)):
                    raise ZipRefusedError(f"{name!r} is compressed like a zip bomb.")
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise ZipRefusedError(f"{name!r} is damaged: {error}.") from error
