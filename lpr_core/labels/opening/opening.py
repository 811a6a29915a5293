"""Open a store's database for work: locked against a restore, and only beside its own pictures."""

from pathlib import Path

from lpr_core.labels.opening.store_lock import StoreLock, name_locks
from lpr_core.labels.opening.strays import refuse_lost_database
from lpr_core.labels.tables.complaints import explain_errors
from lpr_core.labels.tables.database import Database
from lpr_core.labels.upkeep.drafts import RestoreDrafts


def open_database(database: Database, pictures_dir: Path) -> StoreLock:
    """Bring a database to the newest schema, and return the lock that keeps restores away.

    A restore that was killed is finished first, or swept away where it was not whole yet.

    Args:
        database: Not migrated yet; closed if this fails.
        pictures_dir: The store's.

    Raises:
        StoreError: A backup is being restored, another database belongs to the pictures, or the
            database cannot be opened.
    """
    names = name_locks(database.path, pictures_dir)
    with explain_errors():
        drafts = RestoreDrafts(database.path, pictures_dir)
        if drafts.are_left():
            StoreLock(names).release()  # tells a restore that goes on from one that was killed
            lock = StoreLock(names, alone=True)
            try:
                drafts.settle()
            finally:
                lock.release()
        lock = StoreLock(names)
    try:
        refuse_lost_database(database, pictures_dir)
        database.migrate()
    except BaseException:
        database.close()
        lock.release()
        raise
    return lock
