"""Many pictures at once, their labels along, from files, folders and archives of strangers."""

from lpr_core.labels.intake.intake import take_in

__all__ = ["take_in"]
