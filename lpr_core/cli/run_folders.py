"""Run folders as commands name them, and what a card may say of them."""

from pathlib import Path
from typing import Any

from lpr_core.places import runs_dir


def find_run(run: str) -> Path:
    """Return the run folder that `run` names, as a path or below the user's runs.

    Raises:
        FileNotFoundError: There is none.
    """
    for path in (Path(run), runs_dir() / run):
        if path.is_dir():
            return path.resolve()
    raise FileNotFoundError(f"There is no run folder {run}, neither here nor in {runs_dir()}.")


def describe_provenance(run_dir: Path) -> dict[str, Any]:
    """Return a run's own record for the reader's card, without this machine's folders."""
    from lpr_core.training.runs import RunFolder

    folder = RunFolder(run_dir)
    record = folder.read_config()
    config = record.get("config", {})
    for owner, key in (
        (config, "manifest"),
        (config, "validation_manifest"),
        (config, "extra_manifest"),
        (config.get("network", {}), "weights"),
    ):
        if owner.get(key):
            owner[key] = "/".join(Path(owner[key]).parts[-2:])
    return {"run": run_dir.name, "state": folder.state, **record}


def find_manifest(run_dir: Path) -> Path:
    """Return the manifest that holds the run's validation examples."""
    from lpr_core.training.runs import RunFolder

    config = RunFolder(run_dir).read_config().get("config", {})
    manifest = config.get("validation_manifest") or config.get("manifest")
    if manifest is None:
        raise ValueError(f"{run_dir} names no manifest; name one by --calibrate-on.")
    return Path(manifest)
