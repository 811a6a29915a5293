"""Open tables as spreadsheets write them: which separator, which encoding, which column is what."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from lpr_core.data.samples import MAX_LABEL_BYTES, ManifestError
from lpr_core.untrusted import FileRefusedError, open_untrusted

OTHER_NAMES = {
    "image_path": (
        "image",
        "picture",
        "file",
        "filename",
        "file_name",
        "path",
        "img",
        "image_name",
        "image_file",
    ),
    "plate_text": (
        "text",
        "plate",
        "plate_number",
        "number_plate",
        "license_plate",
        "licence_plate",
        "registration",
        "transcription",
    ),
}
"""What other programs call our two columns; `label` and `class` mean kinds of things as well."""

_DELIMITERS = ",;\t|"
_MARKED_ENCODINGS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DEFAULT_ENCODING = "utf-8-sig"
_MAX_HEADER = 4096


class Rows(Protocol):
    """Rows as `csv.reader` gives them; `line_num` is the number of the last line read."""

    @property
    def line_num(self) -> int: ...  # noqa: D102

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class OpenTable(NamedTuple):
    """An open table behind its header.

    Attributes:
        header: The columns by our names where we know them, else as the file calls them.
        rows: The rows behind it, as `csv.reader` gives them.
    """

    header: list[str]
    rows: Rows


def has_plates(header: Sequence[str]) -> bool:
    """Tell whether columns, by our names, say which plate is in which picture."""
    return set(OTHER_NAMES) <= set(header)


@contextmanager
def open_table(path: Path) -> Iterator[OpenTable]:
    """Open a table of text: UTF-8 or marked UTF-16, with commas, semicolons, tabs or bars.

    Excel's first line `sep=;` is understood.

    Raises:
        ManifestError: It is no file, too large, not in these encodings, or its header is broken.
        FileNotFoundError: There is no such file.
        csv.Error: Where rows are read that are broken.
    """
    with _open_bytes(path) as file:
        encoding = find_encoding(file.peek(4)[:4])
        try:
            with io.TextIOWrapper(file, encoding=encoding, newline="") as stream:
                first = stream.readline(_MAX_HEADER)
                told = first.strip().lower().removeprefix("sep=")
                if first.lower().startswith("sep=") and len(told) == 1:
                    rows = csv.reader(stream, delimiter=told, strict=True)
                else:
                    rows = csv.reader(_lines(first, stream), delimiter=_guess(first), strict=True)
                yield OpenTable(_read_header(path, rows), rows)
        except UnicodeDecodeError as error:
            raise ManifestError(
                f"{path} must be UTF-8 text, or UTF-16 with its mark; save it as UTF-8: {error}."
            ) from None


def find_encoding(beginning: bytes) -> str:
    """Return the encoding that a file's mark names; UTF-8 without one."""
    marked = (name for mark, name in _MARKED_ENCODINGS.items() if beginning.startswith(mark))
    return next(marked, _DEFAULT_ENCODING)


def read_header(path: Path) -> list[str]:
    """Return a table's columns by our names; none where it is no table.

    Raises:
        ManifestError: It is no file, or too large.
    """
    try:
        with open_table(path) as table:
            return table.header
    except ManifestError as error:
        if isinstance(error.__cause__, FileRefusedError):
            raise
        return []


def _read_header(path: Path, rows: Rows) -> list[str]:
    try:
        return _rename(next(rows, []))
    except csv.Error as error:
        raise ManifestError(f"line 1 of {path} is no header of a table: {error}.") from error


def _open_bytes(path: Path) -> io.BufferedReader:
    try:
        return open_untrusted(path, MAX_LABEL_BYTES)
    except FileRefusedError as error:
        raise ManifestError(str(error)) from error


def _lines(first: str, stream: io.TextIOWrapper) -> Iterator[str]:
    """Give the stream's lines with the one again that was read from it."""
    rest = "" if first.endswith(("\n", "\r")) else stream.readline()
    yield first + rest
    yield from stream


def _guess(header: str) -> str:
    """Return the separator under which a header says most of what we look for."""

    def count(delimiter: str) -> tuple[int, int]:
        names = _rename(header.split(delimiter))
        return len(set(OTHER_NAMES) & set(names)), len(names)

    return max(_DELIMITERS, key=count)


def _rename(header: Sequence[str]) -> list[str]:
    """Give columns our names where they have them or others that mean the same."""
    names = [name.strip().strip('"') for name in header]
    plain = [name.lower().replace(" ", "_").replace("-", "_") for name in names]
    for ours, others in OTHER_NAMES.items():
        if ours not in names:
            meant = [number for number, name in enumerate(plain) if name in (ours, *others)]
            if len(meant) == 1:
                names[meant[0]] = ours
    return names
