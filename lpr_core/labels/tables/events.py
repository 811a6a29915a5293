"""Note what happened, for the audit, in a transaction of the caller."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from lpr_core.labels.tables.schema import events


def note_event(
    connection: Connection,
    now: datetime,
    actor: str,
    kind: str,
    *,
    picture_id: str | None = None,
    project_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Store one event.

    Args:
        connection: In a writing transaction.
        now: UTC.
        actor: Who did it; empty where nobody is known.
        kind: What, such as `skip`.
        picture_id: The plate it is about, if any.
        project_id: The project it is about, if any.
        detail: More, as JSON; never a secret.
    """
    row = {
        "happened_at": now,
        "actor": actor,
        "kind": kind,
        "picture_id": picture_id,
        "project_id": project_id,
        "detail": dict(detail or {}),
    }
    connection.execute(insert(events).values(row))
