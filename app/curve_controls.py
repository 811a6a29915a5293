"""The row above every figure of curves: which measure, which lines, which scale."""

from typing import NamedTuple

import streamlit as st

from lpr_core.charts import MEASURES, PARTS


class CurveChoice(NamedTuple):
    """What a person wants to see.

    Attributes:
        measure: A key of `MEASURES`.
        parts: Some of `PARTS`.
        log_scale: The measure's axis is logarithmic.
    """

    measure: str
    parts: list[str]
    log_scale: bool


def choose_curves(default: str) -> CurveChoice:
    """Ask for the curves, beginning with the measure `default`; the choice lives in the URL."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = st.segmented_control(
            "Measure",
            MEASURES,
            default=default,
            required=True,
            format_func=MEASURES.__getitem__,
            key="measure",
            bind="query-params",
            wrap=True,
        )
        parts = st.pills(
            "Lines",
            list(PARTS),
            selection_mode="multi",
            default=list(PARTS),
            format_func=str.capitalize,
            key="lines",
            bind="query-params",
        )
        log_scale = st.toggle("Log scale", key="log", bind="query-params")
    return CurveChoice(measure, parts, log_scale)
