"""`lpr study`: run studies and look at them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lpr_core.cli.errors import SOME_FAILED
from lpr_core.cli.studies.diagnosis import diagnose
from lpr_core.cli.studies.report import report
from lpr_core.places import studies_dir

if TYPE_CHECKING:
    from lpr_core.study.running.ledger import Listener, StudyProgress

study_app = typer.Typer(
    help="Compare trainings: variants times seeds on the same plates.", no_args_is_help=True
)
study_app.command("report")(report)
study_app.command("diagnose")(diagnose)

StudyArgument = Annotated[str, typer.Argument(help="A study's name, or its folder.")]


@study_app.command("run")
def run(
    design: Annotated[
        str, typer.Argument(help="Such as hypotheses or noise; a wrong name lists all.")
    ],
    preset: Annotated[
        str, typer.Option(help="How large: laptop, account (for a GPU) or smoke.")
    ] = "laptop",
    manifest: Annotated[
        Path | None, typer.Option(help="The plates, with splits; drawn ones when not given.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the study; named as the design by default.")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="How many seeds; the preset's number by default.", min=1)
    ] = None,
    jobs: Annotated[
        int, typer.Option(help="Runs at a time; they share the cores, or the GPU.", min=1)
    ] = 1,
    backbone: Annotated[
        str | None, typer.Option(help="Another backbone than the preset's.")
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="What transfer starts from: imagenet, or a weight file.")
    ] = None,
    log: Annotated[
        list[str] | None, typer.Option(help="Also write to tensorboard or mlflow; repeatable.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Run this variant only; repeatable.")
    ] = None,
    keep_weights: Annotated[
        bool, typer.Option("--keep-weights", help="Keep each run's network in its folder.")
    ] = False,
) -> None:
    """Run what is not finished yet of a study; to go on after a break, say the same again."""
    from lpr_core.study.running.plan import StudyRequest
    from lpr_core.study.running.runner import run_study

    request = StudyRequest(
        design,
        preset,
        manifest,
        seeds,
        jobs,
        backbone,
        weights,
        tuple(only or ()),
        tuple(log or ()),
        keep_weights,
    )
    folder = out or studies_dir() / design
    typer.echo(f"Study folder: {folder}")
    with _show_study() as tell:
        progress = run_study(request, folder, tell)
    typer.echo(f"{progress.done} of {progress.total} runs are finished.")
    for name, error in progress.failures.items():
        typer.echo(f"{name} failed: {error}", err=True)
    if progress.failures:
        raise typer.Exit(SOME_FAILED)


@study_app.command("list")
def list_all() -> None:
    """List your studies and the shipped ones."""
    from lpr_core.study.folder.results import list_studies

    for study in list_studies():
        about = study.reason or f"{study.runs_total} runs"
        typer.echo(f"{study.name:20} {study.state:8} {study.preset:8} {about}  {study.path}")


@study_app.command("status")
def show_status(study: StudyArgument) -> None:
    """Say which runs of a study are finished, and why others are not."""
    from lpr_core.study.folder.results import find_study

    folder = find_study(study)
    record, runs = folder.read_study(), folder.runs()
    typer.echo(f"{record.name}: {record.question}")
    typer.echo(f"{record.data.description}; {record.preset}, {len(record.seeds)} seeds")
    for name, rows in runs.groupby("variant", sort=False):
        counts = ", ".join(
            f"{count} {state}" for state, count in rows["state"].value_counts().items()
        )
        typer.echo(f"  {name:20} {counts}")
    for row in runs[runs["reason"] != ""].itertuples():
        typer.echo(f"  {row.variant} seed {row.seed} {row.state}: {row.reason}")


@study_app.command("mask")
def mask(
    study: StudyArgument,
    out: Annotated[Path, typer.Option(help="A new folder.")],
) -> None:
    """Write a study's results under other plate texts, to be shown to others.

    Accuracies, intervals and verdicts stay what they are; which symbol is taken for which is lost.
    """
    from lpr_core.study.folder.masking import mask_study
    from lpr_core.study.folder.results import find_study

    masked = mask_study(find_study(study), out)
    typer.echo(f"Masked study: {masked.path}")


@study_app.command("take-in")
def take_in(
    source: Annotated[
        Path, typer.Argument(help="A ZIP archive, or a folder, of a study or of run folders.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="A new folder; beside your other studies by default."),
    ] = None,
) -> None:
    """Take in results that were made elsewhere, whole or not at all.

    Runs that no study ran become one, in which equal settings are seeds of one variant.
    """
    from lpr_core.study import intake
    from lpr_core.study.folder.results import summarize_study

    summary = summarize_study(intake.take_in(source, target=out))
    typer.echo(f"{summary.runs_done} of {summary.runs_total} runs are finished: {summary.path}")
    if summary.reason:
        typer.echo(summary.reason)


@contextmanager
def _show_study() -> Iterator["Listener"]:
    """Yield a listener that moves a bar, and prints a line for each run that ends."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Drawing plates", left="", total=None)

        def tell(progress: "StudyProgress") -> None:
            bar.update(
                task,
                total=progress.total,
                completed=progress.done + len(progress.failures),
                description=_describe_running(progress),
                left=_describe_time(progress.seconds_left),
            )

        yield tell


def _describe_running(progress: "StudyProgress") -> str:
    from lpr_core.evidence.units import whole_percent

    running = ", ".join(
        f"{name} {whole_percent(share)}" for name, share in progress.running.items()
    )
    failed = f"{len(progress.failures)} failed; " if progress.failures else ""
    return failed + (running or "Runs")


def _describe_time(seconds: float | None) -> str:
    return "" if seconds is None else f"{timedelta(seconds=round(seconds))} left"
