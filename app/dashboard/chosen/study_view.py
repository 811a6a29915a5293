"""One study as the pages see it: what it is, where it was made, and its tables, read once.

Everything is kept until a file of the study changes; the `stamp` tells.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from lpr_core.charts import Style, style_variants
from lpr_core.study.folder.record import StudyRecord
from lpr_core.study.folder.results import StudyFolder, StudySummary

OWN = "own"
"""Stands for the preset in a study that was made of single trainings."""

_STAMPED = ("*.json", "*.csv", "runs/*/seed-*/*")


@dataclass(frozen=True)
class StudyView:
    """A study that was chosen.

    Attributes:
        summary: How far it is.
        record: What was asked.
        stamp: Changes with its files.
    """

    summary: StudySummary
    record: StudyRecord
    stamp: str

    @property
    def folder(self) -> StudyFolder:
        """Where its results are read."""
        return StudyFolder(self.summary.path)

    @property
    def styles(self) -> dict[str, Style]:
        """The look of each variant, the same on all pages."""
        return style_variants(variant.model_dump() for variant in self.record.variants)

    @property
    def labels(self) -> dict[str, str]:
        """What people read instead of each variant's name."""
        return {variant.name: variant.label for variant in self.record.variants}

    @property
    def is_of_single_runs(self) -> bool:
        """Whether it was made of uploaded trainings that no study ran."""
        return self.record.preset == OWN

    @property
    def key(self) -> tuple[str, str]:
        """What the caches below go by."""
        return str(self.summary.path), self.stamp


def stamp_study(path: Path) -> str:
    """Return a text that changes when a file of the study does; contents are not read."""
    total = hashlib.sha256()
    for pattern in _STAMPED:
        for file in sorted(path.glob(pattern)):
            status = file.stat()
            total.update(f"{file} {status.st_mtime_ns} {status.st_size}\n".encode())
    return total.hexdigest()[:16]


def describe_origin(view: StudyView) -> str:
    """Say on which preset, machine and plates the results were made, in one line."""
    record, data = view.record, view.record.data
    parts = [
        f"{record.preset} preset, {describe_machine(record.device)}",
        f"{len(record.variants)} variants x {len(record.seeds)} seeds",
        f"{data.train_rows:,} training and {data.validation_rows:,} validation plates"
        f" ({data.description})",
        record.created[:10],
    ]
    return " · ".join(part for part in parts if part)


def tell_masked(view: StudyView) -> None:
    """Say that the plates have other texts than they had, where that is so."""
    if view.record.data.masked:
        st.info(
            "The plates of this study are masked: each text stands for another one. What is right "
            "and what is wrong is shown as it was, symbols and their confusions are not."
        )


def describe_machine(device: dict[str, Any]) -> str:
    """Say what the study ran on: `2 CPU cores`, or `1 GPU and 16 CPU cores`."""
    cores = device.get("cores")
    accelerators = [str(name) for name in device.get("accelerators", [])]
    num_gpus = sum(not name.lower().startswith("cpu") for name in accelerators)
    parts = [device["name"]] if device.get("name") else []
    if num_gpus and not parts:
        parts.append(f"{num_gpus} GPU{'s' * (num_gpus > 1)}")
    if cores:
        parts.append(f"{cores} CPU core{'s' * (cores > 1)}")
    return " and ".join(parts) or "machine not recorded"


BY_FILES = {StudyView: lambda view: view.key}


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_FILES)
def read_runs(view: StudyView) -> pd.DataFrame:
    """Return `StudyFolder.runs`: those that are finished can be read on every page."""
    return view.folder.runs(thorough=True)


@st.cache_data(max_entries=16, show_spinner="Reading the histories ...", hash_funcs=BY_FILES)
def read_histories(view: StudyView) -> pd.DataFrame:
    return view.folder.histories()


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_FILES)
def read_plates(view: StudyView) -> pd.DataFrame:
    return view.folder.plates()


@st.cache_data(max_entries=400, show_spinner=False, hash_funcs=BY_FILES)
def read_predictions(view: StudyView, variant: str, seed: int) -> pd.DataFrame:
    return view.folder.predictions(variant, seed)


@st.cache_data(max_entries=400, show_spinner=False, hash_funcs=BY_FILES)
def read_noisy_predictions(view: StudyView, variant: str, seed: int) -> pd.DataFrame:
    return view.folder.noisy_predictions(variant, seed)
