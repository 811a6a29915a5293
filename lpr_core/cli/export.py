"""`lpr export`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lpr_core.cli.run_folders import describe_provenance, find_manifest, find_run

if TYPE_CHECKING:
    from lpr_core.serving.bundle import Decision

NUM_PARITY_PICTURES = 64


def export_run(
    run: Annotated[str, typer.Argument(help="Run folder, or its name among the user's runs.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the bundle; `reader` in the run's by default.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the reader; the run's by default.")
    ] = None,
    refiner: Annotated[
        str | None,
        typer.Option(help="For a run that finds: one that refines what it finds, likewise."),
    ] = None,
    margin: Annotated[
        list[float] | None,
        typer.Option(
            min=-0.2,
            max=0.5,
            help="Read each picture with this margin added, or cut off where negative; repeatable.",
        ),
    ] = None,
    decide_by: Annotated[
        str,
        typer.Option(help="How several margins make one answer: their mean, or the surest one."),
    ] = "mean",
    calibrate_on: Annotated[
        Path | None,
        typer.Option(help="Manifest of held-out plates to fit confidence and floor on."),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(help="Its split; `validation` by default, or all of one without splits."),
    ] = None,
) -> None:
    """Turn a training run into a bundle, after proof that it gives the same answers.

    A run that reads plates becomes a reader, one that finds them a finder, and one that tells two
    classes apart a bundle for `lpr condition`.
    """
    run_dir = find_run(run)
    from lpr_core.tasks.saved import read_network_config

    task = read_network_config(run_dir).task
    if task == "condition":
        from lpr_core.cli.condition import export_told

        export_told(run_dir, out, name)
        return
    if task == "finding":
        from lpr_core.cli.finding import export_found

        export_found(run_dir, out, name, find_run(refiner) if refiner else None)
        return
    from lpr_core.cli.reading import describe_floor
    from lpr_core.data.manifest import read_manifest
    from lpr_core.serving.evaluation import (
        calibrate_bundle,
        iterate_crops,
        keep_fitting,
        name_data,
        select_split,
    )
    from lpr_core.serving.export import export_reader
    from lpr_core.tasks.networks import load_network
    from lpr_core.tasks.reading.config import require_reading

    config = require_reading(read_network_config(run_dir))
    manifest = calibrate_on or find_manifest(run_dir)
    frame = read_manifest(manifest, None)
    if split is None and (frame["split"] != "").any():
        split = "validation"
    frame = keep_fitting(select_split(frame, split), config.plate_format)
    bundle_dir = export_reader(
        load_network(run_dir),
        plate_format=config.plate_format,
        height=config.height,
        width=config.width,
        parity_pictures=[
            crop for chunk in iterate_crops(frame.head(NUM_PARITY_PICTURES)) for crop in chunk
        ],
        out_dir=out or run_dir / "reader",
        name=name or run_dir.name,
        provenance=describe_provenance(run_dir),
        margins=tuple(margin or [0.0]),
        decide_by=_check_decision(decide_by),
    )
    if calibrate_on is not None:
        card = calibrate_bundle(bundle_dir, frame, name_data(calibrate_on, split))
        typer.echo(f"Calibrated on {card.calibration.num_plates} plates.")
        typer.echo(describe_floor(card.floor))
    typer.echo(f"Wrote {bundle_dir}.")


def _check_decision(text: str) -> "Decision":
    from lpr_core.serving.bundle import DECISIONS

    for known in DECISIONS:
        if text == known:
            return known
    raise ValueError(f"--decide-by must be one of {', '.join(DECISIONS)}. Received: {text!r}")
