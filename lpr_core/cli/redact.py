"""`lpr redact`: photos without readable plates, and what is still found in them."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from lpr_core.cli.errors import BAD_INPUT, SOME_FAILED, describe_error
from lpr_core.cli.reading import JsonOption, ModelOption


def redact_photos(
    pictures: Annotated[list[Path], typer.Argument(help="Photos, or folders of them.")],
    out: Annotated[Path, typer.Option(help="Folder for the redacted photos; not the originals'.")],
    as_json: JsonOption = False,
    model: ModelOption = None,
    finder: Annotated[
        Path | None,
        typer.Option(help="Folder of the finder bundle; the shipped finder when not given."),
    ] = None,
) -> None:
    """Make the plates in photos unreadable; tell what is still found and read afterwards.

    Their pixels are gone, and so is everything that the files said beside the picture (EXIF,
    thumbnails, places). The originals stay. A plate that the finder misses stays readable: look at
    the photos before you give them away.

    Exit code 1 where a photo could not be read or a plate is still read, 2 where none could.
    """
    from lpr_core.serving.many.listing import list_names
    from lpr_core.serving.pipeline import Pipeline

    pipeline = Pipeline.load(model, finder)
    rows = []
    for given in pictures:
        for name in list_names([given]):
            folder = Path(name).parent.relative_to(given) if given.is_dir() else Path()
            rows.append(_redact(Path(name), out / folder, pipeline))
            if not as_json:
                _print_row(rows[-1])
    if not rows:
        raise ValueError("there is no photo to redact. Received: an empty folder.")
    if as_json:
        typer.echo(json.dumps({"photos": rows}, indent=2))
    failed = sum("error" in row for row in rows)
    if failed == len(rows):
        raise typer.Exit(BAD_INPUT)
    if failed or any(row.get("still_read") for row in rows):
        raise typer.Exit(SOME_FAILED)


def _redact(path: Path, out_dir: Path, pipeline: Any) -> dict[str, Any]:
    from lpr_core.pictures.decoding import read_picture
    from lpr_core.serving.redact import redact_photo, save_redacted

    try:
        redacted = redact_photo(read_picture(path), pipeline)
        written = save_redacted(redacted, path, out_dir)
    except (ValueError, OSError) as error:
        return {"picture": str(path), "error": describe_error(error)}
    return {
        "picture": str(path),
        "written": str(written),
        "plates": len(redacted.plates),
        "still_found": redacted.still_found,
        "still_read": redacted.still_read,
    }


def _print_row(row: dict[str, Any]) -> None:
    if "error" in row:
        typer.echo(f"lpr: {row['picture']}: {row['error']}", err=True)
        return
    told = f"{row['written']}: {row['plates']} places redacted"
    if row["still_found"]:
        told += f", {row['still_found']} still look like a plate"
    if row["still_read"]:
        told += f", {row['still_read']} STILL READ"
    typer.echo(told)
