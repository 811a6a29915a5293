"""What a network that reads plates is made of, as values; cheap to import."""

from typing import Literal, get_args

from pydantic import Field

from lpr_core.plates.format import SEVEN, PlateFormat
from lpr_core.tasks.task import NetworkConfig

HeadName = Literal["pooled", "positional", "attention", "context"]


def head_names() -> tuple[str, ...]:
    """Return the heads that there are."""
    return get_args(HeadName)


class ReadingConfig(NetworkConfig):
    """The network; the defaults are the first account's. Pictures are stretched to its size.

    Attributes:
        plate_format: Slots and symbols.
        head: `pooled` (the account's), `positional` (pools over the height only) or `attention`
            (each slot looks at its own place), or `context` (places see each other before slots
            look, and slots see each other, so that the network can count: for any length).
        dense_units: Width of the layer before the symbols; in `context` of its inner layers.
        dropout: Share of features that is dropped before and after that layer while training.
    """

    task: Literal["reading"] = "reading"
    plate_format: PlateFormat = SEVEN
    head: HeadName = "pooled"
    dense_units: int = Field(default=360, ge=1, le=65_536)
    dropout: float = Field(default=0.2, ge=0, lt=1)


def require_reading(network: NetworkConfig) -> ReadingConfig:
    """Return a network's configuration where it reads plates.

    Raises:
        ValueError: It is made for another task.
    """
    if not isinstance(network, ReadingConfig):
        raise ValueError(f"a network that reads plates is needed. Received: one for {network.task}")
    return network
