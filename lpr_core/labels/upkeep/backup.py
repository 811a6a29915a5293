"""Back a store up into one file, whatever database it is in.

A backup is a ZIP: `backup.json`, one `tables/NAME.jsonl` for each table, and the pictures; so it
also moves a store from one database to another. Sessions are left out: whoever restores signs in
anew. It holds the hashes of passwords and tokens: keep it as safe as the store.
"""

import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select

from lpr_core.files import sync_path
from lpr_core.labels.tables.database import Database, explain_errors
from lpr_core.labels.tables.schema import (
    SCHEMA_VERSION,
    failed_sign_ins,
    metadata,
    pictures,
    sessions,
)
from lpr_core.labels.upkeep.verify import find_file_fault, find_history_faults
from lpr_core.progress import CountListener

FORMAT = "lpr-labels-backup-1"
ABOUT_NAME = "backup.json"
CHUNK = 1000
LEFT_OUT = (sessions, failed_sign_ins)

_FILE_COLUMNS = pictures.c.file_name, pictures.c.file_hash, pictures.c.height, pictures.c.width


@dataclass(frozen=True)
class Backup:
    """What a backup holds.

    Attributes:
        num_pictures: Picture files.
        num_rows: Rows of all tables.
        missing: Pictures of the database whose file was not there, or had changed: such a file
            is left out, as nobody would take it back.
        faults: What else was wrong in the store, one sentence each.
    """

    num_pictures: int
    num_rows: int
    missing: tuple[str, ...]
    faults: tuple[str, ...] = ()


def write_backup(
    database: Database, pictures_dir: Path, path: Path, on_progress: CountListener | None = None
) -> Backup:
    """Write a backup of one moment, while others go on working.

    The file appears under its name when it is whole and on the disk.

    Args:
        database: The store's.
        pictures_dir: The store's.
        path: A ZIP; what was there is replaced.
        on_progress: Called with the pictures packed and their total.

    Raises:
        StoreError: The database cannot be read, or the file not be written.
    """
    draft_path = path.with_name(f".{path.name}.draft")
    with explain_errors():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with zipfile.ZipFile(draft_path, "w", zipfile.ZIP_DEFLATED) as archive:
                made = _fill(archive, database, pictures_dir, on_progress)
            sync_path(draft_path)
            draft_path.replace(path)
            sync_path(path.parent)
        finally:
            draft_path.unlink(missing_ok=True)
    return made


def _fill(
    archive: zipfile.ZipFile,
    database: Database,
    pictures_dir: Path,
    on_progress: CountListener | None,
) -> Backup:
    with database.read() as connection:
        rows = {
            table.name: _pack_table(archive, connection, table)
            for table in metadata.sorted_tables
            if table not in LEFT_OUT
        }
        faults = tuple(find_history_faults(connection))
        files = connection.execute(select(*_FILE_COLUMNS)).all()
    missing = tuple(_pack_pictures(archive, pictures_dir, files, on_progress))
    about = {
        "format": FORMAT,
        "schema": SCHEMA_VERSION,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": rows,
        "missing": missing,
        "faults": faults,
    }
    archive.writestr(ABOUT_NAME, json.dumps(about, indent=2))
    return Backup(len(files) - len(missing), sum(rows.values()), missing, faults)


def _pack_table(archive: zipfile.ZipFile, connection: Connection, table: Table) -> int:
    """Write a table's rows as JSON lines, in the order of its key, and count them."""
    found = select(table).order_by(*table.primary_key).execution_options(yield_per=CHUNK)
    num_rows = 0
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as stream:
        for row in connection.execute(found).mappings():
            line = json.dumps(dict(row), ensure_ascii=False, default=datetime.isoformat)
            stream.write(line.encode() + b"\n")
            num_rows += 1
    return num_rows


def _pack_pictures(
    archive: zipfile.ZipFile,
    folder: Path,
    files: Sequence[Any],
    on_progress: CountListener | None,
) -> Iterator[str]:
    """Write pictures, which do not shrink any more, and yield those that are not there or whole.

    Args:
        archive: To write to.
        folder: The store's pictures.
        files: Rows of `_FILE_COLUMNS`.
        on_progress: As for `write_backup`.
    """
    for number, (file_name, file_hash, height, width) in enumerate(files, start=1):
        path = folder / file_name
        if find_file_fault(path, file_hash, (height, width)):
            yield file_name
        else:
            archive.write(path, f"pictures/{file_name}", zipfile.ZIP_STORED)
        if on_progress:
            on_progress(number, len(files))
