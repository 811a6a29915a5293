"""Write what a model read, in a transaction of the caller."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from lpr_core.labels.tables.clock import utc_now
from lpr_core.labels.tables.queries import load_record
from lpr_core.labels.tables.rows import READING_FIELDS, PlateRecord
from lpr_core.labels.tables.schema import readings
from lpr_core.labels.tables.standing import note_reading


def keep_columns(reading: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the store keeps of `PlateReading.to_dict()`."""
    return {name: reading[name] for name in READING_FIELDS}


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
