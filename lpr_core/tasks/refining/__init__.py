"""Refining: from the surroundings of a found plate to its exact edges and corners.

Here are the values that describe a network; `lpr_core.tasks.networks` builds it with Keras.
"""

from typing import Any

from lpr_core.tasks.refining.config import RefiningConfig

__all__ = ["TASK", "RefiningConfig"]


def __getattr__(name: str) -> Any:
    """Load the task when it is asked for: who only serves its networks needs no pandas."""
    if name == "TASK":
        from lpr_core.tasks.refining.task import TASK

        return TASK
    raise AttributeError(name)
