"""New SQLite files of labels without Alembic: what it says to an empty one, noted and said again.

Alembic takes 50 ms for a new file, and most tests of labels open one. The first file of a process
and each schema is made by it; files that hold anything are always its own work.
"""

from collections.abc import Callable

from sqlalchemy import Connection

Migrate = Callable[..., None]


class RepeatedMigration:
    """Takes the place of `migrate`.

    Args:
        migrate: The real one.
    """

    def __init__(self, migrate: Migrate) -> None:
        self.__wrapped__ = self._migrate = migrate
        self._statements: dict[str, list[str]] = {}

    def __call__(self, connection: Connection, target: str = "head") -> None:
        if connection.dialect.name != "sqlite" or _has_tables(connection):
            self._migrate(connection, target)
        elif target not in self._statements:
            self._migrate(connection, target)
            self._statements[target] = _dump(connection)
        else:
            for statement in self._statements[target]:
                connection.exec_driver_sql(statement)


def _has_tables(connection: Connection) -> bool:
    found = connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM sqlite_master)").scalar()
    return bool(found)


def _dump(connection: Connection) -> list[str]:
    """Return the statements that make such a file, less those of a transaction."""
    said = connection.connection.driver_connection.iterdump()
    return [statement for statement in said if statement not in ("BEGIN TRANSACTION;", "COMMIT;")]
