"""Passwords, hashed with Argon2id (argon2-cffi, RFC 9106's low-memory profile)."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 8
MAX_LENGTH = 256
"""Nobody types more; a megabyte would only keep the server busy."""

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Return what to store of a password.

    Raises:
        ValueError: It is too short or too long; the message does not repeat it.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise ValueError(
            f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters. Received: {len(password)}"
        )
    return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Tell whether a password is right; where no user is, it takes as long and is wrong.

    Args:
        stored: From `hash_password`, or None.
        password: As it was typed.
    """
    try:
        _hasher.verify(stored or _hash_of_nobody(), password[: MAX_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash("nobody has this password")
