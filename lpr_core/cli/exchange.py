"""`lpr reader`: readers for other programs, and theirs."""

from pathlib import Path
from typing import Annotated

import typer

from lpr_core.cli.reading import ModelOption

reader_app = typer.Typer(
    help="Hand a reader to other programs, or take one of theirs.", no_args_is_help=True
)


@reader_app.command("to-fast-plate-ocr")
def hand_over(
    out: Annotated[Path, typer.Argument(help="Folder for model.onnx and plate_config.yaml.")],
    model: ModelOption = None,
) -> None:
    """Write a reader as fast-plate-ocr, fast-alpr and what is built on them load it."""
    from lpr_core.places import shipped_reader_dir
    from lpr_core.serving.fast_plate_ocr import export_fast_plate_ocr

    paths = export_fast_plate_ocr(model or shipped_reader_dir(), out)
    typer.echo(f"Wrote {paths[0]} and {paths[1]}.")


@reader_app.command("from-fast-plate-ocr")
def take_over(
    network: Annotated[Path, typer.Argument(help="The ONNX file.")],
    config: Annotated[Path, typer.Argument(help="Its YAML file.")],
    out: Annotated[Path, typer.Option(help="Folder of the bundle to write.")],
    name: Annotated[
        str | None, typer.Option(help="Name of the reader; the folder's by default.")
    ] = None,
) -> None:
    """Write a network of fast-plate-ocr as a reader, for `--model` and `LPR_READER`."""
    from lpr_core.serving.fast_plate_ocr import import_fast_plate_ocr

    card = import_fast_plate_ocr(network, config, out, name or out.name)
    typer.echo(
        f"Wrote {out}: {card.plate_format.slots} slots, {len(card.plate_format.alphabet)} symbols."
    )
