"""Restore a backup into an empty store, of the same or another kind of database."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    MetaData,
    Table,
    exists,
    func,
    insert,
    select,
)
from sqlalchemy.exc import DataError, IntegrityError

from lpr_core.files import write_bytes_atomic
from lpr_core.labels.opening.store_lock import StoreLock, name_locks
from lpr_core.labels.pictures import is_plain_picture
from lpr_core.labels.tables.complaints import StoreError, explain_errors
from lpr_core.labels.tables.database import VERSION_TABLE, Database, migrate, read_version
from lpr_core.labels.tables.rows import DEFAULT_PROJECT_ID
from lpr_core.labels.tables.schema import pictures, projects
from lpr_core.labels.upkeep.backup import CHUNK, LEFT_OUT, Backup
from lpr_core.labels.upkeep.backup_file import BackupFile, open_backup
from lpr_core.labels.upkeep.backup_rows import check_rows
from lpr_core.labels.upkeep.drafts import RestoreDrafts
from lpr_core.labels.upkeep.empty_file import is_empty_file
from lpr_core.labels.upkeep.verify import find_content_fault, find_history_faults
from lpr_core.progress import CountListener

_MADE_BY_MIGRATIONS = (VERSION_TABLE, projects.name)
_LEFT_OUT_NAMES = {table.name for table in LEFT_OUT}
_NOT_EMPTY = "The store is not empty: a backup is restored into an empty one only."


def restore_backup(
    path: Path, url: str, pictures_dir: Path, on_progress: CountListener | None = None
) -> Backup:
    """Bring a backup into an empty store; a store with anything in it is never touched.

    A backup is a stranger's file. Every row and every picture is checked, and the whole store is
    built beside its place, before anything of the store changes; then all of it is there, or
    nothing, also if the program is killed meanwhile. On a server the transaction does that for the
    rows; a kill in its last moment leaves pictures that no row tells of.

    Args:
        path: From `write_backup`, of this or an older program.
        url: Database to fill; it need not exist.
        pictures_dir: Folder to fill; what is in it stays.
        on_progress: Called with the pictures unpacked and their total.

    Raises:
        StoreError: The store is not empty or in use, or the disk refuses.
        BackupError: The file is no backup, is damaged, or comes from a newer program.
        FileNotFoundError: There is no such file.
    """
    database = Database(url, migrates=False)
    with open_backup(path) as backup, closing(database), explain_errors():
        lock = StoreLock(name_locks(database.path, pictures_dir), alone=True)
        try:
            drafts = RestoreDrafts(database.path, pictures_dir)
            drafts.settle()
            try:
                if database.path is None:
                    return _restore_server(backup, database, drafts, on_progress)
                return _restore_file(backup, database.path, drafts, on_progress)
            finally:
                drafts.settle()
        finally:
            lock.release()


def _restore_file(
    backup: BackupFile, path: Path, drafts: RestoreDrafts, on_progress: CountListener | None
) -> Backup:
    if not is_empty_file(path, drafts.building_path.parent, _MADE_BY_MIGRATIONS):
        raise StoreError(_NOT_EMPTY)
    building = Database(f"sqlite:///{drafts.building_path}", migrates=False)
    with closing(building), building.write() as connection:
        made = _build(backup, connection, drafts, on_progress)
    drafts.mark_whole()
    return made


def _restore_server(
    backup: BackupFile, database: Database, drafts: RestoreDrafts, on_progress: CountListener | None
) -> Backup:
    try:
        with database.write() as connection:
            _refuse_filled(connection, backup.about.schema_version)
            made = _build(backup, connection, drafts, on_progress)
            drafts.move_pictures()
    except BaseException:
        drafts.withdraw_pictures()
        raise
    return made


def _refuse_filled(connection: Connection, version: str) -> None:
    """Let nobody write meanwhile; refuse tables that are not empty or of another version."""
    found = read_version(connection)
    if found is None:
        return
    tables = _reflect(connection)
    if connection.dialect.name == "postgresql":
        names = ", ".join(sorted(tables))
        connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
    for name, table in tables.items():
        is_filled = select(exists().select_from(table))
        if name not in _MADE_BY_MIGRATIONS and connection.scalar(is_filled):
            raise StoreError(_NOT_EMPTY)
    if found != version:
        raise StoreError(
            f"The store is empty but has schema {found}, the backup {version}: "
            "restore into a database that does not exist yet."
        )


def _build(
    backup: BackupFile,
    connection: Connection,
    drafts: RestoreDrafts,
    on_progress: CountListener | None,
) -> Backup:
    """Fill tables and drafts, and check that they are a store as any other."""
    migrate(connection, backup.about.schema_version)
    counts = _restore_tables(connection, backup)
    migrate(connection)
    _check_history(connection, backup)
    _unpack_pictures(connection, backup, drafts.pictures_dir, on_progress)
    return Backup(
        num_pictures=len(backup.pictures),
        num_rows=sum(counts.values()),
        missing=tuple(backup.about.missing),
        faults=tuple(backup.about.faults),
    )


def _reflect(connection: Connection) -> dict[str, Table]:
    """Read the tables as they are: a backup may be older than `schema.py`."""
    found = MetaData()
    found.reflect(connection)
    return {table.name: table for table in found.sorted_tables}


def _restore_tables(connection: Connection, backup: BackupFile) -> dict[str, int]:
    tables = _reflect(connection)
    expected = tables.keys() - {VERSION_TABLE} - _LEFT_OUT_NAMES
    if not expected == backup.tables == backup.about.rows.keys():
        raise backup.spoilt("it does not have the tables of its version")
    counts = {}
    for name, table in tables.items():
        if name in expected:
            counts[name] = _restore_table(connection, table, backup)
    if counts != backup.about.rows:
        raise backup.spoilt("its tables do not have the rows that it promises")
    return counts


def _restore_table(connection: Connection, table: Table, backup: BackupFile) -> int:
    """Store a table's rows and count them."""
    if table.name in _MADE_BY_MIGRATIONS:
        connection.execute(table.delete())
    num_rows = 0
    with closing(backup.read_rows(table.name)) as rows, _blame_rows(backup, table.name):
        for chunk in _cut(check_rows(table, rows, backup.spoilt)):
            connection.execute(insert(table), chunk)
            num_rows += len(chunk)
    _count_on(connection, table)
    return num_rows


@contextmanager
def _blame_rows(backup: BackupFile, table: str) -> Iterator[None]:
    """Tell what the database says of rows from what it says of itself."""
    try:
        yield
    except (IntegrityError, DataError) as error:
        reason = f"rows of {table} contradict each other, or name what is not there"
        raise backup.spoilt(reason) from error


def _cut(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL give ids that follow the restored ones; SQLite does so by itself."""
    key, *others = table.primary_key
    if connection.dialect.name == "postgresql" and isinstance(key.type, Integer) and not others:
        sequence = func.pg_get_serial_sequence(table.name, key.name)
        connection.execute(select(func.setval(sequence, func.max(key))))


def _check_history(connection: Connection, backup: BackupFile) -> None:
    """Refuse faults that were not there when the backup was made."""
    default = select(projects.c.project_id).where(projects.c.project_id == DEFAULT_PROJECT_ID)
    if connection.scalar(default) is None:
        raise backup.spoilt("it lacks the first project")
    faults = list(find_history_faults(connection))
    if len(faults) > len(backup.about.faults):
        raise backup.spoilt(faults[0].rstrip("."))


def _unpack_pictures(
    connection: Connection, backup: BackupFile, folder: Path, on_progress: CountListener | None
) -> None:
    """Check every picture against its row, as the store itself would, and write it."""
    columns = pictures.c.file_name, pictures.c.file_hash, pictures.c.height, pictures.c.width
    rows = {row.file_name: row for row in connection.execute(select(*columns))}
    missing = set(backup.about.missing)
    _check_names(backup, rows.keys(), missing)
    for number, file_name in enumerate(sorted(backup.pictures), start=1):
        row = rows[file_name]
        content = backup.read_picture_file(file_name)
        fault = find_content_fault(content, row.file_hash, (row.height, row.width))
        if not fault and not is_plain_picture(content, Path(file_name).suffix):
            fault = "has more in it than a picture"
        if fault:
            raise backup.spoilt(f"the picture {file_name} {fault}")
        write_bytes_atomic(folder / file_name, content)
        if on_progress:
            on_progress(number, len(backup.pictures))


def _check_names(backup: BackupFile, known: Iterable[str], missing: set[str]) -> None:
    promised = set(known) - missing
    if absent := promised - backup.pictures:
        raise backup.spoilt(f"{len(absent)} of its pictures are missing, {min(absent)} first")
    if surplus := (backup.pictures | missing) - promised - missing.intersection(known):
        raise backup.spoilt(f"it has the picture {min(surplus)}, of which no row tells")
    if both := backup.pictures & missing:
        raise backup.spoilt(f"it has the picture {min(both)}, which it says is missing")
