"""Read the pictures that no model has read yet, apart from taking them in."""

import os
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from lpr_core.labels.store import LabelStore
from lpr_core.labels.tables.bulk import Unread
from lpr_core.pictures.decoding import Picture, PictureError, read_picture
from lpr_core.plates.grammar import patterns_for
from lpr_core.progress import CountListener

BATCH_SIZE = 32


class Reading(Protocol):
    """What `reading.PlateReading` is."""

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as JSON has it."""
        ...


class PlateReader(Protocol):
    """What `reading.Reader` is; that room stands above this one."""

    def read_batch(
        self, pictures: Sequence[Picture], region: str | None = None
    ) -> Sequence[Reading]:
        """Read pictures of any sizes."""
        ...


@dataclass(frozen=True)
class ReadingReport:
    """How many pictures were read, and what is wrong with the others, by picture id."""

    num_read: int
    problems: dict[str, str]


def read_unread(
    store: LabelStore,
    reader: PlateReader,
    *,
    project_id: int | None = None,
    limit: int | None = None,
    on_progress: CountListener | None = None,
) -> ReadingReport:
    """Read pictures that nobody has read, and store each batch in one transaction.

    It may be cut at any time and called again; a picture that another process has read meanwhile is
    left as it is. A picture is read as of its own region, else its project's, if that is known.

    Args:
        store: Where they are.
        reader: Who reads.
        project_id: One project only.
        limit: At most so many pictures, for a worker in the background.
        on_progress: Called after each batch with what is done and the total.

    Raises:
        StoreError: The store cannot save; batches before this one are stored.
    """
    total = store.bulk.count_unread(project_id)
    total = total if limit is None else min(limit, total)
    num_read = done = 0
    problems: dict[str, str] = {}
    last = ""
    while done < total:
        batch = store.bulk.find_unread(
            min(BATCH_SIZE, total - done), after=last, project_id=project_id
        )
        if not batch:
            break
        read, faults = _read_batch(store, reader, batch)
        num_read += store.bulk.add_readings(read)
        problems |= faults
        last = batch[-1].picture_id
        done += len(batch)
        if on_progress:
            on_progress(done, total)
    return ReadingReport(num_read, problems)


def _read_batch(
    store: LabelStore, reader: PlateReader, batch: Sequence[Unread]
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Return the readings, and what is wrong with the other pictures, by picture id."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        opened = list(pool.map(lambda one: _open(store, one), batch))
    problems: dict[str, str] = {}
    by_region: dict[str | None, list[tuple[str, Picture]]] = defaultdict(list)
    for one, picture in zip(batch, opened, strict=True):
        if isinstance(picture, str):
            problems[one.picture_id] = picture
        else:
            by_region[_known_region(one.region)].append((one.picture_id, picture))
    read: dict[str, dict[str, Any]] = {}
    for region, members in by_region.items():
        readings = reader.read_batch([picture for _, picture in members], region)
        read |= {
            picture_id: reading.to_dict()
            for (picture_id, _), reading in zip(members, readings, strict=True)
        }
    return read, problems


def _open(store: LabelStore, one: Unread) -> Picture | str:
    try:
        return read_picture(store.pictures_dir / one.file_name)
    except PictureError as error:
        return str(error)


@cache
def _known_region(region: str | None) -> str | None:
    """Return a region that the reader knows patterns of, else None."""
    try:
        return region if region and patterns_for(region) else None
    except ValueError:
        return None
