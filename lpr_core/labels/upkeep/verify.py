"""Check a whole store: database file, pictures, chains of revisions, and what follows from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Table, and_, exists, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from lpr_core.labels.opening.strays import knows_no_picture, list_picture_files, say_lost
from lpr_core.labels.pictures import hash_file, identify_picture
from lpr_core.labels.tables.rows import UNCHECKED
from lpr_core.labels.tables.schema import pictures, readings, revisions, standings
from lpr_core.pictures.decoding import PictureError, read_picture
from lpr_core.progress import CountListener


@dataclass(frozen=True)
class StoreCheck:
    """What a check found.

    Attributes:
        num_pictures: Pictures in the database.
        num_readings: Readings.
        num_revisions: Revisions.
        faults: One sentence for each thing that is wrong.
    """

    num_pictures: int
    num_readings: int
    num_revisions: int
    faults: tuple[str, ...]


def check_store(
    connection: Connection, pictures_dir: Path, on_progress: CountListener | None = None
) -> StoreCheck:
    """Check everything that can be checked; nothing is changed.

    Args:
        connection: To read with.
        pictures_dir: Where the files lie.
        on_progress: Called with the pictures checked and their total.
    """
    faults = [
        *_check_file(connection),
        *_check_belonging(connection, pictures_dir),
        *_check_pictures(connection, pictures_dir, on_progress),
        *find_history_faults(connection),
    ]
    return StoreCheck(
        num_pictures=_count(connection, pictures),
        num_readings=_count(connection, readings),
        num_revisions=_count(connection, revisions),
        faults=tuple(faults),
    )


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _check_file(connection: Connection) -> Iterator[str]:
    """Let SQLite check its own file; PostgreSQL checks while it runs."""
    if connection.dialect.name != "sqlite":
        return
    for (message,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if message != "ok":
            yield f"The database file is damaged: {message}."
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"Row {row} of {table} names a row of {parent} that is not there."


def _check_belonging(connection: Connection, folder: Path) -> Iterator[str]:
    if knows_no_picture(connection) and any(list_picture_files(folder)):
        yield say_lost(folder)


def _check_pictures(
    connection: Connection, folder: Path, on_progress: CountListener | None
) -> Iterator[str]:
    columns = pictures.c.file_name, pictures.c.file_hash, pictures.c.width, pictures.c.height
    rows = connection.execute(select(*columns).order_by(pictures.c.picture_id)).all()
    for number, (file_name, file_hash, width, height) in enumerate(rows, start=1):
        fault = find_file_fault(folder / file_name, file_hash, (height, width))
        if fault:
            yield f"The picture {file_name} {fault}."
        if on_progress:
            on_progress(number, len(rows))


def find_file_fault(path: Path, file_hash: str | None, shape: tuple[int, int]) -> str:
    """Say what is wrong with a stored file, or nothing.

    Args:
        path: The file.
        file_hash: Its SHA-256; where an older program kept none, the size in pixels must do.
        shape: Height and width in pixels.
    """
    if not path.exists():
        return "is missing"
    if file_hash is not None:
        return "" if hash_file(path) == file_hash else "has changed"
    return _find_picture_fault(path, shape)


def find_content_fault(content: bytes, file_hash: str | None, shape: tuple[int, int]) -> str:
    """Say what is wrong with a stranger's file that claims to be a stored one, or nothing.

    Args:
        content: Its bytes.
        file_hash: As for `find_file_fault`; it may be as wrong as the bytes.
        shape: Height and width in pixels.
    """
    if file_hash is not None and identify_picture(content) != file_hash:
        return "has changed"
    return _find_picture_fault(content, shape)


def _find_picture_fault(source: bytes | Path, shape: tuple[int, int]) -> str:
    try:
        return "" if read_picture(source).shape[:2] == shape else "has another size"
    except PictureError as error:
        return f"cannot be read: {error}".rstrip(".")


def find_history_faults(connection: Connection) -> Iterator[str]:
    """Yield what is wrong with the chains of revisions, and with what follows from them."""
    yield from _check_chains(connection)
    yield from _check_standings(connection)


def _check_chains(connection: Connection) -> Iterator[str]:
    """Find revisions whose `before` is neither the text before them nor one that was read."""
    by_picture, in_order = revisions.c.picture_id, revisions.c.revision_id
    steps = select(
        revisions.c.revision_id,
        revisions.c.picture_id,
        revisions.c.before,
        func.lag(revisions.c.after).over(partition_by=by_picture, order_by=in_order).label("text"),
        func.lag(revisions.c.mark).over(partition_by=by_picture, order_by=in_order).label("mark"),
    ).subquery()
    was_read = exists().where(
        readings.c.picture_id == steps.c.picture_id, readings.c.text == steps.c.before
    )
    begins = or_(steps.c.mark.is_(None), steps.c.mark == UNCHECKED)
    broken = or_(
        and_(begins, steps.c.before != "", ~was_read),
        and_(~begins, steps.c.before != steps.c.text),
    )
    found = select(steps.c.revision_id, steps.c.picture_id).where(broken)
    for revision_id, picture_id in connection.execute(found):
        yield f"Revision {revision_id} of picture {picture_id} does not follow the one before it."


def _check_standings(connection: Connection) -> Iterator[str]:
    latest_reading = _latest(readings.c.reading_id, readings.c.picture_id)
    latest_revision = _latest(revisions.c.revision_id, revisions.c.picture_id)
    stands = (
        select(revisions.c.mark)
        .where(revisions.c.revision_id == standings.c.latest_revision_id)
        .scalar_subquery()
    )
    found = (
        select(pictures.c.picture_id)
        .outerjoin(standings)
        .where(
            or_(
                standings.c.picture_id.is_(None),
                standings.c.latest_reading_id != latest_reading,
                standings.c.latest_revision_id != latest_revision,
                standings.c.mark != func.coalesce(stands, UNCHECKED),
            )
        )
    )
    for picture_id in connection.scalars(found):
        yield f"What stands for picture {picture_id} does not follow from its history."


def _latest(key: ColumnElement[int], picture_id: ColumnElement[str]) -> ColumnElement[int]:
    newest = select(func.max(key)).where(picture_id == pictures.c.picture_id)
    return func.coalesce(newest.correlate(pictures).scalar_subquery(), 0)
