"""Read many pictures: shard by shard in processes, each shard kept as it ends.

A run that was killed goes on with the shards that it lacks; a shard counts only for the very files,
sizes, times, bundles and settings that it was read with. The table is written at the end from all
shards in the order of the listing, so that it is the same however often the run was broken off.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from lpr_core.files import write_gzip_atomic
from lpr_core.processes import TaskEvent, Tell, share_out
from lpr_core.serving.many.listing import (
    Shard,
    count_pictures,
    list_names,
    read_shard,
    write_listing,
)
from lpr_core.serving.many.rows import load_pipeline, read_rows
from lpr_core.serving.many.table import find_format, write_table

SHARD_SIZE = 200
"""Pictures that are read in one piece: what a kill loses at most in each process."""

_LISTING = "listing"


@dataclass(frozen=True)
class ManyOptions:
    """How many pictures are read.

    Attributes:
        jobs: Processes; None takes one for each processor.
        region: Where the plates come from, if that is known.
        reader_dir: Bundle of the reader; None takes the shipped one.
        finder_dir: Likewise of the finder.
        shard_size: Pictures in a shard.
    """

    jobs: int | None = None
    region: str | None = None
    reader_dir: Path | None = None
    finder_dir: Path | None = None
    shard_size: int = SHARD_SIZE


@dataclass
class ManyProgress:
    """How far a run is.

    Attributes:
        total: Pictures to read in all.
        done: Of them, those in finished shards.
        kept: Of these, those that an earlier run had read.
        errors: Pictures that could not be read, in this run.
        seconds: Since this run began to read.
    """

    total: int = 0
    done: int = 0
    kept: int = 0
    errors: int = 0
    seconds: float = 0.0
    began: float = field(default_factory=time.monotonic, repr=False)

    @property
    def rate(self) -> float:
        """Pictures a second in this run; 0 before the first shard is done."""
        return (self.done - self.kept) / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until all are read; None before the first shard is done."""
        return (self.total - self.done) / self.rate if self.rate > 0 else None


ProgressTeller = Callable[[ManyProgress], None]
ShareOut = Callable[..., None]
"""`lpr_core.processes.share_out`, or what takes its place where there are several machines."""


def read_many(
    sources: Sequence[Path],
    out: Path,
    options: ManyOptions | None = None,
    on_progress: ProgressTeller | None = None,
    standard_input: Iterable[str] = (),
    share: ShareOut = share_out,
) -> ManyProgress:
    """Read all pictures of some sources into one table; go on where a killed run ended.

    Args:
        sources: See `list_names`.
        out: The table: `.csv`, `.jsonl` or `.parquet`. Until it is whole, `OUT.parts` beside it
            holds what is read.
        options: How.
        on_progress: Called after each shard.
        standard_input: Names of pictures, where a source is `-`.
        share: Brings shards to processes.

    Returns:
        How it ended.

    Raises:
        ValueError: There is no picture, the ending of `out` says no format, or the region is
            unknown.
        FileNotFoundError: A source or a bundle is missing.
        WorkerError: A process died over a shard twice.
    """
    options = options or ManyOptions()
    find_format(out)
    reads_with = _describe_reading(options)
    out.parent.mkdir(parents=True, exist_ok=True)
    parts_dir = out.with_name(f"{out.name}.parts")
    parts_dir.mkdir(exist_ok=True)
    listing = parts_dir / _LISTING
    names = list_names(sources, standard_input)
    shards = write_listing(names, listing, options.shard_size, reads_with)
    if not shards:
        shutil.rmtree(parts_dir)
        raise ValueError("there is no picture to read. Received: no name of one.")
    progress = ManyProgress(total=count_pictures(shards))
    missing = [shard for shard in shards if not _is_read(parts_dir, shard)]
    progress.kept = progress.done = progress.total - count_pictures(missing)
    _read_shards(missing, parts_dir, listing, options, progress, on_progress, share)
    with write_table(out) as table:
        for shard in shards:
            table.write(_load_part(parts_dir, shard))
    shutil.rmtree(parts_dir)
    return progress


def _describe_reading(options: ManyOptions) -> str:
    """Return what decides how a picture is read; raises where it cannot be read at all."""
    from lpr_core.plates.grammar import patterns_for

    if options.region is not None:
        patterns_for(options.region)
    pipeline = load_pipeline(options.reader_dir, options.finder_dir)
    finder = getattr(pipeline.finder, "card", None)
    versions = [pipeline.reader.card.version, finder.version if finder is not None else "none"]
    return json.dumps([*versions, options.region])


def _read_shards(
    missing: Sequence[Shard],
    parts_dir: Path,
    listing: Path,
    options: ManyOptions,
    progress: ManyProgress,
    on_progress: ProgressTeller | None,
    share: ShareOut,
) -> None:
    """Have shards read; one whose process died is tried once more, alone."""
    failed: list[Shard] = []

    def note(event: TaskEvent[Shard]) -> None:
        if not event.is_over:
            return
        if event.failure is not None:
            failed.append(event.task)
            return
        progress.done += event.task.count
        progress.errors += event.result
        progress.seconds = time.monotonic() - progress.began
        if on_progress is not None:
            on_progress(progress)

    work = partial(
        _work,
        listing=listing,
        parts_dir=parts_dir,
        region=options.region,
        reader_dir=options.reader_dir,
        finder_dir=options.finder_dir,
    )
    progress.began = time.monotonic()
    share(missing, work, options.jobs or os.cpu_count() or 1, note, prepare=_use_one_thread)
    again, failed = failed, []

    def insist(event: TaskEvent[Shard]) -> None:
        if event.failure is not None:
            raise event.failure
        note(event)

    if again:
        share(again, work, 1, insist, prepare=_use_one_thread)


def _work(
    shard: Shard,
    _tell: Tell,
    *,
    listing: Path,
    parts_dir: Path,
    region: str | None,
    reader_dir: Path | None,
    finder_dir: Path | None,
) -> int:
    """Read one shard and keep it; return how many of its pictures could not be read."""
    rows = read_rows(read_shard(listing, shard), region, reader_dir, finder_dir)
    head = {"digest": shard.digest, "count": shard.count}
    lines = [json.dumps(head), *(json.dumps(row) for row in rows)]
    write_gzip_atomic(_part_path(parts_dir, shard), "\n".join(lines).encode())
    return sum(row["error"] is not None for row in rows)


def _use_one_thread() -> None:
    import cv2

    cv2.setNumThreads(1)


def _part_path(parts_dir: Path, shard: Shard) -> Path:
    return parts_dir / f"{shard.number:07d}.jsonl.gz"


def _is_read(parts_dir: Path, shard: Shard) -> bool:
    """Whether a kept shard is of these very files; one that is damaged is read again."""
    import gzip
    import zlib

    try:
        with gzip.open(_part_path(parts_dir, shard), "rt", encoding="utf-8") as lines:
            head = json.loads(next(lines))
    except (OSError, EOFError, zlib.error, ValueError, StopIteration):
        return False
    return head == {"digest": shard.digest, "count": shard.count}


def _load_part(parts_dir: Path, shard: Shard) -> Iterator[dict[str, Any]]:
    import gzip

    with gzip.open(_part_path(parts_dir, shard), "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            yield json.loads(line)
