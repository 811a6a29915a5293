"""Keep pictures on disk: cleaned, once each, whole or not at all."""

import hashlib
import io
import re
import struct
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lpr_core.files import sync_path, write_bytes_atomic
from lpr_core.pictures.apart import read_picture_apart
from lpr_core.pictures.decoding import MAX_BYTES, Picture, PictureError
from lpr_core.pictures.likeness import hash_picture, write_hash

DRAFT_SECONDS = 3600
"""A draft older than this was left by a killed process."""

# https://www.w3.org/TR/png-3/#5DataRep; a chunk has 4 bytes of length, 4 of name and 4 of check.
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNK = struct.Struct(">I4s")
_PNG_NAMES = {b"IHDR", b"IDAT", b"IEND"}

_PICTURE_ID = re.compile(r"[0-9a-f]{64}")


def identify_picture(content: bytes) -> str:
    """Return the SHA-256 of a picture's bytes as they came, 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, 64 hex digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_picture_id(text: str) -> bool:
    """Tell whether a text could be a picture's id; nothing else may become part of a path."""
    return _PICTURE_ID.fullmatch(text) is not None


def plain_name(name: str) -> str:
    """Drop the folders of any system, control codes, and what no file system would take."""
    printable = "".join(symbol for symbol in name if symbol.isprintable())
    return PurePosixPath(PureWindowsPath(printable).as_posix()).name[:255] or "picture"


def number_plate(name: str, number: int) -> str:
    """Return `a/car 2.jpg` for the second plate of `a/car.jpg`; the first keeps the name."""
    path = PurePosixPath(name)
    return name if number == 1 else str(path.with_name(f"{path.stem} {number}{path.suffix}"))


class SavedPicture(NamedTuple):
    """One file of the folder: its name there, its size in pixels, its SHA-256, its looks."""

    file_name: str
    width: int
    height: int
    file_hash: str
    phash: str


class PictureFolder:
    """A folder of pictures named by the hash of the upload.

    What is stored is never the upload itself but its pixels, encoded anew: no metadata (where a
    phone stood), no second file hidden in the first (polyglots), no format that a browser might
    run. PNG keeps the pixels exactly; a picture whose PNG would exceed `imaging.MAX_BYTES`, and
    so could not be read again, becomes a JPEG.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, picture_id: str, content: bytes) -> SavedPicture:
        """Store a picture and say where, relative to the folder.

        When this returns, the file and its folder entry are on the disk.

        Raises:
            PictureError: The bytes are not a picture that we take.
        """
        saved = self.write(picture_id, read_picture_apart(content))
        self.sync([saved])
        return saved

    def write(self, picture_id: str, picture: Picture) -> SavedPicture:
        """Store a picture as `save` does, but leave it to `sync` to put its name on the disk."""
        encoded, suffix = _encode(picture)
        file_name = f"{picture_id[:2]}/{picture_id}{suffix}"
        path = self.folder / file_name
        if not path.exists():
            write_bytes_atomic(path, encoded)
        height, width = picture.shape[:2]
        return SavedPicture(
            file_name, width, height, hash_file(path), write_hash(hash_picture(picture))
        )

    def sync(self, saved: Iterable[SavedPicture]) -> None:
        """Put the names of written pictures on the disk: a synced file may else lose its name."""
        folders = {(self.folder / picture.file_name).parent for picture in saved}
        for folder in folders:
            sync_path(folder)
        if folders:
            sync_path(self.folder)

    def sweep_drafts(self) -> None:
        """Remove half-written drafts that killed processes have left."""
        now = time.time()
        for draft_path in self.folder.glob("??/.*"):
            # A draft that another process has finished meanwhile is gone.
            with suppress(FileNotFoundError):
                if abs(now - draft_path.stat().st_mtime) > DRAFT_SECONDS:  # or the clock ran ahead
                    draft_path.unlink()


def is_plain_picture(content: bytes, suffix: str) -> bool:
    """Tell whether a file has the form that `PictureFolder` writes, and nothing hidden in it.

    Args:
        content: Bytes that `read_picture` takes.
        suffix: `.png` or `.jpg`; a JPEG is looked at only at its ends.
    """
    if suffix == ".jpg":
        return content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9")
    if not content.startswith(_PNG_SIGNATURE):
        return False
    names, place = [], len(_PNG_SIGNATURE)
    while place + 12 <= len(content):
        length, name = _PNG_CHUNK.unpack_from(content, place)
        names.append(name)
        place += 12 + length
    return place == len(content) and names[-1:] == [b"IEND"] and set(names) <= _PNG_NAMES


def _encode(picture: NDArray[np.uint8]) -> tuple[bytes, str]:
    """Encode pixels `(H, W, 3)` and return the bytes with the suffix of their format."""
    image = Image.fromarray(picture)
    png = io.BytesIO()
    # Level 1 is several times faster than the default 6, for about a tenth more bytes.
    image.save(png, "PNG", compress_level=1)
    if png.tell() <= MAX_BYTES:
        return png.getvalue(), ".png"
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=92)
    if jpeg.tell() > MAX_BYTES:
        raise PictureError(
            f"The picture has too much detail to be stored in {MAX_BYTES // 10**6} MB: "
            "make it smaller."
        )
    return jpeg.getvalue(), ".jpg"
