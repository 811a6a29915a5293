"""The dashboard: noise and runs, in Streamlit. `make start` starts it beside the labelling app."""

import sys
from pathlib import Path

import streamlit as st

APP_DIR = Path(__file__).resolve().parent
if str(APP_DIR.parent) not in sys.path:  # `streamlit run` knows this script's own folder only
    sys.path.append(str(APP_DIR.parent))

from app.links import labeler_url  # noqa: E402

st.set_page_config(page_title="LPR workbench", page_icon=str(APP_DIR / "logo.svg"), layout="wide")
st.logo(APP_DIR / "logo.svg", size="large")
st.html(APP_DIR / "dashboard.css")

# Not in a folder named `pages`: Streamlit would run its scripts without this one when the first
# visitor of a fresh server comes by a page's own address.
page = st.navigation(
    [
        st.Page("dashboard_pages/home.py", title="Overview", icon=":material/home:", default=True),
        st.Page("dashboard_pages/noise.py", title="Noise", icon=":material/grain:"),
        st.Page("dashboard_pages/runs.py", title="Runs", icon=":material/show_chart:"),
    ],
    position="top",
)
body, foot = st.container(), st.container()
# The foot is filled first, because a page that lacks its input stops the script.
url = labeler_url()
link = f'<a href="{url}">Open the labelling app</a>' if url else ""
foot.html(f'<footer class="lpr-foot">LPR workbench, the dashboard. {link}</footer>')
with body:
    page.run()
