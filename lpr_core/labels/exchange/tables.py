"""Refuse tables of labels that are too large, before anything parses them."""

import csv
from pathlib import Path

from lpr_core.data.formats.tables import open_table
from lpr_core.data.samples import MAX_LABEL_BYTES as MAX_BYTES
from lpr_core.data.samples import ManifestError
from lpr_core.untrusted import FileRefusedError, FileTooLargeError, check_untrusted

MAX_ROWS = 200_000
MAX_FIELD_LENGTH = 2_000
MAX_LINE_BYTES = 2_000_000


def check_table(path: Path) -> None:
    """Let a text file of labels pass, or say in one sentence why not.

    Raises:
        ManifestError: It is no file, has too many bytes, too many rows, or a line or field that is
            too long.
    """
    try:
        check_untrusted(path, MAX_BYTES)
    except FileTooLargeError:
        size = path.stat().st_size
        raise ManifestError(
            f"{path.name} has {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:g} MB of labels are "
            "read."
        ) from None
    except FileRefusedError as error:
        raise ManifestError(str(error)) from None
    if path.suffix.lower() != ".json":
        _check_lines(path)
    if path.suffix.lower() in (".csv", ".tsv"):
        _check_fields(path)


def _check_lines(path: Path) -> None:
    with path.open("rb") as stream:
        for number in range(1, MAX_ROWS + 2):
            line = stream.readline(MAX_LINE_BYTES + 1)
            if not line:
                return
            if len(line) > MAX_LINE_BYTES:
                raise ManifestError(
                    f"Line {number} of {path.name} is longer than {MAX_LINE_BYTES:,} bytes."
                )
    raise ManifestError(f"{path.name} has more than {MAX_ROWS:,} lines, the most that are read.")


def _check_fields(path: Path) -> None:
    try:
        with open_table(path) as table:
            longest = max((len(field) for row in table.rows for field in row), default=0)
    except csv.Error as error:
        raise ManifestError(f"{path.name} cannot be read as CSV: {error}.") from None
    if longest > MAX_FIELD_LENGTH:
        raise ManifestError(
            f"{path.name} has a field of {longest:,} characters; at most {MAX_FIELD_LENGTH:,} are "
            "read."
        )
