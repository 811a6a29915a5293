"""Refuse a new database beside the pictures of another one, which must have been lost."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, exists, func, inspect, select

from lpr_core.labels.tables.complaints import StoreError
from lpr_core.labels.tables.database import Database, read_version
from lpr_core.labels.tables.schema import pictures, projects

PICTURE_NAME = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})\.(?:png|jpg)")
"""Where a stored picture lies in its folder; the second group is the picture's id."""
_CLOCK_STEP = timedelta(minutes=1)
"""Times of files may be a little coarser than the clock."""


def refuse_lost_database(database: Database, pictures_dir: Path) -> None:
    """Look before a database is migrated, or made, whether another one belongs to the pictures.

    A program that was killed while it stored its first picture leaves one that no row tells of:
    pictures younger than their database are nobody's loss.

    Raises:
        StoreError: The database is new, or knows no picture and is younger than one that is there.
    """
    # The pictures first: who brings one to a store that is just being made has made the tables.
    if not any(list_picture_files(pictures_dir)):
        return
    if database.path and not (database.path.exists() and database.path.stat().st_size):
        raise StoreError(say_lost(pictures_dir))
    with database.read() as connection:
        is_lost = read_version(connection) is None or _is_younger(connection, pictures_dir)
    if is_lost:
        raise StoreError(say_lost(pictures_dir))


def list_picture_files(pictures_dir: Path) -> Iterator[Path]:
    """Yield the stored pictures of a folder, in no order."""
    for path in pictures_dir.glob("??/*"):
        if PICTURE_NAME.fullmatch(f"{path.parent.name}/{path.name}"):
            yield path


def knows_no_picture(connection: Connection) -> bool:
    """Tell whether a migrated database, of any version, has no row of a picture."""
    return not connection.scalar(select(exists().select_from(pictures)))


def say_lost(pictures_dir: Path) -> str:
    """Return the sentence that helps."""
    return (
        f"The label store's database knows no picture, but {pictures_dir} holds pictures: put the "
        "database that belongs to them back, bring a backup in with `lpr labels restore`, or begin "
        "a new store in another folder, which LPR_DATA_DIR names."
    )


def _is_younger(connection: Connection, pictures_dir: Path) -> bool:
    """Tell whether an empty database was made after a picture; older programs did not note it."""
    if not inspect(connection).has_table(projects.name) or not knows_no_picture(connection):
        return False
    made_at = connection.scalar(select(func.min(projects.c.created_at)))
    oldest = min(path.stat().st_mtime for path in list_picture_files(pictures_dir))
    return made_at is not None and datetime.fromtimestamp(oldest, UTC) + _CLOCK_STEP < made_at
