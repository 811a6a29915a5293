"""Finding: from a photo to the boxes of the plates in it, or of any other classes of things.

Here are the values that describe a network; `lpr_core.tasks.networks` builds it with Keras.
"""

from lpr_core.tasks.finding.config import FindingConfig
from lpr_core.tasks.finding.task import TASK

__all__ = ["TASK", "FindingConfig"]
