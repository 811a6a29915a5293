"""Add the work of the queue: assignments, second readings, events."""

import sqlalchemy as sa
from alembic import op

from lpr_core.labels.migrations.append_only import protect_table

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the three tables; second readings and events are append-only."""
    _make_assignments()
    _make_second_readings()
    _make_events()
    protect_table("second_readings", "second_reading_id")
    protect_table("events", "event_id")


def _make_assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("assignment_id", sa.Integer, nullable=False),
        sa.Column("picture_id", sa.String(64), nullable=False),
        sa.Column("project_id", sa.Integer, nullable=False),
        sa.Column("annotator", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("seen_revision_id", sa.Integer, nullable=False),
        sa.Column("handed_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("closed_at", sa.DateTime),
        sa.Column("outcome", sa.String(16)),
        sa.Column("seconds", sa.Float),
        sa.PrimaryKeyConstraint("assignment_id", name="pk_assignments"),
        *_keys("assignments"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assignments_picture_id", "assignments", ["picture_id"])
    op.create_index("ix_assignments_annotator_closed_at", "assignments", ["annotator", "closed_at"])
    held = sa.text("closed_at IS NULL AND kind <> 'gold'")
    op.create_index(
        "ix_assignments_one_holder",
        "assignments",
        ["picture_id"],
        unique=True,
        sqlite_where=held,
        postgresql_where=held,
    )


def _make_second_readings() -> None:
    op.create_table(
        "second_readings",
        sa.Column("second_reading_id", sa.Integer, nullable=False),
        sa.Column("picture_id", sa.String(64), nullable=False),
        sa.Column("project_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("text", sa.String(16), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("expected_mark", sa.String(16), nullable=False),
        sa.Column("expected_text", sa.String(16), nullable=False),
        sa.Column("expected_author", sa.String(80), nullable=False),
        sa.Column("reader_version", sa.String(80), nullable=False),
        sa.Column("saved_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("second_reading_id", name="pk_second_readings"),
        *_keys("second_readings"),
        sa.CheckConstraint("kind IN ('second', 'gold')", name=op.f("ck_second_readings_kind")),
        sqlite_autoincrement=True,
    )
    for first in (["picture_id"], ["project_id", "kind"]):
        columns = [*first, "second_reading_id"]
        op.create_index(f"ix_second_readings_{'_'.join(columns)}", "second_readings", columns)


def _make_events() -> None:
    op.create_table(
        "events",
        sa.Column("event_id", sa.Integer, nullable=False),
        sa.Column("happened_at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("picture_id", sa.String(64)),
        sa.Column("project_id", sa.Integer),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_events"),
        *_keys("events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_happened_at", "events", ["happened_at"])


def _keys(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return tuple(
        sa.ForeignKeyConstraint([column], [f"{other}.{column}"], name=f"fk_{table}_{column}")
        for column, other in (("picture_id", "pictures"), ("project_id", "projects"))
    )
