"""Add the region that a person has said, and find pictures by the hash of their file."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column, empty, and the index."""
    op.add_column("pictures", sa.Column("region", sa.String(32)))
    op.create_index("ix_pictures_file_hash", "pictures", ["file_hash"])
