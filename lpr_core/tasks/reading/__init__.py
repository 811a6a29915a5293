"""Reading: from a crop of a plate to its text, slot by slot.

Here are the values that describe a network; `lpr_core.tasks.reading.network` builds it with Keras.
"""

from lpr_core.tasks.reading.config import RecognizerConfig, head_names

__all__ = ["RecognizerConfig", "head_names"]
