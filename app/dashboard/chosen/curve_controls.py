"""The row above every figure of curves: which measure, which lines, which scale."""

from collections.abc import Sequence
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


def choose_curves(measure: str, parts: Sequence[str] = tuple(PARTS)) -> CurveChoice:
    """Ask for the curves, beginning with this measure and these parts; the choice is in the URL."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen_measure = st.segmented_control(
            "Measure",
            MEASURES,
            default=measure,
            required=True,
            format_func=MEASURES.__getitem__,
            key="measure",
            bind="query-params",
            wrap=True,
        )
        chosen_parts = st.pills(
            "Lines",
            list(PARTS),
            selection_mode="multi",
            default=parts,
            format_func=str.capitalize,
            key="lines",
            bind="query-params",
        )
        log_scale = st.toggle("Log scale", key="log", bind="query-params")
    return CurveChoice(chosen_measure, chosen_parts, log_scale)
