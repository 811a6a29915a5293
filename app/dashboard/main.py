"""The dashboard: studies, noise and trainings, in Streamlit. `make start` starts it."""

import logging
import sys
from pathlib import Path

import streamlit as st

WING_DIR = Path(__file__).resolve().parent
LOGO_PATH = WING_DIR.parent / "logo.svg"
ROOT_DIR = WING_DIR.parents[1]
if str(ROOT_DIR) not in sys.path:  # `streamlit run` knows this script's own folder only
    sys.path.append(str(ROOT_DIR))

from app.dashboard.chosen.study_picker import show_picker  # noqa: E402
from app.dashboard.shown.links import labeler_url  # noqa: E402
from app.faults import unforeseen  # noqa: E402

log = logging.getLogger("lpr.dashboard")

st.set_page_config(page_title="LPR workbench", page_icon=str(LOGO_PATH), layout="wide")
st.logo(LOGO_PATH, size="large")
st.html(WING_DIR / "style.css")

# Not in a folder named `pages`: Streamlit would run its scripts without this one when the first
# visitor of a fresh server comes by a page's own address.
of_study = [
    st.Page("views/verdicts.py", title="Verdicts", icon=":material/gavel:"),
    st.Page("views/runs.py", title="Runs", icon=":material/show_chart:"),
    st.Page("views/noise.py", title="Noise", icon=":material/grain:"),
    st.Page("views/why.py", title="Why", icon=":material/troubleshoot:"),
    st.Page("views/mistakes.py", title="Mistakes", icon=":material/spellcheck:"),
]
page = st.navigation(
    [
        st.Page("views/home.py", title="Overview", icon=":material/home:", default=True),
        *of_study,
        st.Page("views/more.py", title="More", icon=":material/more_horiz:"),
        st.Page("views/diary.py", title="Diary", icon=":material/fact_check:"),
        st.Page("views/trainings.py", title="Trainings", icon=":material/model_training:"),
    ],
    position="top",
)
head, body, foot = st.container(), st.container(), st.container()
# The foot is filled first, because a page that lacks its input stops the script.
url = labeler_url()
link = f'<a href="{url}">Open the labelling app</a>' if url else ""
foot.html(f'<footer class="lpr-foot">LPR workbench, the dashboard. {link}</footer>')
if page in of_study:
    with head:
        show_picker()
with body:
    try:
        page.run()
    except unforeseen() as problem:  # results come from anywhere, broken in any way
        log.exception("the page %s failed", page.url_path)
        st.warning(
            f"This page cannot be shown: {type(problem).__name__}: {problem}. "
            "The files of the study do not fit each other; the dashboard's log says more."
        )
