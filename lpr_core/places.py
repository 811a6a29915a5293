"""Where shipped files and a person's own files live."""

import os
from pathlib import Path

import platformdirs


def find_shipped(package_dir: Path) -> Path:
    """Return where the shipped files lie: inside an installed package, else in the checkout.

    A wheel has `data/` as `lpr_core/_data`, a checkout beside `lpr_core`.
    """
    packed = package_dir / "_data"
    return packed if packed.is_dir() else package_dir.parent / "data"


SHIPPED_DIR = find_shipped(Path(__file__).resolve().parent)
"""Fonts, samples, shipped readers and studies. Never written at run time."""


def user_data_dir() -> Path:
    """Return the folder of a person's pictures, labels and runs; it is created when missing.

    `LPR_DATA_DIR` chooses it; the default is the platform's own place for user data, outside the
    checkout, so that neither `git clean` nor a served working folder can reach the pictures.
    """
    chosen = os.environ.get("LPR_DATA_DIR")
    folder = Path(chosen) if chosen else Path(platformdirs.user_data_dir("lpr-workbench"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def runs_dir() -> Path:
    """Return the folder of run folders: `LPR_RUNS_DIR`, else `runs` among the user's data."""
    chosen = os.environ.get("LPR_RUNS_DIR")
    return Path(chosen) if chosen else user_data_dir() / "runs"


def studies_dir() -> Path:
    """Return the folder of a person's own studies; the shipped ones are in `data/studies`."""
    return user_data_dir() / "studies"


def shipped_reader_dir() -> Path:
    """Return the bundle that the apps read with: `LPR_READER`, else the shipped one."""
    chosen = os.environ.get("LPR_READER")
    return Path(chosen) if chosen else SHIPPED_DIR / "models" / "world"


def shipped_finder_dir() -> Path:
    """Return the bundle that plates are found with: `LPR_FINDER`, else the shipped one."""
    chosen = os.environ.get("LPR_FINDER")
    return Path(chosen) if chosen else SHIPPED_DIR / "models" / "finder"


def shipped_condition_dir() -> Path:
    """Return the bundle that tells clean plates: `LPR_CONDITION`, else the shipped one."""
    chosen = os.environ.get("LPR_CONDITION")
    return Path(chosen) if chosen else SHIPPED_DIR / "models" / "condition"
