"""Rows of sessions, in a transaction of the caller."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from lpr_core.labels.people.secret_keys import hash_secret, make_secret
from lpr_core.labels.people.users import User, find_user, to_user
from lpr_core.labels.tables.schema import sessions, users

IDLE = timedelta(hours=12)
"""A session ends when it was not used for so long."""
RENEW_AFTER = timedelta(minutes=5)
"""Using a session is written down at most so often, so that reading a page does not write."""


@dataclass(frozen=True)
class Session:
    """A sign-in that succeeded.

    Attributes:
        secret: What the browser shows from now on; the store keeps only its hash.
        user: Who signed in.
        expires_at: UTC; each use moves it on.
        device: What the browser keeps beyond the session, and shows at the next sign-in.
    """

    secret: str
    user: User
    expires_at: datetime
    device: str = ""


def begin_session(connection: Connection, user: User, now: datetime) -> Session:
    """Begin a session with a fresh secret; sessions that have ended are swept."""
    connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
    secret = make_secret()
    row = {
        "secret_hash": hash_secret(secret),
        "user_id": user.user_id,
        "created_at": now,
        "expires_at": now + IDLE,
    }
    connection.execute(insert(sessions).values(row))
    return Session(secret, user, now + IDLE)


def find_session(
    connection: Connection, secret: str, now: datetime
) -> tuple[User, datetime] | None:
    """Return who shows a secret and when the session will end; None where nobody may."""
    found = (
        select(users, sessions.c.expires_at)
        .join_from(users, sessions)
        .where(sessions.c.secret_hash == hash_secret(secret))
        .where(sessions.c.expires_at > now, users.c.active)
    )
    row = connection.execute(found).mappings().one_or_none()
    return (to_user(row), row["expires_at"]) if row else None


def renew_session(connection: Connection, secret: str, now: datetime) -> None:
    """Let a session run its full time again."""
    renewed = update(sessions).where(sessions.c.secret_hash == hash_secret(secret))
    connection.execute(renewed.values(expires_at=now + IDLE))


def end_session(connection: Connection, secret: str) -> User | None:
    """End a session and return whose it was; None for an unknown one."""
    ended = delete(sessions).where(sessions.c.secret_hash == hash_secret(secret))
    user_id = connection.scalar(ended.returning(sessions.c.user_id))
    return None if user_id is None else find_user(connection, users.c.user_id == user_id)


def end_sessions(connection: Connection, user_id: int) -> None:
    """Sign a user out everywhere."""
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
