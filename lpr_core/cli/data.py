"""`lpr data`: check, split and import labelled plates."""

from pathlib import Path
from typing import Annotated

import typer

from lpr_core.cli.errors import SOME_FAILED

data_app = typer.Typer(help="Check, split and import labelled plates.", no_args_is_help=True)

ManifestArgument = Annotated[Path, typer.Argument(help="CSV with image_path and plate_text.")]


@data_app.command("check")
def check_manifest(manifest: ManifestArgument) -> None:
    """Check every row and picture, and that nothing stands in two splits (else exit code 1)."""
    from lpr_core.data.manifest import read_manifest
    from lpr_core.data.splits import check_leakage
    from lpr_core.plates.patterns import regions

    frame = read_manifest(manifest, None, check_pictures="decode")
    typer.echo(f"{manifest}: {len(frame)} plates, {frame['plate_text'].nunique()} different.")
    for column in ("split", "plate_region"):
        for name, count in frame[column].replace("", "none").value_counts().items():
            typer.echo(f"  {column} {name}: {count}")
    strange = sorted(set(frame["plate_region"]) - {"", *regions()})
    if strange:
        typer.echo(
            f"  plate_region {', '.join(strange)}: none that is known, so no pattern is "
            f"expected of these plates. Known are {', '.join(regions())}."
        )
    leaks = check_leakage(frame)
    for leak in leaks:
        typer.echo(str(leak))
    if leaks:
        raise typer.Exit(SOME_FAILED)


@data_app.command("check-photos")
def check_labelled_photos(
    source: Annotated[Path, typer.Argument(help="File of labels with boxes, or folder of them.")],
    layout: Annotated[
        str | None,
        typer.Option(help="Such as coco or yolo; told by the files' names when not given."),
    ] = None,
) -> None:
    """Check every box and picture as training reads them (exit code 1 if a picture is bad)."""
    from lpr_core.data.photos import check_photos, read_photos

    frame = read_photos(source, layout)
    num_empty = sum(not names for names in frame["classes"])
    typer.echo(f"{source}: {len(frame)} photos, {num_empty} with nothing in them.")
    for name, count in frame["split"].replace("", "none").value_counts().items():
        typer.echo(f"  split {name}: {count}")
    for name, count in frame["classes"].explode().dropna().value_counts().items():
        typer.echo(f"  class {name}: {count}")
    faults = check_photos(frame)
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise typer.Exit(SOME_FAILED)


@data_app.command("split")
def split_plates(
    manifest: ManifestArgument,
    out: Annotated[
        Path | None, typer.Option(help="CSV to write; NAME.split.csv beside NAME.csv by default.")
    ] = None,
    fractions: Annotated[
        tuple[float, float, float],
        typer.Option(help="Shares of train, validation and test; 0 leaves one out."),
    ] = (0.7, 0.15, 0.15),
    seed: Annotated[int, typer.Option(help="Equal seeds give equal splits.", min=0)] = 0,
) -> None:
    """Split by plate, so that neither a plate nor a picture is on two sides."""
    from lpr_core.data.manifest import read_manifest, write_manifest
    from lpr_core.data.samples import SPLITS
    from lpr_core.data.splits import split_manifest

    shares = {name: share for name, share in zip(SPLITS, fractions, strict=True) if share}
    frame = split_manifest(read_manifest(manifest, None), shares, seed)
    path = out or manifest.with_suffix(".split.csv")
    write_manifest(frame, path)
    counts = ", ".join(f"{name} {(frame['split'] == name).sum()}" for name in shares)
    typer.echo(f"Wrote {path}: {counts}.")


@data_app.command("import")
def import_plates(
    layout: Annotated[
        str, typer.Argument(help="Such as fast-plate-ocr or ccpd; a wrong name lists all.")
    ],
    source: Annotated[Path, typer.Argument(help="Folder of the pictures and labels, or one file.")],
    out: Annotated[Path, typer.Option(help="CSV to write.")],
) -> None:
    """Write a manifest of plates that are labelled in another layout; pictures stay in place."""
    from lpr_core.data.formats import find_plates, tabulate_plates
    from lpr_core.data.manifest import write_manifest

    plates = find_plates(layout, source)
    frame = tabulate_plates(plates)
    write_manifest(frame, out)
    for plate in plates:
        if plate.label.note:
            typer.echo(f"{plate.picture_path.name}: {plate.label.note}")
    typer.echo(f"Wrote {out}: {len(frame)} plates.")
