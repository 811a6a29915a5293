"""Store many pictures, or many readings, in one transaction each time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from lpr_core.labels.exchange.words import PlateHistory, PlateLabels
from lpr_core.labels.pictures import PictureFolder, SavedPicture
from lpr_core.labels.projects import check_project
from lpr_core.labels.tables.clock import utc_now
from lpr_core.labels.tables.database import Database, explain_errors, take_turns
from lpr_core.labels.tables.events import note_event
from lpr_core.labels.tables.filing import FilingResult, clean_region, file_labels
from lpr_core.labels.tables.model_words import write_reading
from lpr_core.labels.tables.schema import pictures, projects, standings
from lpr_core.labels.tables.standing import add_standing, lock_standing
from lpr_core.pictures.decoding import PictureError, read_picture
from lpr_core.pictures.likeness import hash_picture, write_hash
from lpr_core.plates.facts import FACT_COLUMNS

CHUNK = 500
"""Rows asked for at once: SQLite takes at most 32,766 variables in a statement."""


@dataclass(frozen=True)
class Arrival:
    """A picture on its way into the store, or labels of one that is there.

    Attributes:
        picture_id: SHA-256 of the bytes as they came.
        name: File name without folders.
        saved: From `PictureFolder.write`; None where the store has the picture.
        labels: What was said about it; any number of times.
        like: Id of the picture that a new one is a near duplicate of.
    """

    picture_id: str
    name: str
    saved: SavedPicture | None = None
    labels: tuple[PlateLabels | PlateHistory, ...] = ()
    like: str | None = None


@dataclass(frozen=True)
class Unread:
    """A picture that no model has read: its id, its file, and where the plate comes from."""

    picture_id: str
    file_name: str
    region: str | None


class Bulk:
    """Many pictures at a time; see `LabelStore` for what it promises."""

    def __init__(self, database: Database, folder: PictureFolder) -> None:
        self._database = database
        self.folder = folder

    def find_known(self, hashes: Collection[str]) -> dict[str, str]:
        """Return which stored picture each hash stands for.

        A picture is known by the bytes that it came as, and by those of its stored file, which our
        exports hand out. One whose file is gone is not known: it can be brought again.
        """
        known: dict[str, str] = {}
        wanted = sorted(hashes)
        with self._database.read() as connection:
            for start in range(0, len(wanted), CHUNK):
                chunk = wanted[start : start + CHUNK]
                found = select(
                    pictures.c.picture_id, pictures.c.file_hash, pictures.c.file_name
                ).where(or_(pictures.c.picture_id.in_(chunk), pictures.c.file_hash.in_(chunk)))
                for picture_id, file_hash, file_name in connection.execute(found):
                    if (self.folder.folder / file_name).exists():
                        known |= {file_hash: picture_id, picture_id: picture_id}
        return {one: known[one] for one in hashes if one in known}

    def add(
        self, arrivals: Sequence[Arrival], project_id: int, author: str
    ) -> list[list[FilingResult]]:
        """Store pictures and file their labels, all or none; return what became of each label.

        When this returns, everything is on the disk.

        Raises:
            ValueError: The project is unknown.
        """
        new = [arrival.saved for arrival in arrivals if arrival.saved is not None]
        # The files are on the disk before the rows that promise them.
        with explain_errors():
            self.folder.sync(new)
        with self._database.write() as connection:
            take_turns(connection, "intake")
            check_project(connection, project_id)
            now = utc_now()
            self._add_pictures(connection, arrivals, project_id, now)
            _note_arrivals(connection, arrivals, project_id, author, now)
            return [
                [
                    result
                    for labels in arrival.labels
                    if (result := file_labels(connection, arrival.picture_id, labels, author, now))
                ]
                for arrival in arrivals
            ]

    def _add_pictures(
        self,
        connection: Connection,
        arrivals: Sequence[Arrival],
        project_id: int,
        now: datetime,
    ) -> None:
        rows = {
            arrival.picture_id: {
                "picture_id": arrival.picture_id,
                "name": arrival.name,
                "region": _first_region(arrival),
                # A moment later each, so that they stay in the order in which they came.
                "added_at": now + timedelta(microseconds=place),
                **arrival.saved._asdict(),
            }
            for place, arrival in enumerate(arrivals)
            if arrival.saved is not None
        }
        there = select(pictures.c.picture_id).where(pictures.c.picture_id.in_(rows))
        for picture_id in connection.scalars(there).all():
            del rows[picture_id]  # only its file was missing
        if rows:
            connection.execute(insert(pictures), list(rows.values()))
        for row in rows.values():
            add_standing(connection, row["picture_id"], project_id, row["region"], row["added_at"])

    def names(self, picture_ids: Collection[str]) -> dict[str, str]:
        """Return what stored pictures were called when they came."""
        found = select(pictures.c.picture_id, pictures.c.name)
        with self._database.read() as connection:
            rows = connection.execute(found.where(pictures.c.picture_id.in_(picture_ids)))
            return {picture_id: name for picture_id, name in rows}

    def known_facts(self) -> tuple[str, ...]:
        """Return which of `FACT_COLUMNS` are known of any picture."""
        asked = [func.max(pictures.c[name]).is_not(None) for name in FACT_COLUMNS]
        with self._database.read() as connection:
            known = connection.execute(select(*asked)).one()
        return tuple(name for name, is_known in zip(FACT_COLUMNS, known, strict=True) if is_known)

    def hash_missing(self) -> int:
        """Compute the looks of pictures that an older program took in, and return how many."""
        missing = select(pictures.c.picture_id, pictures.c.file_name).where(
            pictures.c.phash.is_(None)
        )
        with self._database.read() as connection:
            rows = connection.execute(missing).all()
        for start in range(0, len(rows), CHUNK):
            hashes = {
                picture_id: looks
                for picture_id, file_name in rows[start : start + CHUNK]
                if (looks := self._hash_file(file_name))
            }
            with self._database.write() as connection:
                for picture_id, looks in hashes.items():
                    found = update(pictures).where(pictures.c.picture_id == picture_id)
                    connection.execute(found.values(phash=looks))
        return len(rows)

    def _hash_file(self, file_name: str) -> str | None:
        try:
            return write_hash(hash_picture(read_picture(self.folder.folder / file_name)))
        except PictureError:
            return None

    def count_unread(self, project_id: int | None = None) -> int:
        """Return in how many pictures no model has read."""
        counted = select(func.count()).where(standings.c.latest_reading_id == 0)
        if project_id is not None:
            counted = counted.where(standings.c.project_id == project_id)
        with self._database.read() as connection:
            return connection.scalar(counted) or 0

    def find_unread(
        self, count: int, *, after: str = "", project_id: int | None = None
    ) -> list[Unread]:
        """Return pictures that no model has read, by id.

        Args:
            count: At most so many.
            after: Only pictures with a greater id: the last one of the batch before.
            project_id: One project only.
        """
        region = pictures.c.region
        found = (
            select(pictures.c.picture_id, pictures.c.file_name, region, projects.c.region)
            .join_from(standings, pictures)
            .join(projects, projects.c.project_id == standings.c.project_id)
            .where(standings.c.latest_reading_id == 0, standings.c.picture_id > after)
            .order_by(standings.c.picture_id)
            .limit(count)
        )
        if project_id is not None:
            found = found.where(standings.c.project_id == project_id)
        with self._database.read() as connection:
            rows = connection.execute(found).all()
        return [Unread(row[0], row[1], row[2] or row[3]) for row in rows]

    def add_readings(self, read: Mapping[str, Mapping[str, Any]]) -> int:
        """Store what a model read in pictures that had not been read; return in how many.

        Args:
            read: `PlateReading.to_dict()` by picture id.
        """
        stored = 0
        with self._database.write() as connection:
            take_turns(connection, "intake")  # which locks many pictures, in another order
            for picture_id, reading in sorted(read.items()):
                # Somebody else may have read it meanwhile.
                if lock_standing(connection, picture_id)["latest_reading_id"]:
                    continue
                write_reading(connection, picture_id, reading)
                stored += 1
        return stored


def _note_arrivals(
    connection: Connection,
    arrivals: Sequence[Arrival],
    project_id: int,
    author: str,
    now: datetime,
) -> None:
    """Note for the audit how many came, and which of them are near duplicates."""
    new = [arrival for arrival in arrivals if arrival.saved is not None]
    num_labelled = sum(bool(arrival.labels) for arrival in arrivals)
    if new or num_labelled:
        counts = {"pictures": len(new), "labelled": num_labelled}
        note_event(connection, now, author, "take in", project_id=project_id, detail=counts)
    for arrival in new:
        if arrival.like is not None:
            note_event(
                connection,
                now,
                author,
                "near duplicate",
                picture_id=arrival.picture_id,
                project_id=project_id,
                detail={"like": arrival.like},
            )


def _first_region(arrival: Arrival) -> str | None:
    regions = (clean_region(labels.region) for labels in arrival.labels)
    return next((region for region in regions if region), None)
