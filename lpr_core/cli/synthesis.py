"""`lpr synthesize`."""

from pathlib import Path
from typing import Annotated

import typer

from lpr_core.cli.progress import show_progress


def synthesize_plates(
    count: Annotated[int, typer.Option(help="How many plates.", min=1)],
    out: Annotated[Path, typer.Option(help="Folder for the pictures and manifest.csv.")],
    region: Annotated[
        list[str] | None,
        typer.Option(help="Region or family, such as br or us; repeatable. All when not given."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal plates.", min=0)] = 0,
    severity: Annotated[
        tuple[float, float], typer.Option(help="Best and worst photo, 0 to 1.", min=0, max=1)
    ] = (0.0, 1.0),
    clean: Annotated[
        bool, typer.Option("--clean", help="Do not photograph; training does it in each epoch.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(help="Processes; one for each processor when not given.", min=1)
    ] = None,
) -> None:
    """Draw plates, photograph them badly and write them with their manifest."""
    from lpr_core.synthesis import PlateOrder, generate_plates

    order = PlateOrder(tuple(region or ()), count, seed, None if clean else severity)
    with show_progress("Drawing plates") as tell:
        manifest_path = generate_plates(order, out, jobs, on_progress=tell)
    typer.echo(f"Wrote {manifest_path}.")
