"""`lpr condition`, `lpr evaluate-condition`, and the export of runs that tell two classes apart."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lpr_core.cli.errors import BAD_INPUT, SOME_FAILED, describe_error
from lpr_core.cli.reading import JsonOption

if TYPE_CHECKING:
    from lpr_core.serving.condition import ConditionTeller

BundleOption = Annotated[
    Path | None, typer.Option(help="Folder of the bundle; the shipped one when not given.")
]
NUM_PARITY_PICTURES = 64


def tell_conditions(
    pictures: Annotated[list[Path], typer.Argument(help="Crops of one plate, or folders of them.")],
    as_json: JsonOption = False,
    model: BundleOption = None,
) -> None:
    """Say of each plate whether it is clean or hard to read, and how sure that is.

    Exit code 0; 1 where some pictures could not be read, 2 where none could.
    """
    from lpr_core.data.formats.pictures import PICTURE_SUFFIXES
    from lpr_core.pictures.decoding import PictureError, read_picture

    teller = _load(model)
    paths = [
        path
        for given in pictures
        for path in (sorted(given.rglob("*")) if given.is_dir() else [given])
        if not given.is_dir() or path.suffix.lower().lstrip(".") in PICTURE_SUFFIXES
    ]
    rows: list[dict[str, Any]] = []
    for path in paths:
        try:
            (told,) = teller.tell([read_picture(path)])
        except (PictureError, OSError) as error:
            rows.append({"picture": str(path), "error": describe_error(error)})
            typer.echo(f"{path}: {describe_error(error)}", err=True)
            continue
        rows.append({"picture": str(path), "label": told.label, "chance": round(told.chance, 4)})
        if not as_json:
            sure = max(told.chance, 1 - told.chance)
            typer.echo(f"{path}: {told.label} ({100 * sure:.0f} %)")
    if as_json:
        typer.echo(json.dumps({"model": teller.card.version, "pictures": rows}, indent=2))
    failed = sum("error" in row for row in rows)
    if not rows:
        raise ValueError("there is no picture to look at. Received: an empty folder.")
    if failed:
        raise typer.Exit(BAD_INPUT if failed == len(rows) else SOME_FAILED)


def evaluate_condition(
    manifest: Annotated[
        Path,
        typer.Option(help="Table with image_path and label, or a folder `class/picture`."),
    ],
    split: Annotated[str | None, typer.Option(help="Pictures of this split only.")] = None,
    model: BundleOption = None,
    record: Annotated[
        bool, typer.Option("--record", help="Keep the scores in the bundle's card.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure how well two classes are told apart: accuracy, balanced accuracy, area, intervals."""
    import numpy as np

    from lpr_core.data.samples import read_crop
    from lpr_core.places import shipped_condition_dir
    from lpr_core.serving.condition import record_condition
    from lpr_core.serving.evaluation import name_data, select_split
    from lpr_core.tasks.condition.config import ConditionConfig
    from lpr_core.tasks.condition.examples import read_labelled
    from lpr_core.tasks.condition.scores import score_chances

    teller = _load(model)
    classes = teller.card.classes
    frame = select_split(read_labelled(manifest, ConditionConfig(classes=classes)), split)
    told = teller.tell(read_crop(row) for _, row in frame.iterrows())
    truth = np.array([classes.index(label) for label in frame["label"]])
    scores = score_chances(truth, np.array([one.chance for one in told]))
    data = name_data(manifest, split)
    if record:
        record_condition(model or shipped_condition_dir(), data, scores)
    if as_json:
        typer.echo(json.dumps({"model": teller.card.version, "data": data, **scores}, indent=2))
        return
    typer.echo(f"{teller.card.version} on {data}: {scores['count']} pictures")
    for name in ("picture_accuracy", "balanced_accuracy", "area_under_curve"):
        low, high = scores[f"{name}_interval"]
        words = name.replace("_", " ")
        typer.echo(f"{words:18} {scores[name]:.3f} [{low:.3f}, {high:.3f}]")
    for name, share, count in zip(
        classes, scores["class_accuracy"], scores["class_count"], strict=True
    ):
        typer.echo(f"{name:18} {'-' if share is None else f'{share:.3f}'} of {count}")


def export_told(run_dir: Path, out: Path | None, name: str | None) -> None:
    """Write the bundle of a run that tells two classes apart."""
    from lpr_core.cli.run_folders import describe_provenance, find_manifest
    from lpr_core.data.samples import read_crop
    from lpr_core.serving.condition import export_condition
    from lpr_core.tasks.condition.config import ConditionConfig
    from lpr_core.tasks.condition.examples import read_labelled
    from lpr_core.tasks.networks import load_network
    from lpr_core.tasks.saved import read_network_config

    config = read_network_config(run_dir)
    assert isinstance(config, ConditionConfig)
    frame = read_labelled(find_manifest(run_dir), config)
    held = frame[frame["split"] == "validation"]
    rows = (frame if held.empty else held).head(NUM_PARITY_PICTURES)
    card = export_condition(
        load_network(run_dir),
        config,
        parity_pictures=[read_crop(row) for _, row in rows.iterrows()],
        out_dir=out or run_dir / "condition",
        name=name or run_dir.name,
        provenance=describe_provenance(run_dir),
    )
    typer.echo(f"Wrote {out or run_dir / 'condition'} ({card.version}).")


def _load(model: Path | None) -> "ConditionTeller":
    from lpr_core.places import shipped_condition_dir
    from lpr_core.serving.condition import ConditionTeller

    return ConditionTeller.load(model or shipped_condition_dir())
