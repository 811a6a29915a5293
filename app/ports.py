"""The ports that the environment asks for."""

from collections.abc import Mapping


def read_port(environment: Mapping[str, str], *variables: str, default: int) -> int:
    """Return the port of the first of some variables that is set and not empty.

    Raises:
        ValueError: Its value is no port.
    """
    chosen = next((name for name in variables if environment.get(name)), None)
    if chosen is None:
        return default
    text = environment[chosen]
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ValueError(f"{chosen} must be a port from 1 to 65535. Received: {text!r}")
    return int(text)
