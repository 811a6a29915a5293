"""`lpr study diagnose`: why the frozen network learned its training plates and not others."""

from pathlib import Path
from typing import Annotated

import typer

from lpr_core.cli.progress import show_progress


def diagnose(
    study: Annotated[str, typer.Argument(help="A study's name, or its folder.")],
    preset: Annotated[
        str | None,
        typer.Option(help="How large: laptop, account or smoke; the study's own by default."),
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="The study's plates, where it did not draw them.")
    ] = None,
    tuned: Annotated[
        Path | None,
        typer.Option(help="Folder of a fine-tuned run with weights; one is trained otherwise."),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(help="What transfer started from, where `study run` was given --weights."),
    ] = None,
) -> None:
    """Measure every suspect and rank them; to go on after a break, say the same again."""
    from lpr_core.diagnosis import DiagnosisRequest, diagnose_study
    from lpr_core.study.folder.results import find_study

    folder = find_study(study)
    request = DiagnosisRequest(preset, manifest, tuned, weights)
    with show_progress("Suspects") as tell:
        diagnosis = diagnose_study(folder, request, lambda _, done, total: tell(done, total))
    for suspect in diagnosis["suspects"]:
        typer.echo(f"{suspect['verdict']:8} {suspect['question']} {suspect['sentence']}")
    for remedy in diagnosis["remedies"]:
        typer.echo(f"remedy   {remedy['sentence']}")
    typer.echo(f"Written: {folder.path / 'diagnosis.json'}")
