"""`lpr labels`: back the labels up, restore and check them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lpr_core.cli.errors import BAD_INPUT, SOME_FAILED
from lpr_core.cli.progress import show_progress

if TYPE_CHECKING:
    from lpr_core.labels import LabelStore
    from lpr_core.labels.upkeep.backup import Backup

ACTOR = "command line"
"""Who an audit names for what is done here."""

labels_app = typer.Typer(
    help="Keep the labels safe: back them up, restore and check them.", no_args_is_help=True
)


@contextmanager
def explain_store_errors() -> Iterator[None]:
    """Turn a store's error into its sentence and an exit code."""
    from lpr_core.labels import StoreError

    try:
        yield
    except StoreError as error:
        typer.echo(f"lpr: {error}", err=True)
        raise typer.Exit(BAD_INPUT) from error


@contextmanager
def open_store() -> Iterator["LabelStore"]:
    """Open the labels of `LPR_DATABASE_URL` and `LPR_DATA_DIR`, as the app does."""
    from lpr_core.labels import LabelStore

    with explain_store_errors():
        store = LabelStore()
        try:
            yield store
        finally:
            store.close()


@labels_app.command("backup")
def back_up(
    path: Annotated[
        Path | None,
        typer.Argument(help="ZIP to write; labels-DATE-TIME.zip in this folder by default."),
    ] = None,
) -> None:
    """Write all labels, people and pictures to one file; the app may go on meanwhile.

    The exit code is 1 where pictures were missing or had changed, and where `lpr labels verify`
    finds faults. The file holds hashes of passwords.
    """
    from lpr_core.labels import AccessKind

    target = path or Path(f"labels-{datetime.now():%Y%m%d-%H%M%S}.zip")
    with open_store() as store, show_progress("Pictures") as tell:
        store.accesses.note(ACTOR, AccessKind.EXPORT, format="backup", file=target.name)
        made = store.backup(target, tell)
    typer.echo(f"Wrote {target}: {made.num_rows} rows, {made.num_pictures} pictures.")
    _report_backup(made)


@labels_app.command("restore")
def restore(
    path: Annotated[Path, typer.Argument(help="ZIP from `lpr labels backup`.")],
) -> None:
    """Bring a backup into an empty store, while nothing else works with it: all of it or nothing.

    A backup made on SQLite restores into PostgreSQL too, and the other way round. The exit code
    is 1 where the backup was made of a store that lacked pictures or had faults.
    """
    from lpr_core.labels.store import database_url
    from lpr_core.labels.upkeep.restore import restore_backup
    from lpr_core.places import user_data_dir

    folder = user_data_dir()
    with explain_store_errors(), show_progress("Pictures") as tell:
        made = restore_backup(path, database_url(folder), folder / "pictures", tell)
    typer.echo(f"Restored {path}: {made.num_rows} rows, {made.num_pictures} pictures.")
    _report_backup(made)


@labels_app.command("verify")
def verify() -> None:
    """Check the database, every picture's hash and every chain of revisions (else exit code 1)."""
    with open_store() as store, show_progress("Pictures") as tell:
        found = store.verify(tell)
    typer.echo(
        f"{found.num_pictures} pictures, {found.num_readings} readings, "
        f"{found.num_revisions} revisions: {len(found.faults) or 'no'} faults."
    )
    _report(iter(found.faults))


def _report_backup(made: "Backup") -> None:
    missing = [
        f"The picture {name} is missing: it was gone or had changed." for name in made.missing
    ]
    _report(iter([*missing, *made.faults]))


def _report(faults: Iterator[str]) -> None:
    """Print faults, if any, and end with the exit code that tells."""
    found = list(faults)
    for fault in found:
        typer.echo(fault, err=True)
    if found:
        raise typer.Exit(SOME_FAILED)
