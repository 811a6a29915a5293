"""Where a run comes from: code, data, machine, versions."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keras
import pandas as pd

from lpr_core import __version__
from lpr_core.data.manifest import fingerprint
from lpr_core.training.config import TrainingConfig

_PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "numpy", "imgaug", "opencv-python")


def describe_run(
    config: TrainingConfig,
    train: pd.DataFrame,
    validation: pd.DataFrame,
    extra: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """Return what `config.json` of a run folder holds, ready for JSON.

    Args:
        config: What is trained.
        train: The examples to learn from.
        validation: Those to measure on.
        extra: Those of the second manifest to learn from, where there is one.
    """
    learned = (
        {} if extra is None else {"extra_rows": len(extra), "extra_fingerprint": fingerprint(extra)}
    )
    return {
        "config": config.model_dump(mode="json"),
        "data": {
            "train_rows": len(train),
            "validation_rows": len(validation),
            "train_fingerprint": fingerprint(train),
            "validation_fingerprint": fingerprint(validation),
            **learned,
        },
        "code": {"version": __version__, "commit": _read_commit()},
        "backend": keras.config.backend(),
        "device": {
            "accelerators": keras.distribution.list_devices(),
            "processor": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
        },
        "versions": {"python": platform.python_version(), **_read_versions()},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _read_commit() -> str | None:
    """Return the checkout's commit; `None` for an installed package or without git."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _read_versions() -> dict[str, str]:
    versions = {}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions
