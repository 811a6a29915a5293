"""The more page: how deep to freeze, how many plates it takes, how much the split decides."""

import streamlit as st

from app.dashboard.chosen.study_answers import find_answers
from app.dashboard.chosen.study_picker import offer_studies, open_study, tell_shut
from app.dashboard.chosen.study_view import StudyView, describe_origin
from app.dashboard.shown.figures import show_figure
from app.dashboard.shown.finding_lines import count_directions, tell_directions
from lpr_core.charts import SERIES_COLOURS, plot_bars, plot_factor
from lpr_core.evidence.answers import Answers
from lpr_core.evidence.tables.cells import READ, frame_bars
from lpr_core.evidence.tables.factors import frame_factor
from lpr_core.evidence.units import percent
from lpr_core.evidence.wording import SCOPES, describe_intervals, tell_method
from lpr_core.study.designs import Design, list_designs


def show_design(design: Design) -> None:
    st.subheader(design.heading, anchor=False)
    st.caption(design.about)
    studies = offer_studies(lambda asked: asked.name == design.name)
    if not studies:
        st.info(f"Nobody has asked yet: `lpr study run {design.name}` would answer it.")
        return
    name = next(iter(studies))
    if len(studies) > 1:
        name = st.selectbox("Study", list(studies), key=design.name, bind="query-params", width=360)
    view = open_study(studies[name])
    if view is None:
        st.warning(studies[name].reason)
    elif not studies[name].runs_done:
        st.info(f"None of the {studies[name].runs_total} runs of {name} is finished yet.")
    else:
        show_answer(design, view)


def show_answer(design: Design, view: StudyView) -> None:
    st.caption(describe_origin(view))
    answers = find_answers(view)
    if answers is None:
        return
    for line in tell_directions(answers.findings):
        st.markdown(line)
    if axis := design.axis:
        means, scores = frame_factor(answers, axis.factor, axis.series)
        figure = plot_factor(
            means, scores, axis.title, colours=SERIES_COLOURS, as_share=axis.is_share
        )
        show_figure(figure, scores, design.name)
    else:
        bars = frame_bars(answers)
        show_figure(plot_bars(bars, READ), bars, design.name)
    over = describe_intervals(len(cell.by_seed) for cell in answers.cells if cell.by_seed)
    points = "Faint points are runs, one for each seed; the" if axis else "The"
    st.caption(f"{points} whiskers are 95 % intervals {over}.")
    show_folds(answers)
    for note in answers.notes:
        st.caption(f":material/info: {note}")
    if answers.findings:
        label = count_directions(answers.findings)
        with st.expander(label, icon=":material/compare_arrows:"):
            for finding in answers.findings:
                st.markdown(f"- {finding.sentence}")
            st.caption(tell_method("comparisons"))


def show_folds(answers: Answers) -> None:
    for way, score in answers.folds.items():
        st.markdown(
            f"All folds together, {SCOPES.get(way, way)}: **{percent(score.mean)}** of the "
            f"characters ({percent(score.low)} to {percent(score.high)})."
        )


st.title("What else decides?", anchor=False)
tell_shut()
for design in list_designs():
    if design.heading:
        show_design(design)
