"""The two files of a saved network, found and described without Keras."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lpr_core.tasks.task import NetworkConfig, find_task
from lpr_core.untrusted import read_untrusted

CONFIG_NAME = "network.json"
WEIGHTS_NAME = "network.weights.h5"
MAX_CONFIG_BYTES = 1_000_000

_NAMES = ((CONFIG_NAME, WEIGHTS_NAME), ("recognizer.json", "recognizer.weights.h5"))
"""Ours, and those of versions that could only read plates."""

_FIRST_TASK = "reading"
"""What networks and runs are about that were made before there were tasks."""


@dataclass(frozen=True)
class NetworkFiles:
    """Where the two files of a saved network lie."""

    config: Path
    weights: Path


def find_files(folder: Path) -> NetworkFiles:
    """Return where the files of a saved network lie.

    Raises:
        FileNotFoundError: The folder holds no network.
    """
    for names in _NAMES:
        files = NetworkFiles(*(folder / name for name in names))
        if files.config.is_file() and files.weights.is_file():
            return files
    raise FileNotFoundError(f"{folder} holds no network ({', '.join(_NAMES[0])}).")


def discard_files(folder: Path) -> None:
    """Remove a saved network, where there is one."""
    for names in _NAMES:
        for name in names:
            (folder / name).unlink(missing_ok=True)


def is_network_file(name: str) -> bool:
    """Tell whether a file of a run belongs to its saved network."""
    return any(name in names for names in _NAMES)


def read_network_config(folder: Path) -> NetworkConfig:
    """Return the configuration of a saved network.

    Raises:
        FileNotFoundError: The folder holds no network.
        ValueError: Its configuration is damaged.
    """
    return parse_network(json.loads(read_untrusted(find_files(folder).config, MAX_CONFIG_BYTES)))


def parse_network(values: Any) -> NetworkConfig:
    """Return the configuration of some task's network.

    Args:
        values: Its fields, the task's name among them, or such a configuration.

    Raises:
        ValueError: There is no such task, or a field is unknown or out of range.
    """
    if isinstance(values, NetworkConfig):
        return values
    if not isinstance(values, dict):
        raise ValueError(f"a network is described by its settings. Received: {values!r}")
    named = {"task": _FIRST_TASK, **values}
    return find_task(str(named["task"])).config.model_validate(named)
