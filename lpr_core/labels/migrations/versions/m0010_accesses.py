"""Add who has looked at what and taken it away."""

import sqlalchemy as sa
from alembic import op

from lpr_core.labels.migrations.append_only import protect_table

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table, append-only."""
    op.create_table(
        "accesses",
        sa.Column("access_id", sa.Integer, nullable=False),
        sa.Column("happened_at", sa.DateTime, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("picture_id", sa.String(64)),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("access_id", name="pk_accesses"),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.picture_id"], name="fk_accesses_picture_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_accesses_happened_at", "accesses", ["happened_at"])
    protect_table("accesses", "access_id")
