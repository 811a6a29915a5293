"""`lpr labels accesses`: who has looked at what, and who has taken it away."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from lpr_core.cli.labels.upkeep import explain_store_errors, open_store


def list_accesses(
    person: Annotated[str | None, typer.Option(help="Who looked.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Then or later, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Before then, UTC.")] = None,
    plate: Annotated[str | None, typer.Option(help="The id of one plate.")] = None,
    newest: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
) -> None:
    """Print who looked at or exported what, newest first, one JSON object a line."""
    with open_store() as store, explain_store_errors():
        found = store.accesses.rows(
            person=person,
            since=since and since.replace(tzinfo=UTC),
            until=until and until.replace(tzinfo=UTC),
            picture_id=plate,
            newest=newest,
        )
        for row in found:
            plain = vars(row) | {"happened_at": row.happened_at.isoformat()}
            typer.echo(json.dumps(plain, ensure_ascii=False))
