"""Open the label database: durable settings, whole transactions, migrations, clear errors."""

import errno
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
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from lpr_core.files import sync_path
from lpr_core.labels.tables.schema import SCHEMA_VERSION

BUSY_SECONDS = 10.0
"""How long a writer waits for another one before it gives up."""
_RETRY_SECONDS = 0.02
VERSION_TABLE = "lpr_labels_version"
MIGRATIONS_DIR = Path(__file__).parents[1] / "migrations"
DIALECTS = ("sqlite", "postgresql")

_REASONS = {
    "locked": "another program keeps it busy; try again",
    "busy": "another program keeps it busy; try again",
    "full": "its disk is full",
    "readonly": "it may only be read, not written",
    "unable to open": "it cannot be opened; check its folder and its rights",
    "not a database": "the file is not a database",
    "malformed": "the file is damaged",
    "disk i/o": "its disk reports an error",
    "no space left": "its disk is full",
    "read-only transaction": "it may only be read, not written",
    **dict.fromkeys(
        (
            "connection refused",
            "no such file",  # the server's socket
            "could not translate host",
            "timeout expired",
            "server closed the connection",
            "terminating connection",
        ),
        "the database server does not answer",
    ),
}
_OS_REASONS = {
    errno.ENOSPC: "its disk is full",
    errno.EDQUOT: "its disk quota is used up",
    errno.EACCES: "its folder may not be written",
    errno.EROFS: "its disk may only be read",
}


class StoreError(RuntimeError):
    """The store cannot do what was asked; nothing of it was saved. The message is one sentence."""


class Database:
    """One database of labels, migrated to the newest schema when it is opened.

    SQLite runs with a write-ahead log and `synchronous=FULL`: each commit is on the disk when it
    returns (https://sqlite.org/pragma.html#pragma_synchronous), and writers queue up, one
    transaction at a time. PostgreSQL lets writers run side by side; who bases a change on a row
    locks that row first (`standing.lock_standing`), or the whole matter (`take_turns`).

    Args:
        url: An SQLAlchemy URL of a dialect in `DIALECTS`.
        migrates: Leave the schema as it is, or absent, if not.

    Raises:
        StoreError: It cannot be opened, or a newer version of this program has written it.
    """

    def __init__(self, url: str, *, migrates: bool = True) -> None:
        self.engine = _create_engine(url)
        self._turn = threading.Lock()
        if migrates:
            self._migrate()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection to read with, which sees one moment of the database."""
        with explain_errors(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose changes are all kept at the end, or none."""
        writer = self.engine.execution_options(writer=True)
        with explain_errors(), self._take_turn(), writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

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
            raise StoreError(_sentence(_REASONS["busy"]))

    def _migrate(self) -> None:
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


@contextmanager
def explain_errors() -> Iterator[None]:
    """Turn errors of the database and of the disk into a `StoreError` of one sentence."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_sentence(_reason(str(error.orig)))) from error
    except sqlite3.Error as error:
        raise StoreError(_sentence(_reason(str(error)))) from error
    except PoolTimeoutError as error:
        raise StoreError(_sentence("too many ask at once; try again")) from error
    except OSError as error:
        reason = _OS_REASONS.get(error.errno or 0, str(error.strerror or error))
        raise StoreError(_sentence(reason)) from error


def _sentence(reason: str) -> str:
    return f"The label store did not save or load anything: {reason}."


def _reason(message: str) -> str:
    """Say in plain words what a database complains about; its own first line when unknown."""
    for sign, reason in _REASONS.items():
        if sign in message.lower():
            return reason
    return message.strip().splitlines()[0].rstrip(".") if message.strip() else "unknown error"


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
    """Make the engine and the file's folder; connections get our settings and transactions."""
    with explain_errors():
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


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
