"""A progress bar with the time left, on the error stream, so that output stays clean."""

from collections.abc import Iterator
from contextlib import contextmanager

from lpr_core.progress import CountListener


@contextmanager
def show_progress(description: str) -> Iterator[CountListener]:
    """Yield a function that takes what is done and the total, and moves the bar.

    There is no bar before something is done: what is refused at once is one sentence.
    """
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
    progress = Progress(*columns, console=Console(stderr=True))
    task = progress.add_task(description, total=None)

    def tell(done: int, total: int) -> None:
        progress.start()
        progress.update(task, completed=done, total=total)

    try:
        yield tell
    finally:
        if progress.live.is_started:
            progress.stop()
