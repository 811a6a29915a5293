"""What databases and disks complain about, in plain words."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

BUSY = "another program keeps it busy; try again"

_REASONS = {
    "locked": BUSY,
    "busy": BUSY,
    "full": "its disk is full",
    "readonly": "it may only be read, not written",
    "unable to open": "it cannot be opened; check its folder and its rights",
    "not a database": "the file is not a database",
    "malformed": "the file is damaged",
    "disk i/o": "its disk reports an error",
    "no space left": "its disk is full",
    "read-only transaction": "it may only be read, not written",
    **dict.fromkeys(
        (
            "connection refused",
            "no such file",  # the server's socket
            "could not translate host",
            "timeout expired",
            "server closed the connection",
            "terminating connection",
        ),
        "the database server does not answer",
    ),
}
_OS_REASONS = {
    errno.ENOSPC: "its disk is full",
    errno.EDQUOT: "its disk quota is used up",
    errno.EACCES: "its folder may not be written",
    errno.EROFS: "its disk may only be read",
}


class StoreError(RuntimeError):
    """The store cannot do what was asked; nothing of it was saved. The message is one sentence."""


@contextmanager
def explain_errors() -> Iterator[None]:
    """Turn errors of the database and of the disk into a `StoreError` of one sentence."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(say_failed(_reason(str(error.orig)))) from error
    except sqlite3.Error as error:
        raise StoreError(say_failed(_reason(str(error)))) from error
    except PoolTimeoutError as error:
        raise StoreError(say_failed("too many ask at once; try again")) from error
    except OSError as error:
        reason = _OS_REASONS.get(error.errno or 0, str(error.strerror or error))
        raise StoreError(say_failed(reason)) from error


def say_failed(reason: str) -> str:
    """Return the sentence for a reason why nothing was saved or loaded."""
    return f"The label store did not save or load anything: {reason}."


def _reason(message: str) -> str:
    """Say in plain words what a database complains about; its own first line when unknown."""
    for sign, reason in _REASONS.items():
        if sign in message.lower():
            return reason
    return message.strip().splitlines()[0].rstrip(".") if message.strip() else "unknown error"
