"""Write what a model read, in a transaction of the caller."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert

from lpr_core.labels.tables.clock import utc_now
from lpr_core.labels.tables.queries import load_record
from lpr_core.labels.tables.rows import READING_FIELDS, PlateRecord, StoredReading
from lpr_core.labels.tables.schema import readings
from lpr_core.labels.tables.standing import note_reading


def keep_columns(reading: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the store keeps of `PlateReading.to_dict()`."""
    return {name: reading[name] for name in READING_FIELDS}


def keep_reading(
    connection: Connection, picture_id: str, reading: Mapping[str, Any]
) -> PlateRecord:
    """Store a reading unless it repeats the latest one, and return the picture's record with it.

    Args:
        connection: In a writing transaction that has locked the picture's row.
        picture_id: Of a stored picture.
        reading: `PlateReading.to_dict()`.
    """
    record = load_record(connection, picture_id)
    latest = record.reading
    if latest and keep_columns(_as_row(latest)) == keep_columns(reading):
        return record
    return write_reading(connection, picture_id, reading)


def show_reading(record: PlateRecord, reading: Mapping[str, Any]) -> PlateRecord:
    """Return a record as if a reading were its latest; nothing is stored."""
    shown = keep_columns(reading)
    shown["slots"] = tuple(shown["slots"])
    latest = StoredReading(reading_id=0, read_at=utc_now(), **shown)
    return replace(record, readings=(*record.readings, latest))


def write_reading(
    connection: Connection, picture_id: str, reading: Mapping[str, Any]
) -> PlateRecord:
    """Store a reading as the latest one and return the picture's record with it.

    Args:
        connection: In a writing transaction that has locked the picture's row.
        picture_id: Of a stored picture.
        reading: `PlateReading.to_dict()`.
    """
    row = keep_columns(reading) | {"picture_id": picture_id, "read_at": utc_now()}
    connection.execute(insert(readings).values(row))
    record = load_record(connection, picture_id)
    note_reading(connection, record)
    return record


def _as_row(reading: StoredReading) -> dict[str, Any]:
    return vars(reading) | {"slots": list(reading.slots)}
