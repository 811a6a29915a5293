"""The command line `lpr`: thin commands over the rooms, which they import only when they run."""

from typing import Annotated

import typer

from lpr_core import __version__
from lpr_core.cli.condition import evaluate_condition, tell_conditions
from lpr_core.cli.data import data_app
from lpr_core.cli.errors import OneSentenceGroup
from lpr_core.cli.exchange import reader_app
from lpr_core.cli.export import export_run
from lpr_core.cli.finding import evaluate_finder, mine_boxes
from lpr_core.cli.labels.accesses import list_accesses
from lpr_core.cli.labels.intake import (
    export_labels_to,
    import_labels,
    read_unread_pictures,
    take_in_pictures,
)
from lpr_core.cli.labels.upkeep import labels_app
from lpr_core.cli.labels.users import users_app
from lpr_core.cli.photos import read_photos
from lpr_core.cli.reading import evaluate_plates
from lpr_core.cli.redact import redact_photos
from lpr_core.cli.studies.diary import judge_diary
from lpr_core.cli.studies.study import study_app
from lpr_core.cli.synthesis import synthesize_plates
from lpr_core.cli.training import train

__all__ = ["app"]

app = typer.Typer(
    cls=OneSentenceGroup,
    no_args_is_help=True,
    add_completion=True,
)


def _print_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"lpr {__version__}")
        raise typer.Exit


@app.callback()
def begin(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
) -> None:
    """Read licence plates, draw them, train readers, measure them.

    Exit codes: 0, all was done; 1, a part of it was (the rest is told); 2, what came cannot be
    used, in one sentence on the error stream.
    """


app.command("read")(read_photos)
app.command("evaluate")(evaluate_plates)
app.command("evaluate-finder")(evaluate_finder)
app.command("mine-false-boxes")(mine_boxes)
app.command("condition")(tell_conditions)
app.command("evaluate-condition")(evaluate_condition)
app.command("redact")(redact_photos)
app.command("export")(export_run)
app.command("train")(train)
app.command("synthesize")(synthesize_plates)
app.command("diary")(judge_diary)
app.add_typer(data_app, name="data")
app.add_typer(reader_app, name="reader")
app.add_typer(study_app, name="study")
labels_app.command("take-in")(take_in_pictures)
labels_app.command("read")(read_unread_pictures)
labels_app.command("export")(export_labels_to)
labels_app.command("import")(import_labels)
labels_app.command("accesses")(list_accesses)
app.add_typer(labels_app, name="labels")
app.add_typer(users_app, name="users")
