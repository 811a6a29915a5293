"""The command line `lpr`: thin commands over the rooms, which they import only when they run."""

import typer

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
from lpr_core.cli.studies.diary import judge_diary
from lpr_core.cli.studies.study import study_app
from lpr_core.cli.synthesis import synthesize_plates
from lpr_core.cli.training import train

__all__ = ["app"]

app = typer.Typer(
    cls=OneSentenceGroup,
    help="Read licence plates, draw them, train readers, measure them.",
    no_args_is_help=True,
    add_completion=False,
)
app.command("read")(read_photos)
app.command("evaluate")(evaluate_plates)
app.command("evaluate-finder")(evaluate_finder)
app.command("mine-false-boxes")(mine_boxes)
app.command("condition")(tell_conditions)
app.command("evaluate-condition")(evaluate_condition)
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
