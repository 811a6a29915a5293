"""Rows of users, in a transaction of the caller."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from lpr_core.labels.tables.schema import users

MAX_NAME_LENGTH = 80


class Role(StrEnum):
    """What a user may do; each may do what the one before may."""

    ANNOTATOR = "annotator"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Tell whether this role may do what another one may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


@dataclass(frozen=True)
class User:
    """One person who may sign in, unless inactive.

    Attributes:
        user_id: Rises with time.
        name: As it is shown; two names never differ in case only.
        role: What she may do.
        active: Whether she may sign in.
        created_at: UTC.
    """

    user_id: int
    name: str
    role: Role
    active: bool
    created_at: datetime


def clean_name(name: str) -> str:
    """Return a name as it is stored.

    Raises:
        ValueError: It is empty, too long, or has characters that cannot be printed.
    """
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= MAX_NAME_LENGTH or not cleaned.isprintable():
        raise ValueError(
            f"A user's name has 1 to {MAX_NAME_LENGTH} printable characters. "
            f"Received: {name[:100]!r}"
        )
    return cleaned


def name_key(name: str) -> str:
    """Return what a name is found by; case, spaces and control codes do not matter."""
    printable = "".join(symbol for symbol in " ".join(name.split()) if symbol.isprintable())
    return printable.casefold()[:MAX_NAME_LENGTH]


def add_row(
    connection: Connection, name: str, password_hash: str, role: Role, now: datetime
) -> User:
    """Store a new user.

    Raises:
        ValueError: The name is taken.
    """
    row = {
        "name": name,
        "name_key": name_key(name),
        "password_hash": password_hash,
        "role": role.value,
        "active": True,
        "created_at": now,
    }
    try:
        added = connection.execute(insert(users).values(row).returning(users))
    except IntegrityError as error:
        raise ValueError(f"There is already a user with this name. Received: {name!r}") from error
    return to_user(added.mappings().one())


def change_row(connection: Connection, user_id: int, **values: Any) -> User:
    """Set some columns of a user.

    Raises:
        ValueError: The user is unknown.
    """
    changed = update(users).where(users.c.user_id == user_id).values(values).returning(users)
    row = connection.execute(changed).mappings().one_or_none()
    if row is None:
        raise ValueError(f"`user_id` must be a user. Received: {user_id}")
    return to_user(row)


def find_row(connection: Connection, rule: ColumnElement[bool]) -> RowMapping | None:
    """Return the row of one user, if there is one."""
    return connection.execute(select(users).where(rule)).mappings().one_or_none()


def find_user(connection: Connection, rule: ColumnElement[bool]) -> User | None:
    """Return one user, if there is one."""
    row = find_row(connection, rule)
    return to_user(row) if row else None


def check_an_admin_stays(connection: Connection) -> None:
    """Refuse a change after which nobody could change users any more.

    Raises:
        ValueError: No active admin is left.
    """
    admins = select(func.count()).where(users.c.role == Role.ADMIN.value, users.c.active)
    if not connection.scalar(admins):
        raise ValueError("At least one active admin must stay.")


def to_user(row: RowMapping) -> User:
    """Return a row as callers see it: without the password."""
    return User(row["user_id"], row["name"], Role(row["role"]), row["active"], row["created_at"])
