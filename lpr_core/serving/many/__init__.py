"""Many pictures read once: streamed in shards, resumed after a kill, written as one table."""

from lpr_core.serving.many.reading import ManyOptions, ManyProgress, read_many
from lpr_core.serving.many.table import FORMATS, find_format

__all__ = ["FORMATS", "ManyOptions", "ManyProgress", "find_format", "read_many"]
