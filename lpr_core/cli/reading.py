"""`lpr evaluate`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lpr_core.serving.misreadings import ONE_SYMBOL

if TYPE_CHECKING:
    from lpr_core.serving.evaluation import EvaluationReport, ReadingScores
    from lpr_core.serving.floor import Floor

ModelOption = Annotated[
    Path | None,
    typer.Option(help="Folder of the reader bundle; the shipped reader when not given."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


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
        "most often misread: " + (_format_pairs(report["misread"]) or "nothing"),
        *_format_kinds(report),
    ]
    if report["not_fitting"]:
        lines.append(f"{report['not_fitting']} labels do not fit this reader and count as misread.")
    if report["left_out"]:
        lines.append(f"{report['left_out']} labels with an unknown character were left out.")
    return "\n".join(lines)


def _format_kinds(report: "EvaluationReport") -> list[str]:
    """Return a line for each kind of misreading that there is, the most frequent first."""
    kinds = {name: kind for name, kind in report["misread_kinds"].items() if kind["count"]}
    lines = []
    for name, kind in sorted(kinds.items(), key=lambda item: -item[1]["count"]):
        pairs = _format_pairs(report["confused"]) if name == ONE_SYMBOL else ""
        told = f"{kind['sure']} told surely, {kind['unreadable']} held back"
        lines.append(f"  {name}: {kind['count']}, {told}" + (f" ({pairs})" if pairs else ""))
    return ["of the misread plates:", *lines] if lines else []


def _format_pairs(pairs: list[list[str | int]]) -> str:
    return ", ".join(f"{right} as {wrong} {count}" for right, wrong, count in pairs)


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
