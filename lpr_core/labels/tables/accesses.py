"""Who has looked at what, and who has taken it away: beside the audit of what was changed."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, insert, select

from lpr_core.labels.tables.clock import Clock, utc_now
from lpr_core.labels.tables.database import Database, StoreError
from lpr_core.labels.tables.schema import UtcDateTime, metadata

log = logging.getLogger(__name__)

MAX_ACTOR_LENGTH = 80
MAX_WORD_LENGTH = 200
_CHUNK = 1000

accesses = Table(
    "accesses",
    metadata,
    Column("access_id", Integer, primary_key=True),
    Column("happened_at", UtcDateTime, nullable=False),
    Column("actor", String(MAX_ACTOR_LENGTH), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("picture_id", ForeignKey("pictures.picture_id")),
    Column("detail", JSON, nullable=False),
    Index(None, "happened_at"),
    sqlite_autoincrement=True,
)
"""Append-only."""


class AccessKind(StrEnum):
    """What somebody did: looked at one plate, searched, or took many away as a file."""

    LOOK = "look"
    SEARCH = "search"
    EXPORT = "export"


@dataclass(frozen=True)
class Access:
    """One access.

    Attributes:
        happened_at: UTC.
        actor: Who; empty for the one person of a private installation.
        kind: What.
        picture_id: The plate that was looked at; None for others.
        detail: What was asked for and how much was shown: the words of a search, the kind and the
            selection of an export.
    """

    happened_at: datetime
    actor: str
    kind: AccessKind
    picture_id: str | None
    detail: dict[str, Any]


class AccessLog:
    """The accesses of a store; see `LabelStore` for what it promises."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._now = clock

    def note(
        self,
        actor: str,
        kind: AccessKind,
        *,
        picture_id: str | None = None,
        **detail: Any,
    ) -> None:
        """Store one access; nothing is handed out of which this has failed.

        Args:
            actor: Who.
            kind: What.
            picture_id: The plate that it is about, if it is one.
            detail: More; what is empty is left out.

        Raises:
            StoreError: It could not be written.
        """
        row = {
            "happened_at": self._now(),
            "actor": _clean(actor)[:MAX_ACTOR_LENGTH],
            "kind": AccessKind(kind).value,
            "picture_id": picture_id,
            "detail": _clean_detail(detail),
        }
        with self._database.write() as connection:
            connection.execute(insert(accesses).values(row))

    def note_look(self, actor: str, kind: AccessKind, **about: Any) -> None:
        """Store that somebody looks; a full disk, which takes no answers either, hides nothing."""
        try:
            self.note(actor, kind, **about)
        except StoreError:
            log.warning("An access could not be noted", exc_info=True)

    def rows(
        self,
        *,
        person: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        picture_id: str | None = None,
        newest: int | None = None,
    ) -> Iterator[Access]:
        """Yield accesses that fit everything given, newest first, not all of them in memory.

        Args:
            person: Who.
            since: From then on.
            until: Before then.
            picture_id: One plate, looked at.
            newest: At most so many.
        """
        columns = accesses.c
        found = select(accesses).order_by(columns.happened_at.desc(), columns.access_id.desc())
        if person is not None:
            found = found.where(columns.actor == person)
        if since is not None:
            found = found.where(columns.happened_at >= since)
        if until is not None:
            found = found.where(columns.happened_at < until)
        if picture_id is not None:
            found = found.where(columns.picture_id == picture_id)
        found = found.limit(newest)
        with self._database.read() as connection:
            options = found.execution_options(yield_per=_CHUNK)
            for row in connection.execute(options).mappings():
                values = dict(row)
                del values["access_id"]
                yield Access(**values | {"kind": AccessKind(row["kind"])})


def _clean_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what says something, each word of a bounded length."""
    cleaned = {
        name: value if isinstance(value, int) else _clean(str(value))
        for name, value in detail.items()
    }
    return {name: value for name, value in cleaned.items() if value != ""}


def _clean(text: str) -> str:
    """PostgreSQL takes no NUL and no half of a surrogate pair."""
    plain = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return plain[:MAX_WORD_LENGTH]
