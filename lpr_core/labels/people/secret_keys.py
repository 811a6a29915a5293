"""Secrets that a browser or a program shows: random, and kept only as their SHA-256."""

import hashlib
import secrets

NUM_BYTES = 32


def make_secret() -> str:
    """Return 32 random bytes as text that fits into a cookie or a header."""
    return secrets.token_urlsafe(NUM_BYTES)


def hash_secret(secret: str) -> str:
    """Return what to store of a secret; its 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
