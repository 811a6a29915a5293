"""Make the tables: pictures, readings, revisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the three tables and the indexes that find the latest row of a picture."""
    op.create_table(
        "pictures",
        sa.Column("picture_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("file_name", sa.String(80), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("picture_id", name="pk_pictures"),
    )
    op.create_table(
        "readings",
        sa.Column("reading_id", sa.Integer, nullable=False),
        sa.Column("picture_id", sa.String(64), nullable=False),
        sa.Column("text", sa.String(64), nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("region", sa.String(32)),
        sa.Column("pattern", sa.String(80)),
        sa.Column("slots", sa.JSON, nullable=False),
        sa.Column("reader_version", sa.String(80), nullable=False),
        sa.Column("read_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("reading_id", name="pk_readings"),
        _picture_key("readings"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "revisions",
        sa.Column("revision_id", sa.Integer, nullable=False),
        sa.Column("picture_id", sa.String(64), nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("after", sa.String(16), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("reader_version", sa.String(80), nullable=False),
        sa.Column("saved_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("revision_id", name="pk_revisions"),
        _picture_key("revisions"),
        sa.CheckConstraint(
            "(mark IN ('correct', 'corrected') AND after <> '')"
            " OR (mark IN ('unreadable', 'not_a_plate') AND after = '')",
            name=op.f("ck_revisions_mark_fits_text"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_readings_picture_id_reading_id", "readings", ["picture_id", "reading_id"])
    op.create_index(
        "ix_revisions_picture_id_revision_id", "revisions", ["picture_id", "revision_id"]
    )


def _picture_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["picture_id"], ["pictures.picture_id"], name=f"fk_{table}_picture_id"
    )
