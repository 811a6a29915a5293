"""`lpr read --out`: many pictures into one table, gone on with after a kill."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lpr_core.cli.errors import BAD_INPUT, SOME_FAILED
from lpr_core.cli.progress import show_progress

if TYPE_CHECKING:
    from lpr_core.serving.many import ManyProgress

OutOption = Annotated[
    Path | None,
    typer.Option(
        help="Write one table of all plates (.csv, .jsonl or .parquet) in place of lines, for any "
        "number of pictures. Started again after a kill, it goes on where it was."
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(help="With --out: processes; one for each processor when not given.", min=1),
]


def read_to_table(
    pictures: list[Path],
    out: Path,
    jobs: int | None,
    region: str | None,
    model: Path | None,
    finder: Path | None,
) -> None:
    """Read pictures into a table; exit with 1 where some could not be read, 2 where none could."""
    import sys

    from lpr_core.serving.many import ManyOptions, read_many

    options = ManyOptions(jobs, region, model, finder)
    with show_progress("Reading") as tell:
        progress = read_many(
            pictures,
            out,
            options,
            on_progress=lambda now: tell(now.done, now.total),
            standard_input=sys.stdin,
        )
    typer.echo(describe_end(progress, out))
    num_read = progress.total - progress.kept
    if progress.errors:
        raise typer.Exit(
            BAD_INPUT if progress.errors == num_read == progress.total else SOME_FAILED
        )


def describe_end(progress: "ManyProgress", out: Path) -> str:
    """Return what was done, in one line."""
    told = f"Read {progress.total - progress.kept:,} pictures"
    if progress.seconds:
        told += f" at {progress.rate:.1f} a second"
    if progress.kept:
        told += f", {progress.kept:,} were read before"
    if progress.errors:
        told += f"; {progress.errors:,} could not be read, their rows say why"
    return f"{told}. Wrote {out}."
