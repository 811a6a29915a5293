"""Whether processes are still at work."""

import psutil


def lives(process_id: int) -> bool:
    """Whether a process can do anything: a container's first process may reap nobody."""
    try:
        return psutil.Process(process_id).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
