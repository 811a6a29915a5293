"""Restore a backup into an empty store, of the same or another kind of database."""

import json
import re
import zipfile
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import (
    Connection,
    DateTime,
    Integer,
    MetaData,
    Table,
    exists,
    func,
    insert,
    select,
)

from lpr_core.files import sync_path, write_bytes_atomic
from lpr_core.labels.tables.database import (
    VERSION_TABLE,
    Database,
    StoreError,
    explain_errors,
    migrate,
    read_version,
)
from lpr_core.labels.tables.schema import SCHEMA_VERSION
from lpr_core.labels.upkeep.backup import CHUNK, FORMAT, Backup, Progress
from lpr_core.pictures.decoding import MAX_BYTES
from lpr_core.untrusted import check_untrusted

_FILE_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.(png|jpg)")
_MADE_BY_MIGRATIONS = (VERSION_TABLE, "projects")


def restore_backup(
    path: Path, url: str, pictures_dir: Path, on_progress: Progress | None = None
) -> Backup:
    """Bring a backup into an empty store; a store with pictures is never touched.

    All rows come in one transaction, after the pictures that they promise.

    Args:
        path: From `write_backup`, of this or an older program.
        url: Database to fill; it need not exist.
        pictures_dir: Folder to fill.
        on_progress: Called with the pictures unpacked and their total.

    Raises:
        StoreError: The store is not empty, or the disk refuses.
        ValueError: The file is no backup, is damaged, or comes from a newer program.
    """
    check_untrusted(path)
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise ValueError(f"{path} is not a backup of labels.") from error
    with archive, explain_errors(), closing(Database(url, migrates=False)) as database:
        about = _read_about(archive, path)
        with database.write() as connection:
            _prepare(connection, about["schema"])
            missing = _unpack_pictures(archive, pictures_dir, about["missing"], on_progress)
            tables = _restore_tables(connection, archive)
            _check_counts(tables, about["rows"], path)
            migrate(connection)
    num_pictures = tables["pictures"] - len(missing)
    return Backup(num_pictures, sum(tables.values()), missing)


def _read_about(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        about = json.loads(archive.read("backup.json"))
        known = about["format"] == FORMAT
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path} is not a backup of labels.") from error
    if not known or about["schema"] > SCHEMA_VERSION:
        raise ValueError(f"{path} was made by a newer version of this program; update it.")
    return about


def _prepare(connection: Connection, version: str) -> None:
    """Make the tables of the backup's schema, unless they are there and empty."""
    found = read_version(connection)
    if found is None:
        migrate(connection, version)
        return
    for name, table in _reflect(connection).items():
        if name not in _MADE_BY_MIGRATIONS and connection.scalar(
            select(exists().select_from(table))
        ):
            raise StoreError("The store is not empty: a backup is restored into an empty one only.")
    if found != version:
        raise StoreError(
            f"The store is empty but has schema {found}, the backup {version}: "
            "restore into a database that does not exist yet."
        )


def _reflect(connection: Connection) -> dict[str, Table]:
    """Read the tables as they are: a backup may be older than `schema.py`."""
    found = MetaData()
    found.reflect(connection)
    return {table.name: table for table in found.sorted_tables}


def _restore_tables(connection: Connection, archive: zipfile.ZipFile) -> dict[str, int]:
    counts = {}
    for name, table in _reflect(connection).items():
        if f"tables/{name}.jsonl" not in archive.namelist():
            continue
        if name in _MADE_BY_MIGRATIONS:
            connection.execute(table.delete())
        with archive.open(f"tables/{name}.jsonl") as stream:
            counts[name] = _insert_rows(connection, table, stream)
        _count_on(connection, table)
    return counts


def _insert_rows(connection: Connection, table: Table, lines: IO[bytes]) -> int:
    """Store JSON lines and count them."""
    times = [column.name for column in table.columns if isinstance(column.type, DateTime)]
    num_rows = 0
    while rows := [json.loads(line) for line in islice(lines, CHUNK)]:
        for row in rows:
            for name in times:
                row[name] = row[name] and datetime.fromisoformat(row[name]).replace(tzinfo=None)
        connection.execute(insert(table), rows)
        num_rows += len(rows)
    return num_rows


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL give ids that follow the restored ones; SQLite does so by itself."""
    key, *others = table.primary_key
    if connection.dialect.name == "postgresql" and isinstance(key.type, Integer) and not others:
        sequence = func.pg_get_serial_sequence(table.name, key.name)
        connection.execute(select(func.setval(sequence, func.max(key))))


def _unpack_pictures(
    archive: zipfile.ZipFile, folder: Path, missing: list[str], on_progress: Progress | None
) -> tuple[str, ...]:
    entries = [entry for entry in archive.infolist() if entry.filename.startswith("pictures/")]
    paths = []
    for number, entry in enumerate(entries, start=1):
        file_name = entry.filename.removeprefix("pictures/")
        if not _FILE_NAME.fullmatch(file_name) or entry.file_size > MAX_BYTES:
            raise ValueError(f"The backup has a file that is no picture: {entry.filename[:120]!r}")
        paths.append(folder / file_name)
        try:
            write_bytes_atomic(paths[-1], archive.read(entry))
        except zipfile.BadZipFile as error:
            raise ValueError(f"The backup is damaged at {entry.filename}.") from error
        if on_progress:
            on_progress(number, len(entries))
    for parent in {path.parent for path in paths} | {folder for _ in paths[:1]}:
        sync_path(parent)
    return tuple(missing)


def _check_counts(found: dict[str, int], promised: dict[str, int], path: Path) -> None:
    if found != promised:
        raise ValueError(f"{path} is damaged: its tables do not have the rows that it promises.")
