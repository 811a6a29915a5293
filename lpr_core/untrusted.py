"""Read files that somebody else named: regular ones only, and never more than a limit."""

import os
import stat
from io import BufferedReader
from pathlib import Path

# A pipe would else wait for somebody to write into it. Windows has no such flag, but another.
_AT_ONCE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class FileRefusedError(ValueError):
    """A file is not read; the message is one sentence for a person, without the file's folders."""


class FileTooLargeError(FileRefusedError):
    """A file has more bytes than are read."""


def read_untrusted(path: Path, max_bytes: int) -> bytes:
    """Return the bytes of a file that anybody may have named.

    Its size is looked at before one byte is read, and one byte more than is allowed is the most
    that is read, so that a file that grows meanwhile cannot fill the memory either.

    Raises:
        FileTooLargeError: It has more than `max_bytes`.
        FileRefusedError: It is a folder, pipe or device.
        OSError: It is missing or cannot be read.
    """
    with open_untrusted(path, max_bytes) as stream:
        content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise _too_large(path, max_bytes)
    return content


def read_untrusted_text(path: Path, max_bytes: int) -> str:
    """Return the text of a UTF-8 file as `read_untrusted` returns bytes; a byte order mark goes.

    Raises:
        FileRefusedError: As `read_untrusted`.
        UnicodeDecodeError: It is no UTF-8 text.
        OSError: It is missing or cannot be read.
    """
    return read_untrusted(path, max_bytes).decode("utf-8-sig")


def open_untrusted(path: Path, max_bytes: int | None = None) -> BufferedReader:
    """Open a file for what reads it piece by piece.

    Args:
        path: Where it lies; links are followed.
        max_bytes: The most that it may have; `None` is for readers with limits of their own.

    Raises:
        FileTooLargeError: It has more than `max_bytes`.
        FileRefusedError: It is a folder, pipe or device.
        OSError: It is missing or cannot be opened.
    """
    _check_status(path, path.stat(), max_bytes)  # some devices act on being opened
    stream = os.fdopen(os.open(path, _AT_ONCE), "rb")
    try:
        # What was opened, not what lay there a moment before.
        _check_status(path, os.fstat(stream.fileno()), max_bytes)
    except BaseException:
        stream.close()
        raise
    return stream


def check_untrusted(path: Path, max_bytes: int | None = None) -> None:
    """Raise what `open_untrusted` raises, for libraries that want to open the path themselves."""
    open_untrusted(path, max_bytes).close()


def _check_status(path: Path, status: os.stat_result, max_bytes: int | None) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise FileRefusedError(f"{path.name!r} is not a file but a folder, pipe or device.")
    if max_bytes is not None and status.st_size > max_bytes:
        raise _too_large(path, max_bytes)


def _too_large(path: Path, max_bytes: int) -> FileTooLargeError:
    return FileTooLargeError(
        f"{path.name!r} is larger than {max_bytes / 1e6:g} MB, the most that is read."
    )
