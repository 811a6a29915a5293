"""Reading: from a crop of a plate to its text, slot by slot.

Here are the values that describe a network; `lpr_core.tasks.networks` builds it with Keras.
"""

from lpr_core.tasks.reading.config import ReadingConfig, head_names
from lpr_core.tasks.reading.task import TASK

__all__ = ["TASK", "ReadingConfig", "head_names"]
