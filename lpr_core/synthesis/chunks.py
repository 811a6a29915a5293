"""Write many pictures and their manifest: in parallel, and the same whatever the number of jobs."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import cv2
import pandas as pd

from lpr_core.files import write_text_atomic
from lpr_core.processes import TaskEvent, Tell, share_out
from lpr_core.progress import CountListener

CHUNK_SIZE = 250
"""Pictures that share one seed and one folder; the result does not depend on the number of jobs."""

Order = TypeVar("Order")
Rows = Sequence[dict[str, str]]


def write_chunks(
    order: Order,
    count: int,
    write_chunk: Callable[[tuple[Order, Path, int], Tell], Rows],
    out_dir: Path,
    jobs: int | None,
    on_progress: CountListener | None,
) -> Path:
    """Have chunks of pictures written, and write the manifest of their rows; return its path.

    Args:
        order: What to draw; it is sent to other processes.
        count: Pictures in all.
        write_chunk: Writes the pictures from a number on, `CHUNK_SIZE` at most, and returns rows.
        out_dir: A folder without a manifest; it is made when missing.
        jobs: Processes; None takes one for each processor.
        on_progress: Called with the number of pictures written and the count.

    Raises:
        ValueError: `out_dir` holds a manifest already.
    """
    manifest_path = out_dir / "manifest.csv"
    if manifest_path.exists():
        raise ValueError(f"`out_dir` must not hold a manifest yet. Received: {out_dir}.")
    starts = range(0, count, CHUNK_SIZE)
    chunks: dict[int, Rows] = {}

    def note(event: TaskEvent[tuple[Order, Path, int]]) -> None:
        if event.failure is not None:
            raise event.failure
        if event.is_over:
            chunks[event.task[2]] = event.result
            if on_progress is not None:
                on_progress(min(len(chunks) * CHUNK_SIZE, count), count)

    tasks = [(order, out_dir, start) for start in starts]
    share_out(tasks, write_chunk, jobs or os.cpu_count() or 1, note, prepare=_use_one_thread)
    rows = [row for start in starts for row in chunks[start]]
    write_text_atomic(manifest_path, pd.DataFrame(rows, dtype="str").fillna("").to_csv(index=False))
    return manifest_path


def _use_one_thread() -> None:
    cv2.setNumThreads(1)
