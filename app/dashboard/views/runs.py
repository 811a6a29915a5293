"""The runs page: how the variants of a study learned, what differs between them, what they cost."""

import pandas as pd
import streamlit as st

from app.dashboard.chosen.curve_controls import choose_curves
from app.dashboard.chosen.run_choice import choose_run
from app.dashboard.chosen.study_answers import require_answers
from app.dashboard.chosen.study_picker import require_study
from app.dashboard.chosen.study_view import StudyView, read_histories, read_runs
from app.dashboard.shown.figures import show_figure
from app.dashboard.shown.run_tables import compare_configs
from lpr_core.charts import MAX_BANDS, PARTS, plot_bands, plot_costs, plot_gaps
from lpr_core.evidence.curves import band_histories
from lpr_core.evidence.tables.cells import frame_cells

STATES = {
    "finished": "✓ finished",
    "started": "… started",
    "failed": "✗ failed",
    "missing": "· not begun",
    "damaged": "? damaged",
}


def choose_variants(view: StudyView) -> list[str]:
    """Return the names of the variants to draw, all of them to begin with."""
    by_label = {label: name for name, label in view.labels.items()}
    chosen = st.pills(
        "Variants",
        list(by_label),
        selection_mode="multi",
        default=list(by_label),
        key="variants",
        bind="query-params",
        wrap=True,
    )
    return [by_label[label] for label in chosen]


def show_curves(view: StudyView, variants: list[str]) -> None:
    is_crowded = len(view.labels) > MAX_BANDS
    measure, parts, log_scale = choose_curves(
        "character_accuracy", ["validation"] if is_crowded else list(PARTS)
    )
    histories = read_histories(view)
    bands = band_histories(histories[histories["variant"].isin(variants)], measure)
    bands = bands[bands["part"].isin(parts)]
    if bands.empty:
        st.info("Choose a variant and a line above.")
        return
    figure = plot_bands(bands, view.styles, measure, log_scale=log_scale)
    show_figure(figure, bands, "curves")
    st.caption(
        f"Thick lines are validation, thin ones with crosses training; {describe_bands(bands)}. "
        "Training is measured while the network learns, with noise and dropout."
    )


def describe_bands(bands: pd.DataFrame) -> str:
    if bands["num_seeds"].max() == 1:
        return "there are no bands, for there is one seed"
    if bands["variant"].nunique() > MAX_BANDS:
        return f"bands are drawn of up to {MAX_BANDS} variants, so choose fewer to see them"
    return "the bands are the 95 % interval of the mean over seeds"


def show_gaps(view: StudyView, cells: pd.DataFrame) -> None:
    measured = cells.dropna(subset="train")
    if measured.empty:
        return
    st.subheader("Training against validation", anchor=False)
    gaps = measured.rename(columns={"mean": "validation"})
    columns = ["variant", "label", "train", "validation", "gap"]
    show_figure(plot_gaps(gaps, view.styles), gaps[columns], "gaps")
    st.caption(
        "What the networks read of the plates that they learned from in the last epoch, with noise "
        "and dropout, for after a single training these are not read again, and of validation "
        "plates."
        if view.is_of_single_runs
        else "What the finished networks read of the plates that they learned from, without noise, "
        "and of validation plates. A long bar is a network that knows its plates by heart."
    )


def show_differences(view: StudyView) -> None:
    st.subheader("What differs between two runs", anchor=False)
    first, second = st.columns(2)
    with first:
        one = choose_run(view, "a", "One run")
    with second:
        other = choose_run(view, "b", "Another run", last=True)
    configs = {run.label: run.folder.read_config() for run in (one, other)}
    if len(configs) < 2:
        st.caption("Choose two different runs.")
        return
    differences = compare_configs(configs)
    if differences.empty:
        st.caption("Nothing: the runs have the same configuration.")
    else:
        st.dataframe(differences, alt=f"Settings that differ between {' and '.join(configs)}")


def show_costs(view: StudyView, cells: pd.DataFrame) -> None:
    timed = cells.dropna(subset="minutes")
    if timed.empty:
        return
    st.subheader("Time and cost", anchor=False)
    costs = timed.rename(columns={"mean": "value"})
    columns = ["variant", "label", "minutes", "value", "seeds"]
    show_figure(plot_costs(costs, view.styles), costs[columns], "costs")
    total = (costs["minutes"] * costs["seeds"]).sum()
    st.caption(
        f"Means over seeds. All {costs['seeds'].sum()} runs together trained for "
        f"{total / 60:.1f} hours."
    )


def show_states(view: StudyView) -> None:
    """Show each run's state, and why failed ones failed."""
    runs = read_runs(view)
    wide = runs.assign(state=runs["state"].map(STATES)).pivot(
        index="variant", columns="seed", values="state"
    )
    wide = wide.reindex(view.labels).rename(index=view.labels).rename_axis("Variant")
    wide.columns = [f"Seed {seed}" for seed in wide.columns]
    with st.expander(f"All {len(runs)} runs", icon=":material/table_rows:"):
        st.dataframe(wide, alt="The state of each run, by variant and seed")
    faults = runs[runs["reason"].astype(bool)]
    if not faults.empty:
        with st.expander(f"What went wrong ({len(faults)})", icon=":material/error:"):
            for run in faults.itertuples():
                label = view.labels[run.variant]
                st.markdown(f"**{label}, seed {run.seed}** ({run.state}): {run.reason}")


view = require_study()
st.title("How did they learn?", anchor=False)
variants = choose_variants(view)
show_curves(view, variants)
cells = frame_cells(require_answers(view))
cells = cells[cells["variant"].isin(variants)]
show_gaps(view, cells)
show_costs(view, cells)
show_differences(view)
show_states(view)
