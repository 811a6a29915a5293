"""Run every benchmark and print its result."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from tests.benchmarks.accuracy import (
    DEFAULT_MANIFEST,
    DEFAULT_SPLIT,
    compare_accuracy,
    describe_accuracy,
)
from tests.benchmarks.latency import describe_latency, measure_latency
from tests.benchmarks.synthesis_speed import describe_synthesis, measure_synthesis


def main(
    manifest: Annotated[Path, typer.Option(help="Real plates.")] = DEFAULT_MANIFEST,
    split: Annotated[str, typer.Option(help="Its rows to read.")] = DEFAULT_SPLIT,
    model: Annotated[
        Path | None, typer.Option(help="Bundle; the shipped reader by default.")
    ] = None,
    json_path: Annotated[Path | None, typer.Option("--json", help="File for the results.")] = None,
) -> None:
    """Measure latency, synthesis and accuracy on this machine."""
    results = {"latency": measure_latency(model)}
    typer.echo(describe_latency(results["latency"]))
    results["synthesis"] = measure_synthesis()
    typer.echo(describe_synthesis(results["synthesis"]))
    obstacle = _find_obstacle(manifest)
    if obstacle:
        typer.echo(f"Accuracy: not measured; {obstacle}")
    else:
        results["accuracy"] = compare_accuracy(manifest, split, model)
        typer.echo(describe_accuracy(results["accuracy"]))
    if json_path:
        json_path.write_text(json.dumps(results, indent=2) + "\n")


def _find_obstacle(manifest: Path) -> str:
    if not manifest.is_file():
        return f"there is no {manifest}; name a manifest by --manifest."
    if find_spec("rapidocr") is None:
        return "RapidOCR is not installed; `make benchmark` installs it."
    return ""


if __name__ == "__main__":
    typer.run(main)
