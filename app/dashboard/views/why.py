"""The why page: what keeps the frozen network from reading plates, suspect by suspect."""

import pandas as pd
import streamlit as st

from app.dashboard.chosen.study_picker import judges_hypotheses, offer_study, require_study
from app.dashboard.chosen.study_view import StudyView
from app.dashboard.shown.diagnosis_figures import show_measurement
from app.dashboard.shown.figures import show_figure
from app.dashboard.shown.suspect_cards import suspect_head
from lpr_core.charts import plot_differences
from lpr_core.evidence.wording import describe_intervals


def tell_missing(view: StudyView) -> None:
    """Say how this study gets a diagnosis, or which one can have it."""
    has_frozen = any(v.factors.get("transfer") == "frozen" for v in view.record.variants)
    if has_frozen and not view.is_of_single_runs:
        plates = "" if view.record.data.kind == "drawn" else " --manifest CSV"
        st.info(
            f"This study has no diagnosis yet. `lpr study diagnose {view.summary.name}{plates}` "
            "measures the suspects one after the other."
        )
        return
    st.info(
        "A diagnosis asks the frozen runs of a study, and this one has none that can be asked. "
        "`lpr study run hypotheses` makes them, `lpr study diagnose hypotheses` asks."
    )
    offer_study(judges_hypotheses, "See it for the study {name}")


view = require_study()
st.title("Why does the frozen network fail?", anchor=False)
st.markdown(
    "A network whose backbone is frozen can learn its training plates and still not read others. "
    "Each possible reason is a suspect: it is charged with the share of characters that it costs."
)
diagnosis = view.folder.read_diagnosis()
if not diagnosis.get("suspects"):
    tell_missing(view)
    st.stop()
if summary := diagnosis.get("summary"):
    st.markdown(f"**{summary}**")
for place, suspect in enumerate(diagnosis["suspects"]):
    with st.container(border=True):
        st.html(suspect_head(suspect))
        st.markdown(suspect["sentence"])
        with st.expander("What was measured", expanded=place == 0, icon=":material/straighten:"):
            st.markdown(suspect["measured"])
            st.markdown(f"*Guilty if:* {suspect['guilty_if']}")
            show_measurement(suspect["name"], diagnosis.get("measurements", {}))

st.subheader("Remedies", anchor=False)
remedies = pd.DataFrame(diagnosis.get("remedies", []))
if remedies.empty:
    st.caption(diagnosis.get("remedies_note") or "No remedy was tried yet.")
else:
    effects = remedies.rename(columns={"gain": "mean"}).drop(columns="name")
    effects = effects.rename(columns={"label": "name"})
    figure = plot_differences(effects, pd.DataFrame(columns=["name", "seed", "value"]))
    show_figure(figure, remedies, "remedies")
    st.caption(f"The intervals hold at 95 % all together, {describe_intervals(remedies['seeds'])}.")
    for sentence in remedies["sentence"]:
        st.markdown(f"- {sentence}")
