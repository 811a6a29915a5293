"""Devices that somebody has signed in with before, so that guessers elsewhere do not slow her down.

The rule is that of device cookies: https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

import hashlib
import hmac
import secrets

_NONCE_BYTES = 16


def make_device(password_hash: str) -> str:
    """Return what a browser keeps after a sign-in; a new password makes it worthless."""
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    return f"{nonce}.{_sign(nonce, password_hash)}"


def identify_device(device: str, password_hash: str | None) -> str:
    """Return a device's own name; nothing where it was not made with this password's hash."""
    nonce, _, signature = device.partition(".")
    if not device.isascii() or password_hash is None:
        return ""
    is_ours = hmac.compare_digest(signature, _sign(nonce, password_hash))
    return f"device {hashlib.sha256(nonce.encode()).hexdigest()[:32]}" if is_ours else ""


def _sign(nonce: str, password_hash: str) -> str:
    return hmac.new(password_hash.encode(), nonce.encode(), hashlib.sha256).hexdigest()
