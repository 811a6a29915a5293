"""`lpr train`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lpr_core.files import claim_folder
from lpr_core.places import runs_dir
from lpr_core.settings import flatten_settings
from lpr_core.tasks.task import find_task
from lpr_core.untrusted import read_untrusted_text

if TYPE_CHECKING:
    from lpr_core.training.callbacks import ProgressListener, TrainingProgress
    from lpr_core.training.config import TrainingConfig
    from lpr_core.training.runs import RunFolder

MAX_SETTINGS_BYTES = 1_000_000


def train(
    config: Annotated[
        Path | None, typer.Option(help="JSON file with settings, such as a run's config.json.")
    ] = None,
    manifest: Annotated[Path | None, typer.Option(help="The plates or photos to train on.")] = None,
    preset: Annotated[
        str | None, typer.Option(help="A named configuration; a wrong name lists all.")
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(
            help="What is to be learned: reading, finding or refining; else the preset's."
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="key=value; network.head=positional reaches inside."),
    ] = None,
    run_dir: Annotated[
        Path | None, typer.Option(help="Folder of the run; a killed run goes on in its folder.")
    ] = None,
    log: Annotated[
        list[str] | None, typer.Option(help="Also write to tensorboard or mlflow; repeatable.")
    ] = None,
    list_settings: Annotated[
        bool, typer.Option("--list-settings", help="Print every setting, and train nothing.")
    ] = False,
) -> None:
    """Train a network and leave a run folder behind."""
    values = merge_settings(config, manifest, settings or [])
    if task is not None:
        find_task(task)
        values["network"] = {**values.get("network", {}), "task": task}
    if list_settings:
        values.setdefault("manifest", "")
    training_config = build_config(preset, values)
    if list_settings:
        typer.echo("\n".join(write_settings(training_config)))
        return
    from lpr_core.training.trackers import check_trackers

    check_trackers(log or ())
    folder = run_dir or claim_folder(runs_dir(), f"{datetime.now():%Y%m%d-%H%M%S}")
    typer.echo(f"Run folder: {folder}")
    finished = _train_tracked(training_config, folder, log or ())
    metrics = finished.read_metrics()
    learned = training_config.task
    typer.echo(f"{learned.words.headline}: {metrics[learned.scores[-1]]:.3f}.")


def _train_tracked(config: "TrainingConfig", run_dir: Path, trackers: Sequence[str]) -> "RunFolder":
    """Train with a bar on the terminal and each epoch in some trackers."""
    from lpr_core.training.fit import train_run
    from lpr_core.training.runs import RunFolder
    from lpr_core.training.trackers import open_trackers

    run = RunFolder(run_dir)
    with open_trackers(trackers, run, run_dir.name, config) as track, show_training() as show:

        def tell(progress: "TrainingProgress") -> None:
            track(progress)
            show(progress)

        return train_run(config, run_dir, on_progress=tell)


def build_config(preset: str | None, values: Mapping[str, Any]) -> "TrainingConfig":
    """Return a configuration of these values, on top of a preset's when one is named.

    Raises:
        ValueError: A setting is unknown, missing or out of range, or there is no such preset.
    """
    from lpr_core.training.config import TrainingConfig, upgrade_settings
    from lpr_core.training.presets import build_preset

    values = upgrade_settings(values)
    unknown = sorted(set(values) - set(TrainingConfig.model_fields))
    if unknown:
        raise ValueError(
            f"There is no setting {', '.join(unknown)}; `lpr train --list-settings` prints all."
        )
    if "manifest" not in values:
        raise ValueError("There are no plates to train on; name them by --manifest.")
    if preset is None:
        return TrainingConfig.model_validate(values)
    return build_preset(preset, **values)


def merge_settings(
    config_path: Path | None, manifest: Path | None, settings: Sequence[str]
) -> dict[str, Any]:
    """Return the values of a `TrainingConfig`: the file's, then those of the command line.

    Raises:
        ValueError: The file holds no JSON object, or a setting is not `key=value`.
        FileNotFoundError: There is no such file.
    """
    values = _read_settings(config_path) if config_path else {}
    if manifest is not None:
        values["manifest"] = str(manifest)
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or not key:
            raise ValueError(f"--set needs key=value. Received: {setting!r}.")
        *parents, name = key.split(".")
        inner = values
        for parent in parents:
            inner = inner.setdefault(parent, {})
            if not isinstance(inner, dict):
                raise ValueError(f"--set {key}: {parent} has no settings inside.")
        inner[name] = _parse_value(text)
    return values


def write_settings(config: "TrainingConfig") -> Iterator[str]:
    """Yield `key=value` as `--set` takes it for every setting, those of inner ones by dots."""
    for name, value in flatten_settings(config.model_dump(mode="json")).items():
        yield f"{name}={json.dumps(value)}"


@contextmanager
def show_training() -> Iterator["ProgressListener"]:
    """Yield a listener that moves a bar in each step and prints a line after each epoch."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[left]}"))
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", left="")

        def tell(progress: "TrainingProgress") -> None:
            if progress.row is not None:
                bar.console.print(_describe_epoch(progress), soft_wrap=True)
            epoch = min(progress.epoch + 1, progress.epochs)  # the last call comes after the last
            bar.update(
                task,
                total=progress.epochs * progress.steps,
                completed=progress.epoch * progress.steps + progress.step,
                description=f"epoch {epoch}, loss {progress.loss:.4f}",
                left=_describe_time(progress.seconds_left),
            )

        yield tell


def _describe_epoch(progress: "TrainingProgress") -> str:
    row = progress.row or {}
    names = ["loss", *(name for name in row if name.startswith("val_"))]
    scores = ", ".join(f"{name} {row[name]:.4f}" for name in names)
    return f"epoch {progress.epoch} of {progress.epochs}: {scores} ({row['seconds']:.0f} s)"


def _describe_time(seconds: float | None) -> str:
    return "" if seconds is None else f"{timedelta(seconds=round(seconds))} left"


def _read_settings(config_path: Path) -> dict[str, Any]:
    try:
        document = json.loads(read_untrusted_text(config_path, MAX_SETTINGS_BYTES))
    except json.JSONDecodeError as error:
        raise ValueError(f"{config_path} must hold JSON: {error}.") from error
    if not isinstance(document, dict):
        raise ValueError(f"{config_path} must hold a JSON object.")
    # The config.json of a run folder has the settings under `config`, beside their provenance.
    return dict(document.get("config", document))


def _parse_value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
