"""Look into a SQLite file without changing a byte of it."""

import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from lpr_core.labels.tables.database import VERSION_TABLE


def is_empty_file(path: Path, work_dir: Path, made_by_migrations: Collection[str]) -> bool:
    """Tell whether nothing would be lost if another store came in place of a file.

    Args:
        path: It need not exist.
        work_dir: For a copy where the file has a log, which only opening it would read.
        made_by_migrations: Tables that a new store has rows in.

    Raises:
        sqlite3.Error: It is no database, or damaged.
    """
    if not path.exists() or not path.stat().st_size:
        return True
    log_path = path.with_name(f"{path.name}-wal")
    if not log_path.exists():
        return _is_empty(f"file:{quote(str(path))}?immutable=1", made_by_migrations)
    copy_path = work_dir / "looked-at.sqlite3"
    shutil.copyfile(path, copy_path)
    shutil.copyfile(log_path, work_dir / f"{copy_path.name}-wal")
    return _is_empty(f"file:{quote(str(copy_path))}", made_by_migrations)


def _is_empty(uri: str, made_by_migrations: Collection[str]) -> bool:
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = {name for (name,) in found if not name.startswith("sqlite_")}
        if names and VERSION_TABLE not in names:
            return False  # another program's
        return not any(
            connection.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")').fetchone()[0]
            for name in names - set(made_by_migrations)
        )
