"""The diary page: somebody changed one setting at a time; which conclusions stand?"""

import streamlit as st

from app.dashboard.shown.figures import offer_download, show_figure
from lpr_core.charts import COLOURS, plot_comparisons
from lpr_core.data.formats.tables import find_encoding
from lpr_core.data.shipped import shipped_diary
from lpr_core.evidence.diary import (
    RUN_SPREAD,
    Audit,
    DiaryError,
    DiaryVerdict,
    audit_diary,
    parse_diary,
)
from lpr_core.evidence.diary.wording import RULES, tell_headline, tell_notes
from lpr_core.evidence.tables.diary import frame_comparisons, tabulate_audit
from lpr_core.report.diary import render_audit

VERDICT_COLOURS = {
    str(verdict): COLOURS[place % len(COLOURS)] for place, verdict in enumerate(DiaryVerdict)
}
FORM = (
    "A table with the columns **factor**, **level** and **score** (`0.593`, `59.3 %` or "
    "`441/744`), a row for each run; **also_changed** says what else was changed with it, "
    "**kept** marks the level that was kept. CSV, or a Markdown table."
)


def take_text() -> str:
    """Return what was pasted or dropped; the shipped diary to begin with."""
    upload = st.file_uploader("A diary's file", type=["csv", "md", "txt", "tsv"], key="diary-file")
    if upload is not None:
        content = upload.getvalue()
        try:
            return content.decode(find_encoding(content[:4]))
        except UnicodeDecodeError:
            raise DiaryError(f"{upload.name} must be UTF-8 text; save it as UTF-8.") from None
    return st.text_area("Or paste it", shipped_diary(), height=260, key="diary-text")


def show_audit(audit: Audit) -> None:
    st.markdown(f"**{tell_headline(audit)}**")
    for note in tell_notes(audit):
        st.markdown(f"- {note}")
    frame = frame_comparisons(audit)
    show_figure(plot_comparisons(frame, VERDICT_COLOURS), frame, "diary")
    st.caption("The whiskers are 95 % intervals over other test pictures; seeds are not in them.")
    st.dataframe(
        tabulate_audit(audit).style(),
        hide_index=True,
        height="content",
        column_config={"Factor": st.column_config.TextColumn(pinned=True)},
        alt="Comparisons of the diary",
    )
    st.caption(RULES)
    offer_download("Markdown", lambda: render_audit(audit), "diary-judged.md", "text/markdown")


st.title("Do the conclusions hold?", anchor=False)
st.markdown(
    "One setting changed at a time, one run each, one score: what do such tables show? Bring one, "
    "your own or somebody else's; below stands one that was published."
)
left, right = st.columns([3, 2], gap="large")
with right:
    pictures = st.number_input(
        "Test pictures of each score", 1, 1_000_000, None, placeholder="found if it can be"
    )
    classes = st.number_input("Classes (equally many pictures each)", 2, 10_000, None)
    spread = st.number_input(
        "How much equal runs vary from seed to seed, in points (standard deviation)",
        0.0,
        50.0,
        100 * RUN_SPREAD,
        step=0.5,
        help="Measure it by running one setting with several seeds; 4 points are an assumption.",
    )
    st.caption(FORM)
try:
    with left:
        text = take_text()
    audit = audit_diary(parse_diary(text), pictures, classes, spread / 100)
except DiaryError as problem:
    for line in str(problem).splitlines():
        st.warning(line)
    st.stop()
show_audit(audit)
