"""Refining: from the surroundings of a found plate to its exact edges and corners.

Here are the values that describe a network; `lpr_core.tasks.networks` builds it with Keras.
"""

from lpr_core.tasks.refining.config import RefiningConfig
from lpr_core.tasks.refining.task import TASK

__all__ = ["TASK", "RefiningConfig"]
