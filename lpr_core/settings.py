"""Settings inside settings, named by dots."""

from collections.abc import Mapping
from typing import Any


def flatten_settings(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return every setting by its name, those of inner ones by dots: `network.head`.

    Values stay as they are, lists too; an inner one without settings is left out.
    """
    flat: dict[str, Any] = {}
    for name, value in values.items():
        inner = isinstance(value, Mapping)
        flat |= flatten_settings(value, f"{prefix}{name}.") if inner else {f"{prefix}{name}": value}
    return flat
