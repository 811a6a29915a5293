"""Who can reach a server: people on this machine alone, or others too."""

import ipaddress
import re
from collections.abc import Iterable, Mapping

SESSION_COOKIE = "lpr_session"
"""Holds the secret of a session: of the labelling app, which signs in for the dashboard too, for a
browser shows the cookies of a host at all of its ports."""
_FORWARDED = re.compile(
    r"(x-)?forwarded.*|via|.*(real|client|connecting)-ip|x-original-.*|x-proxy.*|cdn-loop"
    r"|(cf|fly|fastly|tailscale|x-envoy|x-amzn?|x-arr|x-azure|x-cloud|x-vercel)-.*",
    re.IGNORECASE,
)
"""Headers that proxies and tunnels add (RFC 7239, RFC 9110 section 7.6.3, makers' manuals).

No browser sends one, nor any of our clients.
"""


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can connect to a server that listens on `host`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def named_hosts(environment: Mapping[str, str]) -> list[str]:
    """Return the host names in `LPR_ALLOWED_HOSTS`, which a proxy needs."""
    named = environment.get("LPR_ALLOWED_HOSTS", "").split(",")
    return [name.strip() for name in named if name.strip()]


def listens_privately(host: str, environment: Mapping[str, str]) -> bool:
    """Tell whether a server listens for this machine alone: on loopback, with no proxy named."""
    return is_loopback(host) and not named_hosts(environment)


def is_forwarded(header_names: Iterable[str]) -> bool:
    """Tell whether a request came through a proxy, on this machine or elsewhere.

    Whose proxy adds nothing at all is not found out: there `LPR_ALLOWED_HOSTS` says it.
    """
    return any(_FORWARDED.fullmatch(name) for name in header_names)
