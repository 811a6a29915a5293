"""Add people: users, sessions, tokens, failed sign-ins."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the four tables."""
    _make_users()
    _make_sessions()
    _make_tokens()
    _make_failed_sign_ins()


def _make_users() -> None:
    op.create_table(
        "users",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("name_key", sa.String(80), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_users"),
        sa.UniqueConstraint("name_key", name="uq_users_name_key"),
        sqlite_autoincrement=True,
    )


def _make_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("secret_hash", name="pk_sessions"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_sessions_user_id"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def _make_tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("token_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("revoked_at", sa.DateTime),
        sa.PrimaryKeyConstraint("token_id", name="pk_tokens"),
        sa.UniqueConstraint("secret_hash", name="uq_tokens_secret_hash"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_tokens_user_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tokens_user_id", "tokens", ["user_id"])


def _make_failed_sign_ins() -> None:
    op.create_table(
        "failed_sign_ins",
        sa.Column("attempt_id", sa.Integer, nullable=False),
        sa.Column("name_key", sa.String(80), nullable=False),
        sa.Column("origin", sa.String(80), nullable=False),
        sa.Column("tried_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_failed_sign_ins"),
        sqlite_autoincrement=True,
    )
    for columns in (["name_key", "tried_at"], ["origin", "tried_at"], ["tried_at"]):
        op.create_index(f"ix_failed_sign_ins_{'_'.join(columns)}", "failed_sign_ins", columns)
