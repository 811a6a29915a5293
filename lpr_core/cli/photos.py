"""`lpr read`."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lpr_core.cli.errors import BAD_INPUT, SOME_FAILED, describe_error
from lpr_core.cli.many import JobsOption, OutOption, read_to_table
from lpr_core.cli.reading import JsonOption, ModelOption

if TYPE_CHECKING:
    from lpr_core.serving.pipeline import PhotoReading, Pipeline


_NOTHING: dict[str, Any] = {
    "text": "",
    "doubtful_text": "",
    "confidence": 0.0,
    "slots": [],
    "pattern": None,
    "region": None,
    "is_readable": False,
    "box": None,
    "corners": None,
}
"""What a reading has to say of no plate."""


def read_photos(
    pictures: Annotated[
        list[Path],
        typer.Argument(
            help="Photos, crops of one plate, or folders of both; with --out also lists of names "
            "(.txt), and - for names from a pipe."
        ),
    ],
    region: Annotated[
        str | None, typer.Option(help="Where the plates come from, such as br, eu or us-ca.")
    ] = None,
    as_json: JsonOption = False,
    crops: Annotated[
        Path | None, typer.Option(help="Folder to write what the reader saw of each plate to.")
    ] = None,
    out: OutOption = None,
    jobs: JobsOption = None,
    model: ModelOption = None,
    finder: Annotated[
        Path | None,
        typer.Option(help="Folder of the finder bundle; the shipped finder when not given."),
    ] = None,
) -> None:
    """Find and read the plates in pictures; `?` stands for a doubtful character.

    Each plate has a line, the one that is most likely meant first. A text below the reader's floor
    is not shown: it would be wrong more often than right.

    A picture that cannot be read does not stop the others; the exit code is 1 then, or 2 when none
    was read.
    """
    from lpr_core.plates.grammar import patterns_for
    from lpr_core.serving.pipeline import Pipeline

    if out is not None:
        if as_json or crops:
            raise ValueError("--out writes a table; it goes neither with --json nor with --crops.")
        read_to_table(pictures, out, jobs, region, model, finder)
        return
    if region is not None:
        patterns_for(region)  # an unknown region ends it all, before the first picture
    pipeline = Pipeline.load(model, finder)
    paths = list(_list_pictures(pictures))
    width = max((len(str(path)) for path in paths), default=0)
    results = []
    for number, path in enumerate(paths, start=1):
        result = _read_photo(pipeline, path, region, crops and crops / f"{number:05d}-{path.stem}")
        results.append(result)
        if not as_json:
            _print_result(result, width)
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    num_failed = sum("error" in result for result in results)
    if num_failed:
        raise typer.Exit(BAD_INPUT if num_failed == len(results) else SOME_FAILED)


def _list_pictures(named: Sequence[Path]) -> Iterator[Path]:
    """Yield files as they were named, and of folders all pictures below, sorted.

    Raises:
        ValueError: A folder has no picture.
    """
    for path in named:
        if path.is_dir():
            yield from _list_folder(path)
        else:
            yield path


def _list_folder(folder: Path) -> Iterator[Path]:
    from lpr_core.data.formats.pictures import PICTURE_PATTERN, PictureIndex

    inside = PictureIndex(folder)
    found = inside.find_files(PICTURE_PATTERN)
    if not found:
        raise ValueError(f"there must be a picture in the folder. Received: {folder}")
    yield from (folder / one.relative_to(inside.folder) for one in found)


def _read_photo(
    pipeline: "Pipeline", path: Path, region: str | None, crop_stem: Path | None
) -> dict[str, Any]:
    from lpr_core.pictures.decoding import read_picture

    try:
        seen = pipeline.read(read_picture(path), region)
    except (ValueError, OSError) as error:
        return {"picture": str(path), "error": describe_error(error)}
    files = [] if crop_stem is None else _write_crops(seen, crop_stem)
    return {"picture": str(path), **_show_photo(seen, files)}


def _show_photo(seen: "PhotoReading", files: Sequence[Path]) -> dict[str, Any]:
    """Return the one answer of a photo with all its plates, unreadable texts hidden."""
    from lpr_core.plates.readable import hide_unreadable
    from lpr_core.serving.pipeline import NO_PLATE

    plates = [hide_unreadable(plate.to_dict()) for plate in seen.plates]
    for plate, file in zip(plates, files, strict=False):
        plate["crop"] = str(file)
    if not plates:
        return {**_NOTHING, "note": NO_PLATE, "plates": []}
    return {**plates[0], "plates": plates}


def _write_crops(seen: "PhotoReading", stem: Path) -> list[Path]:
    from PIL import Image

    stem.parent.mkdir(parents=True, exist_ok=True)
    files = []
    for number, plate in enumerate(seen.plates, start=1):
        files.append(stem.with_name(f"{stem.name}-{number}.png"))
        Image.fromarray(plate.crop).save(files[-1])
    return files


def _print_result(result: dict[str, Any], width: int) -> None:
    if "error" in result:
        typer.echo(f"lpr: {result['picture']}: {result['error']}", err=True)
        return
    for plate in result["plates"] or [result]:
        typer.echo(f"{result['picture']:{width}}  {_describe_plate(plate)}")


def _describe_plate(plate: dict[str, Any]) -> str:
    if not plate["is_readable"]:
        return str(plate["note"])
    text = plate["doubtful_text"]
    if text != plate["text"]:
        text += f" ({plate['text']})"
    return f"{text}  {plate['confidence']:.1%}  {plate['pattern'] or 'no known pattern'}"
