"""How often a password may be tried, counted in the store, so for all processes together."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock

from sqlalchemy import Column, Connection, delete, insert, select

from lpr_core.labels.tables.database import take_turns
from lpr_core.labels.tables.schema import failed_sign_ins

WINDOW = timedelta(minutes=1)
"""Guessing is slowed down and nobody locked out: 7,200 guesses a day, of passwords of 8 signs."""
MAX_PER_NAME = 5
MAX_PER_ORIGIN = 20
"""More than for a name: an office shares one address."""

_BUSY = BoundedSemaphore(4)
"""Each check of a password takes 64 MB on purpose."""
_TURNS = tuple(Lock() for _ in range(256))


@contextmanager
def one_after_another(name_key: str) -> Iterator[None]:
    """Check passwords for one name one after another, as far as this process can see.

    An attempt counts as failed until its password is checked: of right ones at once, one would
    else refuse the other.
    """
    with _TURNS[zlib.crc32(name_key.encode()) % len(_TURNS)], _BUSY:
        yield


class TooManyAttempts(ValueError):  # noqa: N818
    """Too many sign-ins have failed lately.

    Attributes:
        wait_seconds: When to try again.
    """

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"Too many sign-ins have failed. Try again in {wait_seconds} seconds.")
        self.wait_seconds = wait_seconds


def begin_attempt(connection: Connection, name_key: str, origin: str, now: datetime) -> int:
    """Count an attempt as failed before its password is checked, and return its id.

    So attempts side by side cannot all slip through.

    Raises:
        TooManyAttempts: The name or the origin has used up its attempts; nothing is counted.
    """
    take_turns(connection, "sign-in")
    columns = failed_sign_ins.c
    # Those from the future were written while the clock ran ahead.
    is_past = (columns.tried_at <= now - WINDOW) | (columns.tried_at > now + WINDOW)
    connection.execute(delete(failed_sign_ins).where(is_past))
    wait = max(
        _seconds_to_wait(connection, columns.name_key, name_key, MAX_PER_NAME, now),
        _seconds_to_wait(connection, columns.origin, origin, MAX_PER_ORIGIN, now),
    )
    if wait:
        raise TooManyAttempts(wait)
    row = {"name_key": name_key, "origin": origin, "tried_at": now}
    added = insert(failed_sign_ins).values(row).returning(columns.attempt_id)
    return connection.execute(added).scalar_one()


def forgive_attempt(connection: Connection, attempt_id: int, name_key: str) -> None:
    """Forget an attempt that succeeded, and the failed ones for its name.

    Those of its origin stay: one right password does not excuse guessing at others.
    """
    columns = failed_sign_ins.c
    succeeded = (columns.attempt_id == attempt_id) | (columns.name_key == name_key)
    connection.execute(delete(failed_sign_ins).where(succeeded))


def _seconds_to_wait(
    connection: Connection, column: Column[str], value: str, most: int, now: datetime
) -> int:
    """Return 0, or when the oldest of the latest `most` attempts leaves the window."""
    tried = select(failed_sign_ins.c.tried_at).where(column == value)
    latest = tried.order_by(failed_sign_ins.c.tried_at.desc()).limit(most)
    times = connection.scalars(latest).all()
    if len(times) < most:
        return 0
    wait = min(WINDOW, times[-1] + WINDOW - now)
    return max(1, int(wait.total_seconds()) + 1)
