"""The tables of the label store. Change them only together with a new migration."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
)

from lpr_core.labels.rows import MAX_TEXT_LENGTH

SCHEMA_VERSION = "0002"
"""The newest migration."""


class UtcDateTime(TypeDecorator[datetime]):
    """Moments in UTC: aware in Python, without an offset in the database (SQLite keeps none)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Drop the offset after moving to UTC."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Say again that it is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

pictures = Table(
    "pictures",
    metadata,
    Column("picture_id", String(64), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("file_name", String(80), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    Column("reading_id", Integer, primary_key=True),
    Column("picture_id", ForeignKey("pictures.picture_id"), nullable=False),
    Column("text", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("region", String(32)),
    Column("pattern", String(80)),
    Column("slots", JSON, nullable=False),
    Column("reader_version", String(80), nullable=False),
    Column("read_at", UtcDateTime, nullable=False),
    Index(None, "picture_id", "reading_id"),
    # An id is never given twice, not even after a row was removed by force.
    sqlite_autoincrement=True,
)

revisions = Table(
    "revisions",
    metadata,
    Column("revision_id", Integer, primary_key=True),
    Column("picture_id", ForeignKey("pictures.picture_id"), nullable=False),
    Column("mark", String(16), nullable=False),
    Column("before", String(64), nullable=False),
    Column("after", String(MAX_TEXT_LENGTH), nullable=False),
    Column("author", String(80), nullable=False),
    Column("reader_version", String(80), nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    CheckConstraint(
        "(mark IN ('correct', 'corrected') AND after <> '')"
        " OR (mark IN ('unreadable', 'not_a_plate') AND after = '')",
        name="mark_fits_text",
    ),
    Index(None, "picture_id", "revision_id"),
    sqlite_autoincrement=True,
)
