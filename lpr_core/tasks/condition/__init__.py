"""Condition: from a crop to one of two classes, such as a plate that is clean or hard to read.

Here are the values that describe a network; `lpr_core.tasks.networks` builds it with Keras.
"""

from typing import Any

from lpr_core.tasks.condition.config import ConditionConfig

__all__ = ["TASK", "ConditionConfig"]


def __getattr__(name: str) -> Any:
    """Load the task when it is asked for: who only serves its networks needs no pandas."""
    if name == "TASK":
        from lpr_core.tasks.condition.task import TASK

        return TASK
    raise AttributeError(name)
