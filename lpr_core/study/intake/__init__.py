"""Studies and runs that were made elsewhere: unpacked aside, checked, then put into their place."""

from lpr_core.study.intake.take_in import take_in
from lpr_core.study.intake.unpack import StudyRefusedError

__all__ = ["StudyRefusedError", "take_in"]
