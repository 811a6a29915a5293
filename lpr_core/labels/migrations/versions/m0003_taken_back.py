"""Let a revision take a verdict back: the mark `unchecked`, with no text."""

import sqlalchemy as sa
from alembic import op

from lpr_core.labels.migrations.append_only import protect_table

revision = "0003"
down_revision = "0002"

RULE = sa.text(
    "(mark IN ('correct', 'corrected') AND after <> '')"
    " OR (mark IN ('unchecked', 'unreadable', 'not_a_plate') AND after = '')"
)
NAME = "ck_revisions_mark_fits_text"


def upgrade() -> None:
    """Exchange the rule; SQLite cannot, so there the table is copied, row for row."""
    if op.get_bind().dialect.name == "sqlite":
        _copy_table()
    else:
        op.drop_constraint(op.f(NAME), "revisions", type_="check")
        op.create_check_constraint(op.f(NAME), "revisions", RULE)


def _copy_table() -> None:
    op.create_table(
        "revisions_new",
        sa.Column("revision_id", sa.Integer, nullable=False),
        sa.Column("picture_id", sa.String(64), nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("before", sa.String(64), nullable=False),
        sa.Column("after", sa.String(16), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("reader_version", sa.String(80), nullable=False),
        sa.Column("saved_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("revision_id", name="pk_revisions"),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.picture_id"], name="fk_revisions_picture_id"
        ),
        sa.CheckConstraint(RULE, name=op.f(NAME)),
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO revisions_new SELECT * FROM revisions")
    op.drop_table("revisions")
    op.rename_table("revisions_new", "revisions")
    op.create_index(
        "ix_revisions_picture_id_revision_id", "revisions", ["picture_id", "revision_id"]
    )
    protect_table("revisions", "revision_id")
