"""One table of all rows, written row by row and put in its place at the end."""

import csv
import json
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from lpr_core.files import sync_path
from lpr_core.serving.many.rows import COLUMNS

FORMATS = ("csv", "jsonl", "parquet")
_ROWS_AT_ONCE = 10_000

Row = Mapping[str, Any]


class RowWriter(Protocol):
    """Takes rows one after the other."""

    def write(self, rows: Iterable[Row]) -> None:
        """Write some rows."""


def find_format(path: Path) -> str:
    """Return the format that a file's ending says.

    Raises:
        ValueError: It says none of `FORMATS`.
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise ValueError(
            f"the results' file must end with .{', .'.join(FORMATS)}. Received: {path.name!r}"
        )
    return ending


@contextmanager
def write_table(path: Path) -> Iterator[RowWriter]:
    """Yield a writer of a table that appears whole at the end, or not at all.

    Raises:
        ValueError: The file's ending says no known format.
        OSError: It cannot be written.
    """
    kind = find_format(path)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with _open(kind, draft) as writer:
            yield writer
        sync_path(draft)
        draft.replace(path)
        sync_path(path.parent)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _open(kind: str, path: Path) -> Iterator[RowWriter]:
    if kind == "parquet":
        with _open_parquet(path) as writer:
            yield writer
        return
    with path.open("w", encoding="utf-8", newline="" if kind == "csv" else os.linesep) as stream:
        if kind == "csv":
            table = csv.DictWriter(stream, list(COLUMNS), lineterminator="\n")
            table.writeheader()
            yield _Lines(lambda row: table.writerow(_spell(row)))
        else:
            yield _Lines(lambda row: stream.write(json.dumps(row, ensure_ascii=False) + "\n"))


class _Lines:
    """Writes each row by one function."""

    def __init__(self, write_row: Any) -> None:
        self._write_row = write_row

    def write(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._write_row(row)


def _spell(row: Row) -> dict[str, Any]:
    """Return a row as a CSV has it: nothing for what is not there, lower-case truths."""
    return {
        name: "" if value is None else str(value).lower() if isinstance(value, bool) else value
        for name, value in row.items()
    }


@contextmanager
def _open_parquet(path: Path) -> Iterator[RowWriter]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {
        "text": pa.string(),
        "integer": pa.int32(),
        "number": pa.float64(),
        "truth": pa.bool_(),
    }
    schema = pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])

    class Groups:
        """Gathers rows to groups, for a group a row would be a large file."""

        def __init__(self) -> None:
            self.rows: list[Row] = []

        def write(self, rows: Iterable[Row]) -> None:
            self.rows.extend(rows)
            if len(self.rows) >= _ROWS_AT_ONCE:
                self.flush()

        def flush(self) -> None:
            if self.rows:
                table.write_table(pa.Table.from_pylist([dict(row) for row in self.rows], schema))
                self.rows = []

    with pq.ParquetWriter(path, schema) as table:
        groups = Groups()
        yield groups
        groups.flush()
