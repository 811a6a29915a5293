"""Choose one finished run of a study: its variant and its seed."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app.dashboard.chosen.study_view import StudyView, read_predictions, read_runs
from lpr_core.training.runs import RunFolder


@dataclass(frozen=True)
class ChosenRun:
    """One run of a study."""

    view: StudyView
    variant: str
    seed: int

    @property
    def label(self) -> str:
        """What people read."""
        return f"{self.view.labels[self.variant]}, seed {self.seed}"

    @property
    def folder(self) -> RunFolder:
        """Where its files are."""
        return self.view.folder.run(self.variant, self.seed)

    def read(self) -> pd.DataFrame:
        """Return what it read on clean validation plates."""
        return read_predictions(self.view, self.variant, self.seed)


def list_seeds(view: StudyView, variant: str) -> list[int]:
    """Return the seeds of a variant whose runs are finished."""
    runs = read_runs(view)
    is_done = (runs["variant"] == variant) & (runs["state"] == "finished")
    return sorted(runs.loc[is_done, "seed"])


def choose_run(view: StudyView, key: str, label: str, *, last: bool = False) -> ChosenRun:
    """Ask for a variant that has finished runs, and for a seed; `last` begins with the last one."""
    by_label = {text: name for name, text in view.labels.items() if list_seeds(view, name)}
    with st.container(horizontal=True):
        chosen = st.selectbox(
            label,
            list(by_label),
            index=len(by_label) - 1 if last else 0,
            key=f"run_{key}",
            bind="query-params",
        )
        variant = by_label[chosen]
        seed = st.selectbox(
            "Seed",
            list_seeds(view, variant),
            key=f"seed_{key}",
            bind="query-params",
            width=110,
        )
    return ChosenRun(view, variant, seed)
