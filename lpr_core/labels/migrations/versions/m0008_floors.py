"""Keep each reading's floor: the confidence from which its text counts as read."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; older readers named no floor, so 0.5 holds for what they read."""
    floor = sa.Column("readable_from", sa.Float, nullable=False, server_default=sa.text("0.5"))
    op.add_column("readings", floor)
