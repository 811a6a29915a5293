"""Finding: from a photo to the boxes of the plates in it, or of any other classes of things.

Here are the values that describe a network; `lpr_core.tasks.networks` builds it with Keras.
"""

from typing import Any

from lpr_core.tasks.finding.config import FindingConfig

__all__ = ["TASK", "FindingConfig"]


def __getattr__(name: str) -> Any:
    """Load the task when it is asked for: who only serves its networks needs no pandas."""
    if name == "TASK":
        from lpr_core.tasks.finding.task import TASK

        return TASK
    raise AttributeError(name)
