"""`lpr labels take-in`, `read`, `export` and `import`: many pictures and labels, in and out."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lpr_core.cli.errors import BAD_INPUT, SOME_FAILED
from lpr_core.cli.labels.upkeep import ACTOR, explain_store_errors, open_store
from lpr_core.cli.progress import show_progress
from lpr_core.cli.reading import ModelOption

if TYPE_CHECKING:
    from lpr_core.labels.intake.report import IntakeReport

ProjectOption = Annotated[str | None, typer.Option("--project", help="Name of the project.")]
AuthorOption = Annotated[
    str, typer.Option("--author", help="Who says so, where the labels do not tell.")
]


def take_in_pictures(
    sources: Annotated[list[Path], typer.Argument(help="Folders, ZIP archives, pictures, labels.")],
    author: AuthorOption = "import",
    project: ProjectOption = None,
    layout: Annotated[
        str | None,
        typer.Option(help="Such as ufpr or ccpd; a manifest is recognised without it."),
    ] = None,
) -> None:
    """Store many pictures at once, with the labels that come along.

    Nothing is stored twice, so a cut intake can simply be repeated. Near duplicates are stored and
    named. The exit code is 1 where a file was refused.
    """
    _print_report(_take_in(sources, project, layout, author))


def import_labels(
    source: Annotated[
        Path, typer.Argument(help="manifest.csv, rec_gt.txt, Label Studio's JSON, or a history.")
    ],
    author: AuthorOption = "import",
    project: ProjectOption = None,
) -> None:
    """Bring labels that were exported, here or elsewhere; in a ZIP archive with their pictures.

    What people have said here since then is kept. The exit code is 1 where a label was refused.
    """
    report = _take_in([source], project, None, author)
    if not any(row.labels for row in report.rows):
        typer.echo(f"lpr: {source}: It has no labels of pictures that are here.", err=True)
        raise typer.Exit(BAD_INPUT)
    _print_report(report)


def export_labels_to(
    path: Annotated[Path, typer.Argument(help="File to write; .zip takes the pictures along.")],
    kind: Annotated[
        str, typer.Option(help="manifest.csv, rec_gt.txt, label-studio.json or history.jsonl.")
    ] = "manifest.csv",
    since: Annotated[datetime | None, typer.Option(help="Said then or later, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Said before then, UTC.")] = None,
    person: Annotated[str | None, typer.Option(help="Whose word stands.")] = None,
    mark: Annotated[str | None, typer.Option(help="Such as corrected or unreadable.")] = None,
    region: Annotated[str | None, typer.Option(help="Such as br; us takes us-ca too.")] = None,
    project: ProjectOption = None,
) -> None:
    """Write labels as a manifest, for PaddleOCR, for Label Studio, or with their whole history."""
    from lpr_core.labels import AccessKind
    from lpr_core.labels.exchange import ExportKind, Selection, export_labels

    known = [one.value for one in ExportKind if one is not ExportKind.PLATES]
    if kind not in known:
        raise ValueError(f"`--kind` must be one of {', '.join(known)}. Received: {kind!r}")
    with open_store() as store, explain_store_errors():
        selection = Selection(
            since and since.replace(tzinfo=UTC),
            until and until.replace(tzinfo=UTC),
            person,
            mark,
            region,
            None if project is None else store.projects.get(project).project_id,
        )
        store.accesses.note(ACTOR, AccessKind.EXPORT, format=kind, file=path.name)
        with_pictures = path.suffix.lower() == ".zip"
        export_labels(store, ExportKind(kind), path, selection, with_pictures=with_pictures)
    typer.echo(f"Wrote {path}.")


def read_unread_pictures(
    project: ProjectOption = None,
    model: ModelOption = None,
) -> None:
    """Read the stored pictures that no model has read; a cut run goes on where it was."""
    from lpr_core.labels.intake.unread import read_unread
    from lpr_core.serving.reader import Reader

    reader = Reader.load(model)
    with open_store() as store, explain_store_errors(), show_progress("Reading") as progress:
        chosen = None if project is None else store.projects.get(project).project_id
        report = read_unread(store, reader, project_id=chosen, on_progress=progress)
    for picture_id, problem in report.problems.items():
        typer.echo(f"lpr: {picture_id}: {problem}", err=True)
    typer.echo(f"{reader.version} read {report.num_read} pictures.")
    if report.problems:
        raise typer.Exit(SOME_FAILED)


def _take_in(
    sources: list[Path], project: str | None, layout: str | None, author: str
) -> "IntakeReport":
    from lpr_core.labels.intake import take_in
    from lpr_core.labels.tables.rows import DEFAULT_PROJECT_ID

    with open_store() as store, explain_store_errors(), show_progress("Taking in") as progress:
        chosen = store.projects.get(project if project is not None else DEFAULT_PROJECT_ID)
        return take_in(
            store,
            sources,
            chosen.project_id,
            layout=layout,
            author=author,
            on_progress=progress,
        )


def _print_report(report: "IntakeReport") -> None:
    """Print each remark, then the sums; the exit code is 1 where something was refused."""
    from lpr_core.labels.intake.report import IntakeVerdict
    from lpr_core.labels.tables.filing import Filed

    for row in report.rows:
        if row.verdict is not IntakeVerdict.ADDED or row.sentence:
            typer.echo(f"{row.name}: {row.verdict.replace(' of', '')}. {row.sentence}".rstrip())
    counts, labels = report.counts(), report.label_counts()
    typer.echo(
        f"{counts[IntakeVerdict.ADDED] + counts[IntakeVerdict.NEAR]} added, "
        f"{counts[IntakeVerdict.NEAR]} of them near duplicates; "
        f"{counts[IntakeVerdict.SAME]} here already; {counts[IntakeVerdict.REFUSED]} refused."
    )
    if any(labels.values()):
        told = ", ".join(f"{count} {filed}" for filed, count in labels.items() if count)
        typer.echo(f"Labels: {told}.")
    if counts[IntakeVerdict.REFUSED] or labels[Filed.REFUSED]:
        raise typer.Exit(SOME_FAILED)
