"""`lpr read` and `lpr evaluate`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lpr_core.cli.errors import BAD_INPUT, SOME_FAILED, describe_error

if TYPE_CHECKING:
    from lpr_core.serving.evaluation import EvaluationReport, ReadingScores
    from lpr_core.serving.floor import Floor
    from lpr_core.serving.reader import Reader

ModelOption = Annotated[
    Path | None,
    typer.Option(help="Folder of the reader bundle; the shipped reader when not given."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def read_pictures(
    pictures: Annotated[list[Path], typer.Argument(help="Pictures, one plate in each.")],
    region: Annotated[
        str | None, typer.Option(help="Where the plates come from, such as br, eu or us-ca.")
    ] = None,
    as_json: JsonOption = False,
    model: ModelOption = None,
) -> None:
    """Read the plates in pictures; `?` stands for a doubtful character.

    A text below the reader's floor is not shown: it would be wrong more often than right.

    A picture that cannot be read does not stop the others; the exit code is 1 then, or 2 when none
    was read.
    """
    from lpr_core.plates.grammar import patterns_for
    from lpr_core.serving.reader import Reader

    if region is not None:
        patterns_for(region)  # an unknown region ends it all, before the first picture
    reader = Reader.load(model)
    results = []
    for path in pictures:
        result = _read_picture(reader, path, region)
        results.append(result)
        if not as_json:
            _print_result(result, width=max(len(str(path)) for path in pictures))
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    num_failed = sum("error" in result for result in results)
    if num_failed:
        raise typer.Exit(BAD_INPUT if num_failed == len(results) else SOME_FAILED)


def evaluate_plates(
    manifest: Annotated[Path, typer.Option(help="CSV with image_path and plate_text.")],
    split: Annotated[str | None, typer.Option(help="Rows of this split only.")] = None,
    model: ModelOption = None,
    region_known: Annotated[
        bool, typer.Option(help="Tell the reader the region of each plate.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Keep the scores in the reader's card.")
    ] = False,
    set_floor: Annotated[
        bool,
        typer.Option(
            "--set-floor",
            help="Keep the confidence under which fewer than half are right as the reader's floor; "
            "use validation plates.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure the reader on labelled plates; the letter O and the digit 0 count as one."""
    from lpr_core.data.manifest import read_manifest
    from lpr_core.places import shipped_reader_dir
    from lpr_core.serving import evaluation
    from lpr_core.serving.evaluation import (
        evaluate_reader,
        name_data,
        record_accuracy,
        select_split,
    )
    from lpr_core.serving.reader import Reader

    reader = Reader.load(model)
    frame = select_split(read_manifest(manifest, None), split)
    report = evaluate_reader(reader, frame, region_known=region_known)
    if record:
        record_accuracy(model or shipped_reader_dir(), name_data(manifest, split), report)
    typer.echo(json.dumps(report, indent=2) if as_json else _format_report(report))
    if set_floor:
        bundle_dir = model or shipped_reader_dir()
        card = evaluation.set_floor(bundle_dir, frame, name_data(manifest, split))
        typer.echo(describe_floor(card.floor), err=as_json)


def describe_floor(floor: "Floor") -> str:
    """Say a measured floor in one line, to be printed."""
    return (
        f"Below {floor.readable_from:.3f} sure nothing counts as read: {floor.num_below} of "
        f"{floor.num_plates} readings, {floor.num_right_below} of them right."
    )


def _read_picture(reader: "Reader", path: Path, region: str | None) -> dict[str, Any]:
    from lpr_core.pictures.decoding import read_picture
    from lpr_core.plates.readable import hide_unreadable

    try:
        reading = reader.read(read_picture(path), region)
    except (ValueError, OSError) as error:
        return {"picture": str(path), "error": describe_error(error)}
    return {"picture": str(path), **hide_unreadable(reading.to_dict())}


def _print_result(result: dict[str, Any], width: int) -> None:
    if "error" in result:
        typer.echo(f"lpr: {result['picture']}: {result['error']}", err=True)
        return
    if not result["is_readable"]:
        typer.echo(f"{result['picture']:{width}}  {result['note']}")
        return
    text = result["doubtful_text"]
    if text != result["text"]:
        text += f" ({result['text']})"
    pattern = result["pattern"] or "no known pattern"
    typer.echo(f"{result['picture']:{width}}  {text}  {result['confidence']:.1%}  {pattern}")


def _format_report(report: "EvaluationReport") -> str:
    rows = {"all": report, **report["by_region"]}
    rows |= {f"{length} long": scores for length, scores in report["by_length"].items()}
    if len(report["by_rows"]) > 1:
        rows |= {f"rows: {number}": scores for number, scores in report["by_rows"].items()}
    lines = [
        f"{report['reader_version']}, {report['seconds']:.1f} s",
        f"{'region':14}{'plates':>8}  {'read whole':24}{'characters':24}"
        "sure at 0.9, wrong of these",
        *(f"{name:14}{_format_scores(scores)}" for name, scores in rows.items()),
        "most often misread: " + (_format_misread(report) or "nothing"),
    ]
    if report["not_fitting"]:
        lines.append(f"{report['not_fitting']} labels do not fit this reader and count as misread.")
    if report["left_out"]:
        lines.append(f"{report['left_out']} labels with an unknown character were left out.")
    return "\n".join(lines)


def _format_misread(report: "EvaluationReport") -> str:
    return ", ".join(f"{right} as {wrong} {count}" for right, wrong, count in report["misread"])


def _format_scores(scores: "ReadingScores") -> str:
    plates = _format_interval(scores["plate_accuracy"], scores["plate_accuracy_interval"])
    characters = _format_interval(
        scores["character_accuracy"], scores["character_accuracy_interval"]
    )
    wrong = scores["wrong_when_sure"]
    sure = f"{scores['sure_share']:.3f}" + ("" if wrong is None else f", {wrong:.3f}")
    return f"{scores['count']:8}  {plates:24}{characters:24}{sure}"


def _format_interval(value: float, interval: list[float]) -> str:
    low, high = interval
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"
