"""`lpr synthesize`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lpr_core.cli.progress import show_progress

if TYPE_CHECKING:
    from lpr_core.synthesis.scenes import BackgroundPhoto


def synthesize_plates(
    out: Annotated[Path, typer.Option(help="Folder for the pictures and manifest.csv.")],
    count: Annotated[int | None, typer.Option(help="How many plates.", min=1)] = None,
    scenes: Annotated[
        int | None,
        typer.Option(
            help="How many whole pictures, with no plate to several; not with --count.", min=1
        ),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(help="Region or family, such as br or us; repeatable. All when not given."),
    ] = None,
    any_length: Annotated[
        bool,
        typer.Option(
            "--any-length",
            help="Plates of 4 to 10 characters in one row or two, of all countries; without it, "
            "seven in one row.",
        ),
    ] = False,
    soiled: Annotated[
        tuple[float, float] | None,
        typer.Option(
            help="Make every second plate hard to read (mud, dust, rust, covers, fading) by an "
            "amount between these two; a column `label` says clean or dirty.",
            min=0,
            max=1,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal pictures.", min=0)] = 0,
    severity: Annotated[
        tuple[float, float],
        typer.Option(help="Best and worst photo of a plate, 0 to 1.", min=0, max=1),
    ] = (0.0, 1.0),
    clean: Annotated[
        bool, typer.Option("--clean", help="Do not photograph; training does it in each epoch.")
    ] = False,
    size: Annotated[
        tuple[int, int], typer.Option(help="Height and width of a scene in pixels.")
    ] = (384, 384),
    photos: Annotated[
        Path | None,
        typer.Option(help="Labels of photos to draw scenes on, where they hold no box."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(help="Processes; one for each processor when not given.", min=1)
    ] = None,
) -> None:
    """Draw plates, or whole scenes with plates in them, and write them with their manifest."""
    from lpr_core.synthesis import PlateOrder, generate_plates
    from lpr_core.synthesis.scenes import SceneOptions, SceneOrder, generate_scenes

    regions = tuple(region or ())
    if count is not None and scenes is None:
        order = PlateOrder(regions, count, seed, None if clean else severity, any_length, soiled)
        with show_progress("Drawing plates") as tell:
            manifest_path = generate_plates(order, out, jobs, on_progress=tell)
    elif scenes is not None and count is None:
        options = SceneOptions(size=size, regions=regions)
        scene_order = SceneOrder(scenes, seed, options, _list_backgrounds(photos))
        with show_progress("Drawing scenes") as tell:
            manifest_path = generate_scenes(scene_order, out, jobs, on_progress=tell)
    else:
        raise ValueError("one of --count (plates) and --scenes (whole pictures) must be given.")
    typer.echo(f"Wrote {manifest_path}.")


def _list_backgrounds(photos: Path | None) -> tuple["BackgroundPhoto", ...]:
    """Return the photos to learn from, or all where the labels name no split."""
    if photos is None:
        return ()
    from lpr_core.data.photos import read_photos
    from lpr_core.synthesis.scenes import BackgroundPhoto

    frame = read_photos(photos)
    chosen = frame[frame["split"].isin(("train", ""))]
    return tuple(
        BackgroundPhoto(Path(path), tuple(map(tuple, boxes.tolist())))
        for path, boxes in zip(chosen["image_path"], chosen["boxes"], strict=True)
    )
