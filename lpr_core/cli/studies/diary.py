"""`lpr diary`: which conclusions of somebody's experiment diary stand."""

from pathlib import Path
from typing import Annotated

import typer

from lpr_core.cli.reading import JsonOption


def judge_diary(
    path: Annotated[
        Path,
        typer.Argument(
            help="CSV or Markdown table with the columns factor, level, and score (or right and "
            "count); also_changed and kept where they help."
        ),
    ],
    pictures: Annotated[
        int | None,
        typer.Option(
            "--pictures",
            min=1,
            help="Test pictures of each score; found by itself where it can be.",
        ),
    ] = None,
    classes: Annotated[
        int | None,
        typer.Option("--classes", min=2, help="Classes, equally many pictures of each."),
    ] = None,
    run_spread: Annotated[
        float,
        typer.Option(
            "--run-spread",
            min=0.0,
            max=0.5,
            help="Standard deviation of scores of runs that differ in their seed, as a share.",
        ),
    ] = 0.04,
    out: Annotated[Path | None, typer.Option("--out", help="Write Markdown to this file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Judge an experiment diary: one setting changed at a time, one score a run."""
    from lpr_core.evidence.diary import audit_diary, read_diary
    from lpr_core.evidence.diary.wording import tell_headline, tell_notes
    from lpr_core.files import write_text_atomic
    from lpr_core.report.diary import render_audit

    audit = audit_diary(read_diary(path), pictures, classes, run_spread)
    if out:
        write_text_atomic(out, render_audit(audit))
    if as_json:
        typer.echo(audit.model_dump_json(indent=2))
        return
    typer.echo(tell_headline(audit))
    for one in audit.comparisons:
        typer.echo(f"  {one.verdict}: {one.factor}, {one.first} with {one.second}")
    for note in tell_notes(audit):
        typer.echo(note)
    if out:
        typer.echo(f"Written: {out}")
