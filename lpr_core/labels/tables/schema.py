"""The tables of the label store. Change them only together with a new migration."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
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
    text,
)

from lpr_core.labels.tables.rows import MAX_TEXT_LENGTH
from lpr_core.plates.facts import MAX_NAME_LENGTH

SCHEMA_VERSION = "0010"
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
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
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
    Column("phash", String(64)),
    Column("file_hash", String(64)),
    Column("region", String(32)),
    Column("rows", Integer),
    Column("camera", String(MAX_NAME_LENGTH)),
    Column("taken_at", UtcDateTime),
    Column("track", String(MAX_NAME_LENGTH)),
    Index(None, "phash"),
    Index(None, "file_hash"),
)
"""`phash` is a perceptual hash (`likeness.write_hash`), `file_hash` the SHA-256 of the stored file;
neither is known of every picture that an older program took in. `region` and the columns behind it
(`plates.facts`) are what whoever brought the picture said."""

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
    Column("readable_from", Float, nullable=False, server_default=text("0.5")),
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
        " OR (mark IN ('unchecked', 'unreadable', 'not_a_plate') AND after = '')",
        name="mark_fits_text",
    ),
    Index(None, "picture_id", "revision_id"),
    sqlite_autoincrement=True,
)

projects = Table(
    "projects",
    metadata,
    Column("project_id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("region", String(32)),
    Column("second_share", Float, nullable=False),
    Column("gold_share", Float, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

_WAITING_COLUMNS = ("picture_id", "region", "author")

standings = Table(
    "standings",
    metadata,
    Column("picture_id", ForeignKey("pictures.picture_id"), primary_key=True),
    Column("project_id", ForeignKey("projects.project_id"), nullable=False),
    Column("mark", String(16), nullable=False),
    Column("author", String(80), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("latest_reading_id", Integer, nullable=False),
    Column("latest_revision_id", Integer, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("agreement", Float, nullable=False),
    Column("region", String(32)),
    Column("added_at", UtcDateTime, nullable=False),
    Column("gold_text", String(MAX_TEXT_LENGTH)),
    Column("leased_to", String(80)),
    Column("leased_until", UtcDateTime),
    Index(None, "project_id", "mark"),
    Index(None, "latest_reading_id", "picture_id"),
    # One index for each order of the queue. The last columns answer what else it asks, so that a
    # search past many plates of other regions never leaves the index.
    Index("ix_standings_worst", "project_id", "stage", "confidence", *_WAITING_COLUMNS),
    Index(
        "ix_standings_disagreement",
        "project_id",
        "stage",
        "agreement",
        "confidence",
        *_WAITING_COLUMNS,
    ),
    Index("ix_standings_age", "project_id", "stage", "added_at", *_WAITING_COLUMNS),
    Index("ix_standings_random", "project_id", "stage", *_WAITING_COLUMNS),
)
"""How each picture stands now: one row that follows from the append-only tables, kept beside them
so that queue, search and counts never sort the past. `standing.py` writes it."""

assignments = Table(
    "assignments",
    metadata,
    Column("assignment_id", Integer, primary_key=True),
    Column("picture_id", ForeignKey("pictures.picture_id"), nullable=False),
    Column("project_id", ForeignKey("projects.project_id"), nullable=False),
    Column("annotator", String(80), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("seen_revision_id", Integer, nullable=False),
    Column("handed_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("outcome", String(16)),
    Column("seconds", Float),
    Index(None, "picture_id"),
    Index(None, "annotator", "closed_at"),
    Index(
        "ix_assignments_one_holder",
        "picture_id",
        unique=True,
        sqlite_where=text("closed_at IS NULL AND kind <> 'gold'"),
        postgresql_where=text("closed_at IS NULL AND kind <> 'gold'"),
    ),
    sqlite_autoincrement=True,
)
"""Who was handed which plate, and what became of it. The last index is the database's own word
that no plate is in two hands; a gold plate may be."""

second_readings = Table(
    "second_readings",
    metadata,
    Column("second_reading_id", Integer, primary_key=True),
    Column("picture_id", ForeignKey("pictures.picture_id"), nullable=False),
    Column("project_id", ForeignKey("projects.project_id"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("mark", String(16), nullable=False),
    Column("text", String(MAX_TEXT_LENGTH), nullable=False),
    Column("author", String(80), nullable=False),
    Column("expected_mark", String(16), nullable=False),
    Column("expected_text", String(MAX_TEXT_LENGTH), nullable=False),
    Column("expected_author", String(80), nullable=False),
    Column("reader_version", String(80), nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
    CheckConstraint("kind IN ('second', 'gold')", name="kind"),
    Index(None, "picture_id", "second_reading_id"),
    Index(None, "project_id", "kind", "second_reading_id"),
    sqlite_autoincrement=True,
)
"""What second readers, and readers of gold plates, said, beside what was expected: the first
reader's word or the gold text. Append-only; the mark `unchecked` takes one back."""

events = Table(
    "events",
    metadata,
    Column("event_id", Integer, primary_key=True),
    Column("happened_at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("picture_id", ForeignKey("pictures.picture_id")),
    Column("project_id", ForeignKey("projects.project_id")),
    Column("detail", JSON, nullable=False),
    Index(None, "happened_at"),
    sqlite_autoincrement=True,
)
"""Everything worth an audit that is neither a reading nor a revision. Append-only."""

users = Table(
    "users",
    metadata,
    Column("user_id", Integer, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("name_key", String(80), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("role", String(16), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.user_id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("token_id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.user_id"), nullable=False),
    Column("label", String(80), nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Index(None, "user_id"),
    sqlite_autoincrement=True,
)

failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("attempt_id", Integer, primary_key=True),
    Column("name_key", String(80), nullable=False),
    Column("origin", String(80), nullable=False),
    Column("tried_at", UtcDateTime, nullable=False),
    Index(None, "name_key", "tried_at"),
    Index(None, "origin", "tried_at"),
    Index(None, "tried_at"),
)
"""Sign-ins that failed, or whose password is being checked at this moment."""
