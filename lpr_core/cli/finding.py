"""`lpr evaluate-finder`, and the export of runs that find plates."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

FinderOption = Annotated[
    Path | None,
    typer.Option(help="Folder of the finder bundle; the shipped finder when not given."),
]
NUM_PARITY_PHOTOS = 32


def evaluate_finder(
    manifest: Annotated[Path, typer.Option(help="Labelled photos, in any format of boxes.")],
    split: Annotated[str | None, typer.Option(help="Photos of this split only.")] = None,
    model: FinderOption = None,
    set_threshold: Annotated[
        bool,
        typer.Option(
            "--set-threshold",
            help="Keep the score from which a box counts; use validation photos.",
        ),
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Keep the scores in the finder's card.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure a finder on labelled photos: precision, recall, false boxes, edges, speed."""
    from lpr_core.data.photos import read_photos
    from lpr_core.places import shipped_finder_dir
    from lpr_core.serving.evaluation import name_data, select_split
    from lpr_core.serving.finding.finder import Finder
    from lpr_core.serving.finding.measuring import measure_finder, record_finder

    bundle_dir = model or shipped_finder_dir()
    photos = select_split(read_photos(manifest), split)
    report = measure_finder(Finder.load(bundle_dir), photos, choose=set_threshold)
    record_finder(
        bundle_dir,
        name_data(manifest, split),
        report if record else None,
        report["threshold"] if set_threshold else None,
    )
    typer.echo(json.dumps(report, indent=2) if as_json else _format_report(report))


def mine_boxes(
    manifest: Annotated[Path, typer.Option(help="Labelled photos, in any format of boxes.")],
    out: Annotated[Path, typer.Option(help="The manifest to write.")],
    model: FinderOption = None,
) -> None:
    """Write down what a finder takes for plates, for a refiner that is to tell them apart."""
    from lpr_core.data.photos import read_photos
    from lpr_core.serving.finding.finder import Finder
    from lpr_core.serving.finding.mining import mine_false_boxes

    count = mine_false_boxes(Finder.load(model), read_photos(manifest), out)
    typer.echo(f"Wrote {out} with {count} boxes that are no plates.")


def export_found(run_dir: Path, out: Path | None, name: str | None, refiner: Path | None) -> None:
    """Write the bundle of a run that finds plates, with that of a refiner where one is named."""
    from lpr_core.cli.run_folders import describe_provenance
    from lpr_core.serving.finding.export import export_finder
    from lpr_core.tasks.networks import load_network
    from lpr_core.tasks.refining.config import RefiningConfig
    from lpr_core.tasks.saved import read_network_config
    from lpr_core.training.runs import RunFolder

    config: Any = read_network_config(run_dir)
    second = None
    if refiner is not None:
        refining = read_network_config(refiner)
        if not isinstance(refining, RefiningConfig):
            raise ValueError(f"`--refiner` must name a run that refines. Received: {refiner}")
        second = (load_network(refiner), refining)
    bundle_dir = out or run_dir / "finder"
    card = export_finder(
        load_network(run_dir),
        config,
        second,
        parity_photos=_read_parity_photos(run_dir),
        out_dir=bundle_dir,
        name=name or run_dir.name,
        threshold=float(RunFolder(run_dir).read_metrics().get("threshold", 0.5)),
        provenance=describe_provenance(run_dir),
        refiner_provenance=describe_provenance(refiner) if refiner else None,
    )
    typer.echo(f"Wrote {bundle_dir} ({card.version}).")


def _read_parity_photos(run_dir: Path) -> list[Any]:
    from lpr_core.cli.run_folders import find_manifest
    from lpr_core.data.photos import read_photos
    from lpr_core.pictures.decoding import read_picture

    photos = read_photos(find_manifest(run_dir))
    validation = photos[photos["split"] == "validation"]
    rows = photos if validation.empty else validation
    return [read_picture(Path(path)) for path in rows["image_path"].head(NUM_PARITY_PHOTOS)]


def _format_report(report: dict[str, Any]) -> str:
    lines = [
        f"{report['finder_version']}, {report['count']} photos, "
        f"threshold {report['threshold']:.2f}",
        f"AP at 0.5   {_interval(report['ap_50'])}",
        f"AP at 0.7   {_interval(report['ap_70'])}",
        f"F1 a photo  {_interval(report['photo_f1'])}",
        f"recall      {report['recall_50']:.3f} at 0.5, {report['recall_70']:.3f} at 0.7",
        f"edge error  {_interval(report['edge_error'])} of the width",
        f"false boxes {report['false_boxes']:.3f} a photo, "
        f"{_share(report['plate_free']['false_boxes'])} a picture without plates, "
        f"{_share(report['plate_free']['at_recall'])} at a recall of 0.95",
        f"speed       {report['milliseconds']['all']:.1f} ms a photo, of which "
        f"{report['milliseconds']['decoding']:.1f} ms decoding",
    ]
    lines += [
        f"{width:>6} px   AP at 0.5 {_interval(scores['ap_50'])}, {scores['count']} photos"
        for width, scores in report["by_width"].items()
        if scores["count"]
    ]
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"


def _interval(values: list[float | None]) -> str:
    value, low, high = values
    if value is None:
        return "unknown"
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"
