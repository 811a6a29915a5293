"""The verdicts page: which of the four hypotheses hold, by how much, and how sure that is."""

from collections.abc import Sequence

import streamlit as st

from app.dashboard.chosen.study_answers import require_answers
from app.dashboard.chosen.study_picker import judges_hypotheses, offer_study, require_study
from app.dashboard.shown.figures import show_figure
from app.dashboard.shown.verdict_cards import show_verdicts
from lpr_core.charts import plot_cells, plot_differences
from lpr_core.evidence.answers import Answers
from lpr_core.evidence.cells import Cell
from lpr_core.evidence.judging.factorial import describe_effects
from lpr_core.evidence.tables.cells import (
    frame_cells,
    frame_contrasts,
    frame_scores,
    name_limits,
    tabulate_cells,
)
from lpr_core.evidence.wording import describe_intervals

ACCOUNT, ALL = "2 × 2, as in the account", "3 × 2, with fine-tuning"  # noqa: RUF001


def show_cells(answers: Answers, styles) -> None:
    st.subheader("The cells", anchor=False)
    shown = st.segmented_control(
        "Cells",
        [ALL, ACCOUNT],
        default=ALL,
        required=True,
        key="cells",
        bind="query-params",
        label_visibility="collapsed",
    )
    cells, scores = frame_cells(answers), frame_scores(answers)
    if shown == ACCOUNT:
        cells = cells[cells["transfer"] != "fine-tuned"]
        scores = scores[scores["variant"].isin(cells["variant"])]
    figure = plot_cells(cells, scores, styles, limits=name_limits(answers))
    show_figure(figure, scores, "cells")
    st.caption(
        "Faint points are runs, one for each seed; large ones their mean with its 95 % interval "
        f"{describe_intervals(cells['seeds'])}. Lines that are not parallel are an interaction."
    )
    for interaction in answers.interactions:
        if shown == ALL or interaction.scope == "frozen":
            st.markdown(f"- {interaction.sentence} {describe_effects(interaction)}")
    with st.expander("The same as a table", icon=":material/table:"):
        show_table([cell for cell in answers.cells if cell.variant in set(cells["variant"])])


def show_table(cells: Sequence[Cell]) -> None:
    st.dataframe(
        tabulate_cells(cells).style(),
        hide_index=True,
        column_config={"Variant": st.column_config.TextColumn(pinned=True)},
        alt="Each cell with its accuracy, interval, seeds and time",
    )


def show_contrasts(answers: Answers) -> None:
    effects, differences = frame_contrasts(answers)
    if effects.empty:
        return
    st.subheader("The differences behind the verdicts", anchor=False)
    figure = plot_differences(effects, differences, margin=answers.verdicts[0].details["margin"])
    show_figure(figure, differences, "differences")
    st.caption(
        "Right of zero, the first of the two reads more. Within the grey band, one percentage "
        "point to either side, a difference does not matter. The intervals hold all together, "
        f"{describe_intervals(effects['seeds'])}."
    )


view = require_study()
st.title("Does it help?", anchor=False)
answers = require_answers(view)
if not answers.verdicts and view.is_of_single_runs:
    st.info(
        f"This study asks: {view.record.question} They differ in more than transfer, noise and "
        "seed, so no hypothesis can be judged; what each read is on the page Runs."
    )
    st.page_link("views/runs.py", label="See the runs", icon=":material/arrow_forward:")
    st.stop()
if not answers.verdicts:
    st.info(
        f"This study asks: {view.record.question} Its answer is on the page More; "
        "the four hypotheses are judged by a study of the design `hypotheses`."
    )
    st.page_link("views/more.py", label="See its answer", icon=":material/arrow_forward:")
    offer_study(judges_hypotheses, "See the verdicts of {name}")
    st.stop()
show_verdicts(answers.verdicts)
for note in answers.notes:
    st.caption(f":material/info: {note}")
show_cells(answers, view.styles)
show_contrasts(answers)
