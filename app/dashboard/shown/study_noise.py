"""What the runs of a study read on noisy plates: one plate side by side, then all of them."""

import pandas as pd
import streamlit as st

from app.dashboard.chosen.noise_sources import choose_study_plate
from app.dashboard.chosen.study_answers import require_answers
from app.dashboard.chosen.study_picker import offer_study
from app.dashboard.chosen.study_view import StudyView, read_plates, read_runs, tell_masked
from app.dashboard.shown.figures import offer_download, show_figure
from app.dashboard.shown.run_readings import (
    find_strengths,
    read_runs_at,
    reading_cards,
    tabulate_readings,
)
from lpr_core.charts import plot_dose_response, plot_noise_map
from lpr_core.evidence.tables.noise import frame_knees, frame_map, frame_response
from lpr_core.evidence.wording import describe_intervals
from lpr_core.study.designs import Design, find_design


def show_runs(view: StudyView, plate: int | None, strength: float) -> None:
    """Show what each run of one seed reads of a plate at the tested strength nearest to `strength`.

    Args:
        view: The study.
        plate: The plate that the page shows; None asks for one, for the runs can only tell about
            the study's own plates.
        strength: As chosen on the page.
    """
    st.subheader("What each run of the study reads", anchor=False)
    tell_masked(view)
    runs = read_runs(view)
    finished = runs[runs["state"] == "finished"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if plate is None:
            plate = choose_study_plate(view)
        seed = st.selectbox(
            "Seed", sorted(finished["seed"].unique()), key="seed", bind="query-params", width=110
        )
    variant = finished.loc[finished["seed"] == seed, "variant"].iloc[0]
    tested = find_strengths(view, variant, seed)
    # Rounded, so that of two that are equally far the fainter one is taken.
    nearest = min(tested, key=lambda value: round(abs(value - strength), 6))
    truth = read_plates(view)["truth"][plate]
    readings = read_runs_at(view, seed, plate, nearest, truth)
    if not readings:
        st.caption("The runs of this seed were not measured on this plate.")
        return
    st.html(reading_cards(readings))
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.caption(
            f"Plate {truth} at strength {nearest:g}, the nearest that the runs were tested with "
            f"({', '.join(f'{value:g}' for value in tested)}). All runs read the same picture."
        )
        table = tabulate_readings(readings)
        offer_download("Data", lambda: table.to_csv(index=False), "readings.csv", "text/csv")


def show_all_plates(view: StudyView, strength: float) -> None:
    """Show dose and response over all plates, and the train x test map."""
    answers = require_answers(view)
    response = frame_response(answers)
    if response.empty:
        return
    st.subheader("All plates of the study", anchor=False)
    figure = plot_dose_response(
        response, view.styles, knees=frame_knees(answers), chosen=min(strength, _last(response))
    )
    show_figure(figure, response, "dose-response")
    st.caption(
        "The marks below the curves show where each variant has lost a tenth of what it reads "
        "above chance. The 95 % intervals of curves and marks are "
        f"{describe_intervals(response['num_seeds'])}. The long dashes are the strength chosen "
        "above."
    )
    for finding in answers.noise:
        st.markdown(f"- {finding.sentence}")
    st.subheader("Training against test", anchor=False)
    table = frame_map(answers)
    show_figure(plot_noise_map(table), table.reset_index(), "noise-map")
    if not varies_noise(find_design(view.record.design)):
        offer_study(varies_noise, "See every strength in training: {name}")


def varies_noise(design: Design) -> bool:
    """Whether studies of this design are trained with one strength of noise after the other."""
    return design.axis is not None and design.axis.factor == "noise"


def _last(response: pd.DataFrame) -> float:
    return float(response["strength"].max())
