"""The label store: pictures, what models read in them, and what people said about it."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from sqlalchemy import Connection, func, insert, select

from lpr_core.labels.database import Database, explain_errors
from lpr_core.labels.pictures import PictureFolder, identify_picture
from lpr_core.labels.queries import count_marks, find_pictures, load_records
from lpr_core.labels.rows import MARKS, Mark, Page, PlateRecord, clean_text
from lpr_core.labels.schema import pictures, readings, revisions
from lpr_core.places import user_data_dir

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 200
_EXPORT_CHUNK = 500


class LabelStore:
    """All labels of one person or team; safe to share between threads and processes.

    What a method has returned is on the disk and survives a kill or a power cut. Nothing is ever
    overwritten: readings and revisions only grow.

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
        url = url or os.environ.get("LPR_DATABASE_URL") or f"sqlite:///{folder / 'labels.sqlite3'}"
        self._database = Database(url)
        self._pictures = PictureFolder(folder / "pictures")
        with explain_errors():
            self._pictures.sweep_drafts()

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def ping(self) -> None:
        """Raise StoreError unless the database answers."""
        with self._database.read() as connection:
            connection.execute(select(1))

    def add_picture(self, content: bytes, name: str) -> str:
        """Store a picture once, however often it comes, and return its id.

        Args:
            content: The bytes of the file.
            name: What the person calls it; folders in it are dropped.

        Raises:
            PictureError: The bytes are not a picture that we take.
        """
        picture_id = identify_picture(content)
        if self._is_complete(picture_id):
            return picture_id
        with explain_errors():
            file_name, width, height = self._pictures.save(picture_id, content)
        row = {
            "picture_id": picture_id,
            "name": _plain_name(name),
            "file_name": file_name,
            "width": width,
            "height": height,
            "added_at": datetime.now(UTC),
        }
        # The file is on the disk before the row that promises it.
        with self._database.write() as connection:
            if _find_file(connection, picture_id) is None:
                connection.execute(insert(pictures).values(row))
        return picture_id

    def add_reading(self, picture_id: str, reading: Mapping[str, Any]) -> PlateRecord:
        """Store what a model read; a repetition of the latest reading is not stored again.

        Args:
            picture_id: From `add_picture`.
            reading: `PlateReading.to_dict()`: text, confidence, region, pattern, slots,
                reader_version; other keys are not kept.

        Raises:
            ValueError: The picture is unknown.
        """
        kept = ("text", "confidence", "region", "pattern", "slots", "reader_version")
        row = {name: reading[name] for name in kept}
        with self._database.write() as connection:
            latest = _load_record(connection, picture_id).reading
            if latest is None or any(_as_row(latest)[name] != row[name] for name in kept):
                now = datetime.now(UTC)
                connection.execute(
                    insert(readings).values(row | {"picture_id": picture_id, "read_at": now})
                )
            return _load_record(connection, picture_id)

    def add_revision(
        self, picture_id: str, mark: Mark | None = None, text: str = "", author: str = ""
    ) -> PlateRecord:
        """Store a person's verdict; saying the same again changes nothing.

        Args:
            picture_id: From `add_picture`.
            mark: `unreadable` or `not_a_plate`. Anything else means a readable plate, and the text
                decides: it is `correct` where it is what the model read, else `corrected`.
            text: What a readable plate says.
            author: Who says so.

        Raises:
            ValueError: The picture is unknown, or the text is not a plate text (`clean_text`).
        """
        rejected = mark if mark and not mark.is_readable else None
        after = "" if rejected else clean_text(text)
        with self._database.write() as connection:
            record = _load_record(connection, picture_id)
            verdict = rejected or _judge(record, after)
            if (record.mark, record.text) != (verdict, after):
                row = _revision_row(record, verdict, after, author)
                connection.execute(insert(revisions).values(row))
            return _load_record(connection, picture_id)

    def history(self, picture_id: str) -> PlateRecord:
        """Return a picture with everything that was said about it.

        Raises:
            ValueError: The picture is unknown.
        """
        with self._database.read() as connection:
            return _load_record(connection, picture_id)

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
    ) -> Page:
        """Find plates, newest first.

        Args:
            query: Part of a text (read or corrected) or of a file name; case does not matter.
            mark: One of `rows.MARKS`, or None for all.
            page: From 1; a page beyond the last is the last.
            page_size: 1 to `MAX_PAGE_SIZE`.

        Raises:
            ValueError: Unknown mark, or a size out of range.
        """
        if mark is not None and mark not in MARKS:
            raise ValueError(f"`mark` must be one of {', '.join(MARKS)}. Received: {mark!r}")
        if not 1 <= page_size <= MAX_PAGE_SIZE:
            raise ValueError(f"`page_size` must be 1 to {MAX_PAGE_SIZE}. Received: {page_size}")
        with self._database.read() as connection:
            found = find_pictures(query, mark)
            total = connection.scalar(select(func.count()).select_from(found.subquery())) or 0
            last = max(1, -(-total // page_size))
            number = min(max(1, page), last)
            ids = connection.scalars(found.limit(page_size).offset((number - 1) * page_size)).all()
            return Page(tuple(load_records(connection, ids)), total, number, page_size)

    def counts(self) -> dict[str, int]:
        """Return the number of plates of each mark, `unchecked` included."""
        with self._database.read() as connection:
            return dict.fromkeys(MARKS, 0) | count_marks(connection)

    def records(self) -> Iterator[PlateRecord]:
        """Yield every plate, oldest first, without holding all of them in memory."""
        with self._database.read() as connection:
            order = select(pictures.c.picture_id).order_by(
                pictures.c.added_at, pictures.c.picture_id
            )
            ids = connection.scalars(order).all()
            for start in range(0, len(ids), _EXPORT_CHUNK):
                yield from load_records(connection, ids[start : start + _EXPORT_CHUNK])

    def _is_complete(self, picture_id: str) -> bool:
        """Tell whether a picture is known and its file is still there."""
        with self._database.read() as connection:
            file_name = _find_file(connection, picture_id)
        return file_name is not None and (self.pictures_dir / file_name).exists()


def _plain_name(name: str) -> str:
    """Drop the folders of any system and cut what no file system would take."""
    return PurePosixPath(PureWindowsPath(name).as_posix()).name[:255] or "picture"


def _find_file(connection: Connection, picture_id: str) -> str | None:
    row = select(pictures.c.file_name).where(pictures.c.picture_id == picture_id)
    return connection.scalar(row)


def _load_record(connection: Connection, picture_id: str) -> PlateRecord:
    for record in load_records(connection, [picture_id]):
        return record
    raise ValueError(f"`picture_id` must be a stored picture. Received: {picture_id[:80]!r}")


def _as_row(reading: Any) -> dict[str, Any]:
    return vars(reading) | {"slots": list(reading.slots)}


def _judge(record: PlateRecord, text: str) -> Mark:
    """Tell a confirmation from a correction."""
    return Mark.CORRECT if record.reading and record.reading.text == text else Mark.CORRECTED


def _revision_row(record: PlateRecord, mark: Mark, after: str, author: str) -> dict[str, Any]:
    return {
        "picture_id": record.picture.picture_id,
        "mark": mark.value,
        "before": record.text,
        "after": after,
        "author": author.strip()[:80],
        "reader_version": record.reading.reader_version if record.reading else "",
        "saved_at": datetime.now(UTC),
    }
