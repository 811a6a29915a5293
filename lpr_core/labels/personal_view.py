"""The label store as one person may see it: second readings and gold plates stay blind."""

from collections.abc import Mapping
from typing import Any

from lpr_core.labels.tables.accesses import AccessKind, AccessLog
from lpr_core.labels.tables.blindness import BlindError, Viewer, hide_verdicts, is_hidden_now
from lpr_core.labels.tables.clock import Clock, utc_now
from lpr_core.labels.tables.database import Database
from lpr_core.labels.tables.model_words import keep_reading, show_reading
from lpr_core.labels.tables.queries import DEFAULT_PAGE_SIZE, find_pictures, load_page, load_record
from lpr_core.labels.tables.rows import Mark, Page, PlateRecord
from lpr_core.labels.tables.standing import lock_standing
from lpr_core.labels.tables.verdicts import clean_author, clean_verdict, write_revision


class PersonalView:
    """What pages and endpoints ask for a person; `LabelStore.seen_by` makes it.

    Of a plate that she is to read without knowing what others said it shows picture and readings
    only, and takes no word outside of the queue. Everything else is as in `LabelStore`.

    Args:
        database: Of the store.
        accesses: Where it is noted that she looks.
        name: As her answers are signed.
        sees_all: See `blindness.Viewer`.
        clock: Says the time.
    """

    def __init__(
        self,
        database: Database,
        accesses: AccessLog,
        name: str,
        *,
        sees_all: bool,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._accesses = accesses
        self._name = name
        self._sees_all = sees_all
        self._now = clock

    def search(
        self,
        query: str = "",
        mark: str | None = None,
        page: int = 1,
        page_size: int = DEFAULT_PAGE_SIZE,
        **filters: Any,
    ) -> Page:
        """Find plates as `LabelStore.search` does, without those that she reads blindly."""
        found = find_pictures(query, mark, **filters, viewer=self._viewer())
        with self._database.read() as connection:
            shown = load_page(connection, found, page, page_size)
        wanted = {name: value for name, value in filters.items() if value is not None}
        self._accesses.note_look(
            self._name,
            AccessKind.SEARCH,
            query=query,
            mark=mark or "",
            page=shown.number,
            shown=len(shown.records),
            found=shown.total,
            **wanted,
        )
        return shown

    def history(self, picture_id: str) -> PlateRecord:
        """Return a picture with what she may know of it.

        Raises:
            ValueError: The picture is unknown.
        """
        with self._database.read() as connection:
            record = load_record(connection, picture_id)
            hidden = is_hidden_now(connection, picture_id, self._viewer())
        about = {"blind": hidden} if hidden else {}
        self._accesses.note_look(self._name, AccessKind.LOOK, picture_id=picture_id, **about)
        return hide_verdicts(record) if hidden else record

    def add_reading(self, picture_id: str, reading: Mapping[str, Any]) -> PlateRecord:
        """Store what a model read, as `LabelStore.add_reading` does.

        Of a plate that she reads blindly the reading is shown and not stored: what the first reader
        has seen stays as it was.

        Raises:
            ValueError: The picture is unknown.
        """
        with self._database.write() as connection:
            lock_standing(connection, picture_id)
            if is_hidden_now(connection, picture_id, self._viewer()):
                return show_reading(hide_verdicts(load_record(connection, picture_id)), reading)
            return keep_reading(connection, picture_id, reading)

    def add_revision(
        self, picture_id: str, mark: Mark | None = None, text: str = "", author: str = ""
    ) -> PlateRecord:
        """Store a verdict, as `LabelStore.add_revision` does.

        Raises:
            BlindError: She is to read this plate in the queue.
            ValueError: The picture is unknown, or the text is not a plate text.
        """
        verdict = clean_verdict(mark, text)
        with self._database.write() as connection:
            standing = lock_standing(connection, picture_id)
            if is_hidden_now(connection, picture_id, self._viewer()):
                raise BlindError(
                    "This plate is yours to read without knowing what others said: answer it in "
                    "the queue. Nothing was saved."
                )
            return write_revision(connection, standing, verdict, clean_author(author), self._now())

    def _viewer(self) -> Viewer:
        return Viewer(self._name, self._sees_all, self._now())
