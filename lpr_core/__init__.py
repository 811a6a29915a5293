"""Licence-plate recognition. A room imports only from the rooms below it.

The names below are what a program that reads plates needs; each is imported when it is first used.

Example:
    >>> from lpr_core import Pipeline, read_picture
    >>> pipeline = Pipeline.load()
    >>> pipeline.read(read_picture("photo.jpg")).plates  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lpr_core.pictures.decoding import read_picture
    from lpr_core.serving.finding.finder import Finder
    from lpr_core.serving.pipeline import PhotoReading, Pipeline, SeenPlate
    from lpr_core.serving.reader import PlateReading, Reader

__version__ = "0.1.0"

__all__ = [
    "Finder",
    "PhotoReading",
    "Pipeline",
    "PlateReading",
    "Reader",
    "SeenPlate",
    "read_picture",
]

_MODULES = {
    "Finder": "lpr_core.serving.finding.finder",
    "PhotoReading": "lpr_core.serving.pipeline",
    "Pipeline": "lpr_core.serving.pipeline",
    "PlateReading": "lpr_core.serving.reader",
    "Reader": "lpr_core.serving.reader",
    "SeenPlate": "lpr_core.serving.pipeline",
    "read_picture": "lpr_core.pictures.decoding",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: `import lpr_core` alone costs nothing."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
