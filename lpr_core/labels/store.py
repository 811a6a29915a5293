"""The label store: pictures, what models read in them, and what people said about it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lpr_core.labels.audit import AuditFilter, AuditRow, audit_rows
from lpr_core.labels.one_picture import keep_picture
from lpr_core.labels.opening.opening import open_database
from lpr_core.labels.people import People
from lpr_core.labels.personal_view import PersonalView
from lpr_core.labels.pictures import PictureFolder
from lpr_core.labels.projects import Projects
from lpr_core.labels.quality.quality import Quality
from lpr_core.labels.queue import Queue
from lpr_core.labels.tables.accesses import AccessLog
from lpr_core.labels.tables.bulk import Bulk
from lpr_core.labels.tables.clock import utc_now
from lpr_core.labels.tables.database import Database, explain_errors
from lpr_core.labels.tables.model_words import keep_reading
from lpr_core.labels.tables.queries import (
    DEFAULT_PAGE_SIZE,
    count_marks,
    find_pictures,
    list_authors,
    load_page,
    load_record,
    load_records,
)
from lpr_core.labels.tables.rows import (
    DEFAULT_PROJECT_ID,
    MARKS,
    Mark,
    Page,
    PlateRecord,
    Revision,
    StoredReading,
)
from lpr_core.labels.tables.schema import pictures, standings
from lpr_core.labels.tables.standing import lock_standing
from lpr_core.labels.tables.verdicts import (
    clean_author,
    clean_verdict,
    write_history,
    write_revision,
)
from lpr_core.labels.upkeep.backup import Backup, write_backup
from lpr_core.labels.upkeep.verify import StoreCheck, check_store
from lpr_core.places import user_data_dir
from lpr_core.progress import CountListener

_EXPORT_CHUNK = 500


class LabelStore:
    """All labels of one person or team; safe to share between threads and processes.

    What a method has returned is on the disk and survives a kill or a power cut. Nothing is ever
    overwritten: readings and revisions only grow.

    Attributes:
        projects: Names and rules of the projects; every picture belongs to one.
        queue: Hands out plates, each to one person at a time.
        people: Users, sign-in, tokens.
        quality: Agreement between people, gold plates, disputes.
        bulk: Many pictures or readings in one transaction.
        accesses: Who has looked at what, and who has taken it away.

    Args:
        url: Database; by default `LPR_DATABASE_URL`, else SQLite in `data_dir`.
        data_dir: Holds the pictures; by default `places.user_data_dir()`.

    Raises:
        StoreError: The database cannot be opened. Every method raises it when the database or the
            disk refuses; then nothing of that call was saved.
    """

    def __init__(self, url: str | None = None, data_dir: Path | None = None) -> None:
        with explain_errors():
            folder = data_dir or user_data_dir()
        self._database = Database(url or database_url(folder), migrates=False)
        self._pictures = PictureFolder(folder / "pictures")
        self._lock = open_database(self._database, self._pictures.folder)
        self.projects = Projects(self._database)
        self.queue = Queue(self._database)
        self.people = People(self._database)
        self.quality = Quality(self._database)
        self.bulk = Bulk(self._database, self._pictures)
        self.accesses = AccessLog(self._database)
        with explain_errors():
            self._pictures.sweep_drafts()

    def close(self) -> None:
        """Close all connections; from now on a backup may be restored."""
        self._database.close()
        self._lock.release()

    def ping(self) -> None:
        """Raise StoreError unless the database answers, and lies where it was opened."""
        with self._database.read() as connection:
            connection.execute(select(1))

    def add_picture(self, content: bytes, name: str, project_id: int = DEFAULT_PROJECT_ID) -> str:
        """Store a picture once, however often it comes, and return its id.

        Args:
            content: The bytes of the file.
            name: What the person calls it; folders in it are dropped.
            project_id: Where it belongs; a picture that is known stays where it is.

        Raises:
            PictureError: The bytes are not a picture that we take.
            ValueError: The project is unknown.
        """
        return keep_picture(self._database, self._pictures, content, name, project_id)

    def picture_hashes(self) -> dict[str, str]:
        """Return the perceptual hashes that are known, by picture id."""
        known = select(pictures.c.picture_id, pictures.c.phash).where(pictures.c.phash.is_not(None))
        with self._database.read() as connection:
            return {picture_id: phash for picture_id, phash in connection.execute(known)}

    def add_reading(self, picture_id: str, reading: Mapping[str, Any]) -> PlateRecord:
        """Store what a model read; a repetition of the latest reading is not stored again.

        Args:
            picture_id: From `add_picture`.
            reading: `PlateReading.to_dict()`; `model_words.keep_columns` says what is kept.

        Raises:
            ValueError: The picture is unknown.
        """
        with self._database.write() as connection:
            lock_standing(connection, picture_id)
            return keep_reading(connection, picture_id, reading)

    def add_revision(
        self,
        picture_id: str,
        mark: Mark | None = None,
        text: str = "",
        author: str = "",
        *,
        saved_at: datetime | None = None,
    ) -> PlateRecord:
        """Store a person's verdict; saying the same again changes nothing.

        Args:
            picture_id: From `add_picture`.
            mark: `unreadable` or `not_a_plate`; `unchecked` takes back what stands. Anything else
                means a readable plate, and the text decides: it is `correct` where it is what the
                model read, else `corrected`.
            text: What a readable plate says.
            author: Who says so.
            saved_at: When it was said, for a label from elsewhere; now by default.

        Raises:
            ValueError: The picture is unknown, or the text is not a plate text (`clean_text`).
        """
        verdict = clean_verdict(mark, text)
        with self._database.write() as connection:
            standing = lock_standing(connection, picture_id)
            now = saved_at or utc_now()
            return write_revision(connection, standing, verdict, clean_author(author), now)

    def add_history(
        self,
        picture_id: str,
        readings: Sequence[StoredReading],
        revisions: Sequence[Revision],
    ) -> PlateRecord:
        """Take over what another store knows of a picture, with its authors and times.

        Their ids are given anew. Only for a picture of which nothing has been said yet; what comes
        on top of something is a revision.

        Raises:
            ValueError: The picture is unknown, has a history already, or a revision's mark does not
                fit its text.
        """
        with self._database.write() as connection:
            standing = lock_standing(connection, picture_id)
            return write_history(connection, standing, readings, revisions)

    def history(self, picture_id: str) -> PlateRecord:
        """Return a picture with everything that was said about it.

        Raises:
            ValueError: The picture is unknown.
        """
        with self._database.read() as connection:
            return load_record(connection, picture_id)

    def seen_by(self, name: str, *, sees_all: bool) -> PersonalView:
        """Return the store as a person may see it (`blindness.Viewer`); apps use nothing else."""
        return PersonalView(self._database, self.accesses, clean_author(name), sees_all=sees_all)

    @property
    def pictures_dir(self) -> Path:
        """The folder that `StoredPicture.file_name` is relative to."""
        return self._pictures.folder

    def search(
        self,
        query: str = "",
        mark: str | None = None,
        page: int = 1,
        page_size: int = DEFAULT_PAGE_SIZE,
        project_id: int | None = None,
        *,
        person: str | None = None,
        region: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Page:
        """Find plates, newest first.

        Args:
            query: Part of a text (read or corrected) or of a file name; case does not matter.
            mark: One of `rows.MARKS`, or None for all.
            page: From 1; a page beyond the last is the last.
            page_size: 1 to `MAX_PAGE_SIZE`.
            project_id: One project only.
            person: Whose word stands.
            region: Code such as `br`, or a family such as `us`.
            since: The verdict that stands is that young; without one, the picture is.
            until: The same, before then.

        Raises:
            ValueError: Unknown mark or region, or a size out of range.
        """
        found = find_pictures(
            query, mark, project_id, person=person, region=region, since=since, until=until
        )
        with self._database.read() as connection:
            return load_page(connection, found, page, page_size)

    def authors(self) -> tuple[str, ...]:
        """Return everybody whose word stands on some plate, by name."""
        with self._database.read() as connection:
            return tuple(list_authors(connection))

    def counts(self, project_id: int | None = None) -> dict[str, int]:
        """Return the number of plates of each mark, `unchecked` included."""
        with self._database.read() as connection:
            return dict.fromkeys(MARKS, 0) | count_marks(connection, project_id)

    def records(self, project_id: int | None = None) -> Iterator[PlateRecord]:
        """Yield every plate, or those of one project, oldest first.

        They are not all held in memory.
        """
        with self._database.read() as connection:
            order = select(standings.c.picture_id).order_by(
                standings.c.added_at, standings.c.picture_id
            )
            if project_id is not None:
                order = order.where(standings.c.project_id == project_id)
            ids = connection.scalars(order).all()
            for start in range(0, len(ids), _EXPORT_CHUNK):
                yield from load_records(connection, ids[start : start + _EXPORT_CHUNK])

    def audit(self, wanted: AuditFilter | None = None) -> Iterator[AuditRow]:
        """Yield everything that happened and fits, oldest first; see `audit.AuditRow`."""
        with self._database.read() as connection:
            yield from audit_rows(connection, wanted or AuditFilter())

    def backup(self, path: Path, on_progress: CountListener | None = None) -> Backup:
        """Write everything to one file; see `backup.write_backup`."""
        return write_backup(self._database, self.pictures_dir, path, on_progress)

    def verify(self, on_progress: CountListener | None = None) -> StoreCheck:
        """Check files, chains of revisions, and what follows from them; change nothing."""
        with self._database.read() as connection:
            return check_store(connection, self.pictures_dir, on_progress)


def database_url(folder: Path) -> str:
    """Return the URL of the labels: `LPR_DATABASE_URL`, else SQLite in a data folder."""
    return os.environ.get("LPR_DATABASE_URL") or f"sqlite:///{folder / 'labels.sqlite3'}"
