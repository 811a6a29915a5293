"""The figures of each suspect's measurement: what was compared with what."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.dashboard.shown.figures import show_figure
from lpr_core.charts import COLOURS, Style, plot_bars, plot_layers, plot_slots
from lpr_core.evidence.suspects.suspects import QUESTIONS
from lpr_core.evidence.tables.cells import READ
from lpr_core.evidence.tables.suspects import (
    FORMS,
    LIKENESS,
    SHIFTS,
    WEIGHTS,
    Measured,
    frame_layers,
    frame_probe_slots,
    frame_readings,
    frame_stages,
    tabulate_ranges,
)

_STYLES = {
    "unpooled": Style(FORMS["unpooled"], COLOURS[0]),
    "scrambled": Style(FORMS["scrambled"], COLOURS[1], "dot", "square"),
    "pooled": Style(FORMS["pooled"], COLOURS[2], "dash", "diamond-open"),
}


class Shown(NamedTuple):
    """One figure of a measurement.

    Attributes:
        figure: The figure.
        table: What it draws.
        name: What tells it from the suspect's other figures; the first one has none.
        caption: How to read it; may be empty.
    """

    figure: go.Figure
    table: pd.DataFrame
    name: str = ""
    caption: str = ""


def show_measurement(name: str, measurements: Mapping[str, Measured]) -> None:
    """Show a suspect's figures; nothing where it was not measured."""
    if name not in measurements or name not in QUESTIONS:
        return
    found = measurements[name]
    for shown in _list_figures(name, found):
        show_figure(
            shown.figure, shown.table, "-".join(filter(None, ("suspect", name, shown.name)))
        )
        if shown.caption:
            st.caption(shown.caption)
    if name == "input_scale":
        _show_ranges(found)


def _position(found: Measured) -> Iterator[Shown]:
    slots = frame_probe_slots(found)
    yield Shown(
        plot_slots(slots, _STYLES),
        slots,
        "slots",
        "The same probes slot by slot, from left to right. The pooled vector is the average over "
        "all places; in disorder, the map has all its numbers and no position.",
    )


def _features(found: Measured) -> Iterator[Shown]:
    stages = frame_stages(found)
    yield Shown(
        plot_bars(stages, READ),
        stages,
        caption="Stages are named by the height of their maps as a share of the picture's; the "
        f"head gets {found['last']}. Each is probed with its places, and averaged over them.",
    )


def _drift(found: Measured) -> Iterator[Shown]:
    layers = found["layers"]
    change = frame_layers(layers, WEIGHTS)
    yield Shown(
        plot_layers(change, "Change of the weights", as_share=True),
        change,
        "weights",
        "How far fine-tuning moved the weights of each layer with a kernel, as a share of their "
        "length at the start.",
    )
    similar = frame_layers(layers, LIKENESS)
    if not similar.empty:
        yield Shown(
            plot_layers(similar, "Linear CKA", as_share=True),
            similar,
            "layers",
            "How alike a layer's features are before and after fine-tuning: 100 % is unchanged, "
            "0 % has nothing in common.",
        )


def _norms(found: Measured) -> Iterator[Shown]:
    layers = frame_layers(found["layers"], SHIFTS)
    if not layers.empty:
        yield Shown(
            plot_layers(layers, "Distance from the stored"),
            layers,
            "layers",
            "How far what reaches each BatchNormalization lies from what it has stored, root mean "
            "square over its channels; 0 fits.",
        )


def _readings(name: str, found: Measured) -> Shown:
    table = frame_readings(name, found)
    return Shown(plot_bars(table, READ), table)


def _show_ranges(found: Measured) -> None:
    """Show what arrives in each backbone behind its own preprocessing."""
    st.markdown("What arrives in each backbone, by the range of the pictures:")
    st.dataframe(
        tabulate_ranges(found).style(),
        hide_index=True,
        alt="Lowest and highest value behind each backbone's preprocessing, by range of pictures",
    )


def _list_figures(name: str, found: Measured) -> Iterator[Shown]:
    """Yield what was read first, but of stages, which are that themselves."""
    if name != "features":
        yield _readings(name, found)
    if name in _FIGURES:
        yield from _FIGURES[name](found)


_FIGURES: dict[str, Callable[[Measured], Iterator[Shown]]] = {
    "position": _position,
    "features": _features,
    "drift": _drift,
    "batch_statistics": _norms,
}
