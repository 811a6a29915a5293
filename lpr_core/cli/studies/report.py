"""`lpr study report`: what a study says, as JSON, HTML and Markdown."""

from typing import Annotated

import typer


def report(
    study: Annotated[str, typer.Argument(help="A study's name, or its folder.")],
) -> None:
    """Judge a study and write answers.json, report.html and report.md into its folder."""
    from lpr_core.report import write_report
    from lpr_core.study.folder.results import find_study

    written = write_report(find_study(study))
    for note in written.answers.notes:
        typer.echo(f"Note: {note}")
    for verdict in written.answers.verdicts:
        typer.echo(f"{verdict.hypothesis} {verdict.title}")
        for sentence in verdict.sentences:
            typer.echo(f"  {sentence}")
    for finding in written.answers.findings:
        typer.echo(finding.sentence)
    for path in (written.answers_path, written.html_path, written.markdown_path):
        typer.echo(f"Written: {path}")
