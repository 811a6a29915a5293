"""The dashboard's first page: three answers in plain words, and how much of what is here."""

from html import escape

import streamlit as st

from app.dashboard.chosen.plain_answers import list_plain_answers
from app.dashboard.chosen.study_picker import KEY, offer_studies
from app.dashboard.open_dashboard import why_shut
from app.dashboard.shown.links import labeler_url
from lpr_core.data.shipped import list_samples
from lpr_core.evidence.plain import PlainAnswer
from lpr_core.evidence.units import whole_percent
from lpr_core.places import runs_dir, shipped_reader_dir
from lpr_core.serving.bundle import read_card
from lpr_core.training.runs import list_runs

STEPS = ("Upload", "Read", "Correct", "Train", "Compare", "Serve the better reader")
HERE = ("Train", "Compare")


def describe_reader() -> str:
    """Name the reader and say how many plates it reads whole, where that was measured."""
    try:
        card = read_card(shipped_reader_dir())
    except (FileNotFoundError, ValueError) as problem:
        return f"There is no reader yet. {problem}"
    measured = "".join(
        f", {whole_percent(scores['plate_accuracy'])} of {scores['count']} plates whole ({data})"
        for data, scores in card.accuracy.items()
    )
    return f"Reads with {card.version}{measured}."


def describe_runs() -> str:
    states = list_runs(runs_dir())["state"]
    return f"Finished runs: {(states == 'finished').sum()} of {len(states)}."


def describe_studies() -> str:
    studies = offer_studies().values()
    return f"Finished studies: {sum(s.state == 'complete' for s in studies)} of {len(studies)}."


def describe_samples() -> str:
    yours = "" if why_shut() else "; yours can be dropped in"
    return f"Sample plates: {len(list_samples())}{yours}."


def show_card(title: str, icon: str, text: str, state: str, target: str | None, link: str) -> None:
    with st.container(border=True, height="stretch"):
        st.subheader(f":material/{icon}: {title}", anchor=False)
        st.markdown(text)
        st.caption(state)
        if target:
            st.page_link(target, label=link, icon=":material/arrow_forward:")


def show_answer(answer: PlainAnswer, study: str) -> None:
    tone, word = ("good", "✓ Sure") if answer.is_sure else ("open", "? Not sure")
    with st.container(border=True, height="stretch"):
        st.html(
            f'<div class="lpr-claim"><h3>{escape(answer.question)}</h3>'
            f'<span class="lpr-outcome lpr-{tone}">{word}</span></div>'
        )
        st.markdown(answer.answer)
        if answer.caveat:
            st.caption(answer.caveat)
        st.page_link(
            f"views/{answer.page}.py",
            label=f"Study {study}",
            icon=":material/arrow_forward:",
            query_params={KEY: study},
        )


st.title("What helps on your plates?", anchor=False)
st.markdown(
    "The workbench closes one loop. The labelling app takes plates in and keeps what people "
    "correct; this dashboard shows how trainings went and what the reader can take."
)
steps = "".join(
    f'<span role="listitem"{" class=lpr-here" * (step in HERE)}>{step}</span>' for step in STEPS
)
st.html(
    f'<div class="lpr-loop" role="list" aria-label="The loop; marked: shown here">{steps}</div>'
)

if told := list_plain_answers():
    for column, (answer, study) in zip(st.columns(len(told)), told, strict=True):
        with column:
            show_answer(answer, study)

verdicts, noise = st.columns(2)
labelling, trainings = st.columns(2)
with verdicts:
    show_card(
        "Verdicts",
        "gavel",
        "Does transfer learning help, does noise? Four hypotheses, each with an interval and a "
        "verdict, and the reasons behind them.",
        describe_studies(),
        "views/verdicts.py",
        "See the verdicts",
    )
with labelling:
    show_card(
        "Labelling app",
        "edit_note",
        "Drop plate pictures, see them read, correct what is wrong with the keyboard.",
        describe_reader(),
        labeler_url(),
        "Open the labelling app",
    )
with noise:
    show_card(
        "Noise",
        "grain",
        "Lay noise on a plate, from faint to strong, and see which symbols survive in which run.",
        describe_samples(),
        "views/noise.py",
        "Try the noise",
    )
with trainings:
    show_card(
        "Trainings",
        "school",
        "Lay learning curves over each other and see which settings differ.",
        describe_runs(),
        "views/trainings.py",
        "Compare trainings",
    )
