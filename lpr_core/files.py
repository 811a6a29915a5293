"""Write files whole or not at all."""

import gzip
import io
import itertools
import os
import uuid
from pathlib import Path


def write_bytes_atomic(path: Path, content: bytes) -> None:
    """Replace `path` by `content` so that a reader, or a crash, sees the old file or the new one.

    Missing folders are made. The bytes are synced to disk before the rename
    (https://lwn.net/Articles/457667/).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft_path = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with draft_path.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft_path.replace(path)
    except BaseException:
        draft_path.unlink(missing_ok=True)
        raise


def write_text_atomic(path: Path, content: str) -> None:
    """Write UTF-8 text as `write_bytes_atomic` writes bytes."""
    write_bytes_atomic(path, content.encode())


def write_gzip_atomic(path: Path, content: bytes) -> None:
    """Write bytes packed as `write_bytes_atomic` writes them; equal contents are equal files."""
    packed = io.BytesIO()
    # No time stamp in the header. `gzip.compress` writes another header from Python 3.11 on.
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as stream:
        stream.write(content)
    write_bytes_atomic(path, packed.getvalue())


def sync_path(path: Path) -> None:
    """Put a file's bytes, or a folder's new names, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def claim_folder(parent: Path, name: str) -> Path:
    """Make a folder that nobody else has: `name`, or with the first free number behind it.

    Two programs that ask at once get two folders.
    """
    for number in itertools.count(1):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise AssertionError("numbers do not end")
