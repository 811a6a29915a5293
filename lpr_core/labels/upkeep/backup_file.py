"""Read a backup as a stranger's file: its list of contents is checked before anything is read."""

import json
import math
import re
import stat
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

from lpr_core.archives import Archive as ZipArchive
from lpr_core.archives import ArchiveError, Entry, Limit, open_archive
from lpr_core.labels.opening.strays import PICTURE_NAME
from lpr_core.labels.tables.schema import SCHEMA_VERSION
from lpr_core.labels.upkeep.backup import ABOUT_NAME, FORMAT
from lpr_core.pictures.decoding import MAX_BYTES

MAX_ABOUT_BYTES = 100_000_000
"""A million names of missing pictures."""
MAX_LINE_BYTES = 4_000_000
_LIMITS = Limit(num_entries=5_000_000, total_bytes=10**13, directory_bytes=10**9)
"""Far more than a store has; a backup is as large as its store, and the disk is the limit."""

_TABLE_NAME = re.compile(r"tables/([a-z_]+)\.jsonl")
_FOLDER = "pictures/"


class BackupError(ValueError):
    """A backup is not restored, as a whole; the message is one sentence for a person."""


class About(BaseModel):
    """What `backup.json` says.

    Attributes:
        format: See `backup.FORMAT`.
        schema_version: Migration whose tables these are.
        rows: Number of rows by table.
        missing: Pictures of the database whose file was not whole when the backup was made.
        faults: What else was wrong in the store then (`verify.find_history_faults`).
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    format: str
    schema_version: str = Field(alias="schema")
    rows: dict[str, NonNegativeInt]
    missing: list[str]
    faults: list[str] = []


class BackupFile:
    """An open backup whose list of contents is in order.

    Attributes:
        about: What it says of itself.
        tables: The names of its tables.
        pictures: The names of its pictures, relative to the picture folder.
    """

    def __init__(self, archive: ZipArchive, name: str) -> None:
        self._archive, self._name = archive, name
        self._entries = {entry.name: entry for entry in archive.entries}
        self.about = self._read_about()
        names = [entry for entry in self._entries if entry != ABOUT_NAME]
        tables = {entry: _TABLE_NAME.fullmatch(entry) for entry in names}
        self.tables = {found[1] for found in tables.values() if found}
        files = [entry for entry, found in tables.items() if not found]
        self.pictures = {self._check_picture_name(self._entries[entry]) for entry in files}

    def spoilt(self, reason: str) -> BackupError:
        """Return the error that says why this backup is not restored."""
        return BackupError(f"The backup {self._name} is damaged: {reason}; nothing was restored.")

    def read_rows(self, table: str) -> Generator[dict[str, Any]]:
        """Yield a table's rows, each a JSON object with the columns by name.

        Raises:
            BackupError: They are damaged.
        """
        with self._open(f"tables/{table}.jsonl") as stream:
            number = 0
            while line := stream.readline(MAX_LINE_BYTES):
                number += 1
                try:
                    yield _parse_object(line)
                except (ValueError, RecursionError) as error:
                    raise self.spoilt(f"row {number} of {table} cannot be read") from error

    def read_picture_file(self, file_name: str) -> bytes:
        """Return the bytes of one of `pictures`.

        Raises:
            BackupError: They are damaged.
        """
        entry = self._entries[_FOLDER + file_name]
        try:
            return self._archive.read(entry)
        except ValueError as error:
            raise self.spoilt(f"{entry.name} cannot be unpacked") from error

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._archive.open(self._entries[name]) as stream:
                yield stream
        except BackupError:
            raise
        except ValueError as error:
            raise self.spoilt(f"{name} cannot be unpacked") from error

    def _read_about(self) -> About:
        foreign = BackupError(f"{self._name} is not a backup of labels.")
        entry = self._entries.get(ABOUT_NAME)
        if entry is None or entry.size > MAX_ABOUT_BYTES:
            raise foreign
        try:
            about = About.model_validate_json(self._archive.read(entry))
        except ValidationError as error:
            raise foreign from error
        except ValueError as error:
            raise self.spoilt(f"{ABOUT_NAME} cannot be unpacked") from error
        return self._check_version(about)

    def _check_version(self, about: About) -> About:
        is_version = re.fullmatch(r"[0-9]{4}", about.schema_version, re.ASCII)
        if about.format != FORMAT or (is_version and about.schema_version > SCHEMA_VERSION):
            raise BackupError(
                f"{self._name} was made by a newer version of this program; update it."
            )
        if not is_version or about.schema_version < "0001":
            raise self.spoilt("its tables have a version that never was")
        return about

    def _check_picture_name(self, entry: Entry) -> str:
        file_name = entry.name.removeprefix(_FOLDER)
        if file_name == entry.name or not PICTURE_NAME.fullmatch(file_name):
            raise self.spoilt(f"{entry.name[:120]!r} is a file that no backup has")
        if entry.size > MAX_BYTES:
            raise self.spoilt(f"{entry.name} is larger than any picture of a store")
        return file_name


@contextmanager
def open_backup(path: Path) -> Iterator[BackupFile]:
    """Open a backup.

    Raises:
        BackupError: It is no backup, damaged, or made by a newer program.
        FileNotFoundError: There is no such file.
    """
    # Opening a pipe would wait for somebody to write into it.
    if not stat.S_ISREG(path.stat().st_mode):
        raise BackupError(f"{path} is not a backup of labels, but a folder or a device.")
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(open_archive(path, _LIMITS))
        except ArchiveError as error:
            raise BackupError(f"{path.name} is not a backup of labels: {error}") from error
        yield BackupFile(archive, path.name)


def _parse_object(line: bytes) -> dict[str, Any]:
    row = json.loads(line.decode(), parse_constant=_refuse_number, parse_float=_parse_float)
    if not isinstance(row, dict):
        raise ValueError("A row must be a JSON object.")
    return row


def _refuse_number(text: str) -> float:
    raise ValueError(f"A number must be finite. Received: {text}")


def _parse_float(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_number(text)
