"""Who labels what next: plates handed out, held by one person at a time, answered and undone."""

from lpr_core.labels.queue.queue import Queue

__all__ = ["Queue"]
