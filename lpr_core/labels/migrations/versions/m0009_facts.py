"""Add what else a person can say of a plate: its rows, the camera, the time, the track."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns, empty."""
    op.add_column("pictures", sa.Column("rows", sa.Integer))
    op.add_column("pictures", sa.Column("camera", sa.String(80)))
    op.add_column("pictures", sa.Column("taken_at", sa.DateTime))
    op.add_column("pictures", sa.Column("track", sa.String(80)))
