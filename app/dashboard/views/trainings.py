"""The trainings page: single runs of `lpr train`, how they went and what differs between them."""

from pathlib import Path

import pandas as pd
import streamlit as st

from app.dashboard.chosen.curve_controls import choose_curves
from app.dashboard.shown.figures import show_figure
from app.dashboard.shown.run_tables import compare_configs, stack_histories
from lpr_core.charts import plot_histories
from lpr_core.places import runs_dir
from lpr_core.training.runs import RunFolder, list_runs

STATES = {
    "finished": "✓ finished",
    "started": "… started",
    "failed": "✗ failed",
    "damaged": "? damaged",
}
LIVE_SECONDS = 10
NUM_PRESELECTED = 3


def filter_runs(runs: pd.DataFrame, words: str, states: list[str]) -> pd.DataFrame:
    """Return the runs in one of the states whose name or network has every word."""
    described = runs[["name", "backbone", "head", "weights"]].fillna("").agg(" ".join, axis=1)
    kept = runs["state"].isin(states)
    for word in words.lower().split():
        kept &= described.str.lower().str.contains(word, regex=False)
    return runs[kept]


def show_table(runs: pd.DataFrame) -> None:
    columns = st.column_config
    shown = runs.assign(
        state=runs["state"].map(STATES),
        created=pd.to_datetime(runs["created"], errors="coerce", utc=True),
    )
    labels = {
        "name": columns.TextColumn("Run", pinned=True, width="medium"),
        "state": "State",
        "val_plate_accuracy": columns.NumberColumn("Plates right", format="percent"),
        "val_character_accuracy": columns.NumberColumn("Characters right", format="percent"),
        "epochs": "Epochs",
        "backbone": "Backbone",
        "head": "Head",
        "weights": "Weights",
        "seed": "Seed",
        "created": columns.DatetimeColumn("Begun", format="D MMM YYYY, HH:mm"),
    }
    st.dataframe(
        shown,
        hide_index=True,
        column_order=list(labels),
        column_config=labels,
        placeholder="",
        alt="Runs with their state, accuracy on validation plates, and network",
    )


def show_failures(runs: pd.DataFrame) -> None:
    failed = runs[runs["reason"].astype(bool)]
    if failed.empty:
        return
    with st.expander(f"What went wrong ({len(failed)})", icon=":material/error:", expanded=True):
        for run in failed.itertuples():
            st.markdown(f"**{run.name}** ({run.state}): {run.reason}")


def choose_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs that are chosen for comparison, the newest to begin with."""
    readable = runs[runs["state"] != "damaged"]
    names = st.multiselect(
        "Runs to compare",
        readable["name"],
        default=list(readable.loc[readable["epochs"] > 0, "name"][:NUM_PRESELECTED]),
        key="run",
        bind="query-params",
        placeholder="Choose one or several",
    )
    return readable.set_index("name").loc[names]


def show_curves(folders: list[RunFolder]) -> None:
    measure, parts, log_scale = choose_curves("plate_accuracy")
    histories = {folder.path.name: folder.read_history() for folder in folders}
    figure = plot_histories(histories, measure, parts=parts, log_scale=log_scale)
    show_figure(figure, stack_histories(histories), "histories")
    st.caption("Solid lines are validation, dotted ones training. Each colour is one run.")


def show_differences(folders: list[RunFolder]) -> None:
    differences = compare_configs({folder.path.name: folder.read_config() for folder in folders})
    st.subheader("What differs" if len(folders) > 1 else "Configuration")
    if differences.empty:
        st.caption("Nothing: the runs have the same configuration.")
    else:
        st.dataframe(differences, alt="Settings that differ between the chosen runs")


st.title("Trainings")
folder = runs_dir()
runs = list_runs(folder)
if runs.empty:
    st.info(
        f"No runs yet in `{folder}`. `lpr train` makes one and it appears here while it learns; "
        "`LPR_RUNS_DIR` names another folder."
    )
    st.stop()

counts = runs["state"].value_counts()
st.markdown(
    f"{len(runs)} in `{folder}`: "
    + ", ".join(f"{counts[state]} {state}" for state in STATES if state in counts)
)
with st.container(horizontal=True):
    words = st.text_input(
        "Filter", placeholder="Name, backbone, head or weights", key="words", bind="query-params"
    )
    states = st.pills(
        "State",
        STATES,
        selection_mode="multi",
        default=list(STATES),
        key="state",
        bind="query-params",
    )
runs = filter_runs(runs, words, states)
show_table(runs)
show_failures(runs)

st.subheader("Curves")
chosen = choose_runs(runs)
if chosen.empty:
    st.info("Choose one or several runs above to see their curves.")
    st.stop()
folders = [RunFolder(Path(path)) for path in chosen["path"]]
is_live = (chosen["state"] == "started").any()
st.fragment(show_curves, run_every=LIVE_SECONDS if is_live else None)(folders)
show_differences(folders)
