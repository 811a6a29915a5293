"""Open the label database: durable settings, whole transactions, migrations, clear errors."""

import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    column,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    table,
)
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from lpr_core.files import sync_path
from lpr_core.labels.tables.complaints import BUSY, StoreError, explain_errors, say_failed
from lpr_core.labels.tables.open_file import OpenFile, find_sqlite_file
from lpr_core.labels.tables.schema import SCHEMA_VERSION

BUSY_SECONDS = 10.0
"""How long a writer waits for another one before it gives up."""
_RETRY_SECONDS = 0.02
_LOGS = "lpr log files"
VERSION_TABLE = "lpr_labels_version"
MIGRATIONS_DIR = Path(__file__).parents[1] / "migrations"
DIALECTS = ("sqlite", "postgresql")


class Database:
    """One database of labels, migrated to the newest schema when it is opened.

    SQLite runs with a write-ahead log and `synchronous=FULL`: each commit is on the disk when it
    returns (https://sqlite.org/pragma.html#pragma_synchronous), and writers queue up, one
    transaction at a time. PostgreSQL lets writers run side by side; who bases a change on a row
    locks that row first (`standing.lock_standing`), or the whole matter (`take_turns`).

    Once the file of a SQLite database is gone, or another one lies in its place, nothing is read
    or written any more.

    Attributes:
        path: Where a SQLite database lies; None in memory, and on a server.

    Args:
        url: An SQLAlchemy URL of a dialect in `DIALECTS`.
        migrates: Leave the schema as it is, or absent, if not.

    Raises:
        StoreError: It cannot be opened, or a newer version of this program has written it.
    """

    def __init__(self, url: str, *, migrates: bool = True) -> None:
        self.engine = _create_engine(url)
        self._turn = threading.Lock()
        self.path = find_sqlite_file(self.engine.url)
        self._file = OpenFile(self.path) if self.path else None
        if self._file is not None:
            _watch_connections(self.engine, self._file)
        if migrates:
            self.migrate()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection to read with, which sees one moment of the database."""
        with explain_errors(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            self._check_file(connection)
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose changes are all kept at the end, or none."""
        writer = self.engine.execution_options(writer=True)
        with explain_errors(), self._take_turn(), writer.connect() as connection:
            with connection.begin():
                self._check_file(connection)
                yield connection
            # Again: what went into a file that has just gone must not be acknowledged.
            self._check_file(connection)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _check_file(self, connection: Connection) -> None:
        if self._file is not None:
            self._file.check(connection.info.get(_LOGS, ()))

    @contextmanager
    def _take_turn(self) -> Iterator[None]:
        """Let this process's writers to SQLite wait for each other here.

        SQLite itself would have them sleep and try again, and the unlucky ones sleep for long.
        """
        if self.engine.dialect.name != "sqlite":
            yield
        elif self._turn.acquire(timeout=BUSY_SECONDS):
            try:
                yield
            finally:
                self._turn.release()
        else:
            raise StoreError(say_failed(BUSY))

    def migrate(self) -> None:
        """Bring the tables to the newest schema.

        Raises:
            StoreError: A newer version of this program has written them.
        """
        with self.read() as connection:
            is_newest = read_version(connection) == SCHEMA_VERSION
        # Most starts need no turn among the writers, and a full disk can still be read from.
        if not is_newest:
            with self.write() as connection:
                take_turns(connection, "migration")
                migrate(connection)


def take_turns(connection: Connection, matter: str) -> None:
    """Let nobody else who names the same matter go on before this transaction has ended.

    On SQLite writers take turns anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"lpr {matter}"))))


def migrate(connection: Connection, target: str = "head") -> None:
    """Bring the tables to a schema version, forward only.

    A SQLite file that holds an older schema is copied first, beside itself.

    Args:
        connection: In a transaction of its own; a failure leaves the old schema whole.
        target: Alembic revision.

    Raises:
        StoreError: The database has a version that this program does not know.
    """
    found = read_version(connection)
    if found == SCHEMA_VERSION:
        return
    # Only now: most starts find the newest schema, and Alembic takes a quarter of a second.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"The label store was written by a newer version of this program (schema {found}); "
            "update the program."
        )
    if found is not None:
        _copy_sqlite(connection, found)
    command.upgrade(config, target)


def _copy_sqlite(connection: Connection, version: str) -> None:
    """Keep the file as it was: what this transaction has changed is not seen from outside."""
    source = connection.engine.url.database
    if connection.dialect.name != "sqlite" or not source or not Path(source).exists():
        return
    path = Path(source)
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    copy_path = path.with_name(f"{path.stem}-schema-{version}-{moment}{path.suffix}")
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(copy_path)) as copy:
        old.backup(copy)
    sync_path(copy_path)
    sync_path(copy_path.parent)


def read_version(connection: Connection) -> str | None:
    """Return the schema that a database has; None for an empty one."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))


def _create_engine(url: str) -> Engine:
    try:
        # Platforms write `postgres://`, a name that SQLAlchemy has dropped.
        parsed = make_url(re.sub("^postgres:", "postgresql:", url))
        backend = parsed.get_backend_name()
        if backend not in DIALECTS:
            raise StoreError(
                f"The label store runs on {' or '.join(DIALECTS)}. Received: {backend!r}"
            )
        if backend == "sqlite":
            return _create_sqlite_engine(parsed)
        return _create_postgresql_engine(parsed)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(f"The label store's URL cannot be used: {error}.") from error


def _create_sqlite_engine(url: URL) -> Engine:
    """Make the engine; connections get our settings and transactions."""
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _watch_connections(engine: Engine, file: OpenFile) -> None:
    """Let the first connection make the file and its folder; let no other go to another file."""

    def check(*_: Any) -> None:
        file.check()
        file.path.parent.mkdir(parents=True, exist_ok=True)

    def note(connection: Any, record: Any) -> None:
        try:
            connection.execute("SELECT 1 FROM sqlite_master").close()  # opens the log files
            record.info[_LOGS] = file.note_connection()
        except BaseException:
            connection.close()
            raise

    event.listen(engine, "do_connect", check)
    event.listen(engine, "connect", note)


def _create_postgresql_engine(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # None: the driver leaves BEGIN to us, see _begin_sqlite.
    connection.isolation_level = None
    _enter_wal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _enter_wal(connection: Any) -> None:
    """Turn on the write-ahead log, which for SQLite's timeout does not count as waiting.

    Where several open one file at once it may refuse in an instant, lest they wait for each other.
    """
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
        time.sleep(_RETRY_SECONDS)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _is_writer(connection) else "BEGIN")


def _is_writer(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("writer", False))
