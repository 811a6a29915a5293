"""What a study says: from its `answers.json`, or computed anew when its results have changed."""

import streamlit as st

from app.dashboard.chosen.study_view import BY_FILES, StudyView
from lpr_core.evidence.answers import Answers, answer_study
from lpr_core.study.folder.inputs import read_inputs


def require_answers(view: StudyView) -> Answers:
    """Return the answers, or say in one line why there are none and end the page there."""
    answers = find_answers(view)
    if answers is None:
        st.stop()
    return answers


def find_answers(view: StudyView) -> Answers | None:
    """Return the answers, or say in one line why there are none."""
    try:
        return read_answers(view)
    # What the record promises and the files do not hold.
    except (ValueError, LookupError, TypeError, OSError, EOFError) as problem:
        st.warning(f"The results of this study cannot be read: {problem}")
        return None


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_FILES)
def read_answers(view: StudyView) -> Answers:
    """Return the saved answers if they belong to these results; otherwise compute them.

    Raises:
        FileNotFoundError: No plate was measured yet.
        ValueError: The record or the plates are damaged.
    """
    try:
        saved = Answers.model_validate(view.folder.read_answers())
    except ValueError:
        return compute_answers(view)
    return saved if fit_results(saved, view) else compute_answers(view)


def fit_results(answers: Answers, view: StudyView) -> bool:
    """Whether answers rest on the very predictions, record and diagnosis that are there."""
    record = view.record.model_dump(mode="json")
    return (
        answers.runs_fingerprint == view.folder.fingerprint()
        and all(record.get(name) == value for name, value in answers.facts.items())
        and answers.diagnosis == view.folder.read_diagnosis()
    )


# Streamlit shows the words only when it takes longer than half a second.
@st.cache_data(
    max_entries=32,
    show_spinner="No report fits these results yet, so the answers are computed now ...",
    hash_funcs=BY_FILES,
)
def compute_answers(view: StudyView) -> Answers:
    return answer_study(read_inputs(view.folder))
