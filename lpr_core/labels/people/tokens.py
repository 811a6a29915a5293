"""Rows of tokens, the keys of programs, in a transaction of the caller."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from lpr_core.labels.people.secret_keys import hash_secret, make_secret
from lpr_core.labels.people.users import User, to_user
from lpr_core.labels.tables.schema import tokens, users

MAX_LABEL_LENGTH = 80


@dataclass(frozen=True)
class Token:
    """A key for programs, without its secret.

    Attributes:
        token_id: Rises with time.
        user_id: Whose rights it has.
        label: What it is for.
        created_at: UTC.
        revoked_at: UTC; None while it is valid.
    """

    token_id: int
    user_id: int
    label: str
    created_at: datetime
    revoked_at: datetime | None


_COLUMNS = (
    tokens.c.token_id,
    tokens.c.user_id,
    tokens.c.label,
    tokens.c.created_at,
    tokens.c.revoked_at,
)


def issue_token(
    connection: Connection, user_id: int, label: str, now: datetime
) -> tuple[Token, str]:
    """Store a new token and return it with its secret, which is not kept.

    Raises:
        ValueError: The label is empty.
    """
    cleaned = " ".join(label.split())[:MAX_LABEL_LENGTH]
    if not cleaned:
        raise ValueError("A token needs a label that says what it is for. Received: nothing")
    secret = make_secret()
    row = {
        "user_id": user_id,
        "label": cleaned,
        "secret_hash": hash_secret(secret),
        "created_at": now,
    }
    added = connection.execute(insert(tokens).values(row).returning(*_COLUMNS))
    return Token(**added.mappings().one()), secret


def find_user_of_token(connection: Connection, secret: str) -> User | None:
    """Return whose token this is; None for an unknown or revoked one, or an inactive user."""
    found = (
        select(users)
        .join_from(users, tokens)
        .where(tokens.c.secret_hash == hash_secret(secret))
        .where(tokens.c.revoked_at.is_(None), users.c.active)
    )
    row = connection.execute(found).mappings().one_or_none()
    return to_user(row) if row else None


def list_rows(connection: Connection, user_id: int | None) -> tuple[Token, ...]:
    """Return the tokens of a user, or of all, oldest first."""
    found = select(*_COLUMNS).order_by(tokens.c.token_id)
    if user_id is not None:
        found = found.where(tokens.c.user_id == user_id)
    return tuple(Token(**row) for row in connection.execute(found).mappings())


def revoke(connection: Connection, token_id: int, now: datetime) -> Token:
    """Make a token worthless; the moment of the first time stays.

    Raises:
        ValueError: The token is unknown.
    """
    still_valid = update(tokens).where(tokens.c.token_id == token_id, tokens.c.revoked_at.is_(None))
    connection.execute(still_valid.values(revoked_at=now))
    found = select(*_COLUMNS).where(tokens.c.token_id == token_id)
    row = connection.execute(found).mappings().one_or_none()
    if row is None:
        raise ValueError(f"`token_id` must be a token. Received: {token_id}")
    return Token(**row)
