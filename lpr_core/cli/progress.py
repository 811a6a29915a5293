"""A progress bar with the time left, on the error stream, so that output stays clean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def show_progress(description: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that takes what is done and the total, and moves the bar."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(description, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
