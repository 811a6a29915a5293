"""The figures of each suspect's measurement: what was compared with what."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.dashboard.shown.diagnosis_tables import (
    FORMS,
    Measured,
    tabulate_layers,
    tabulate_probe_slots,
    tabulate_ranges,
    tabulate_stages,
    tabulate_values,
)
from app.dashboard.shown.figures import show_figure
from lpr_core.charts import COLOURS, Style, plot_bars, plot_layers, plot_slots

READ = "Characters right"
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
    if name not in measurements or name not in _FIGURES:
        return
    found = measurements[name]
    for shown in _FIGURES[name](found):
        show_figure(
            shown.figure, shown.table, "-".join(filter(None, ("suspect", name, shown.name)))
        )
        if shown.caption:
            st.caption(shown.caption)
    if name == "input_scale":
        _show_ranges(found)


def _gap(found: Measured) -> Iterator[Shown]:
    yield _bars(
        {
            "Training plates": found["train"],
            "Validation plates": found["validation"],
            "Most frequent symbols": found["baseline"],
        }
    )


def _memory(found: Measured) -> Iterator[Shown]:
    yield _bars(
        {
            "True labels, training plates": found["train_true"],
            "True labels, validation plates": found["validation_true"],
            "Shuffled labels, training plates": found["train_shuffled"],
            "Shuffled labels, validation plates": found["validation_shuffled"],
            "No learning": found["baseline"],
        }
    )


def _position(found: Measured) -> Iterator[Shown]:
    yield _bars({label: found[form]["accuracy"] for form, label in FORMS.items()})
    slots = tabulate_probe_slots(found)
    yield Shown(
        plot_slots(slots, _STYLES),
        slots,
        "slots",
        "The same probes slot by slot, from left to right. The pooled vector is the average over "
        "all places; in disorder, the map has all its numbers and no position.",
    )


def _features(found: Measured) -> Iterator[Shown]:
    stages = tabulate_stages(found)
    yield Shown(
        plot_bars(stages, READ),
        stages,
        caption="Stages are named by the height of their maps as a share of the picture's; the "
        f"head gets {found['last']}. Each is probed with its places, and averaged over them.",
    )


def _drift(found: Measured) -> Iterator[Shown]:
    yield _bars({"Frozen features": found["frozen"], "Fine-tuned features": found["tuned"]})
    layers = found["layers"]
    change = tabulate_layers(layers, {"weight_change": "Change of the weights"})
    yield Shown(
        plot_layers(change, "Change of the weights", as_share=True),
        change,
        "weights",
        "How far fine-tuning moved the weights of each layer with a kernel, as a share of their "
        "length at the start.",
    )
    similar = tabulate_layers(layers, {"cka": "Linear CKA"})
    if not similar.empty:
        yield Shown(
            plot_layers(similar, "Linear CKA", as_share=True),
            similar,
            "layers",
            "How alike a layer's features are before and after fine-tuning: 100 % is unchanged, "
            "0 % has nothing in common.",
        )


def _norms(found: Measured) -> Iterator[Shown]:
    yield _bars(
        {
            "Stored statistics": found["inference"],
            "Each batch's own": found["batch"],
            "Mixed, as in old Keras": found["mixed"],
        }
    )
    measures = {"mean_shift": "Mean, in standard deviations", "scale_shift": "Spread, in doublings"}
    layers = tabulate_layers(found["layers"], measures)
    if not layers.empty:
        yield Shown(
            plot_layers(layers, "Distance from the stored"),
            layers,
            "layers",
            "How far what reaches each BatchNormalization lies from what it has stored, root mean "
            "square over its channels; 0 fits.",
        )


def _scales(found: Measured) -> Iterator[Shown]:
    yield _bars({scale["name"]: scale["accuracy"] for scale in found["scales"]})


def _bars(values: Mapping[str, float]) -> Shown:
    table = tabulate_values(values.items())
    return Shown(plot_bars(table, READ), table)


def _show_ranges(found: Measured) -> None:
    """Show what arrives in each backbone behind its own preprocessing."""
    st.markdown("What arrives in each backbone, by the range of the pictures:")
    st.dataframe(
        tabulate_ranges(found),
        alt="Lowest and highest value behind each backbone's preprocessing, by range of pictures",
    )


_FIGURES: dict[str, Callable[[Measured], Iterator[Shown]]] = {
    "gap": _gap,
    "memory": _memory,
    "position": _position,
    "features": _features,
    "drift": _drift,
    "batch_statistics": _norms,
    "input_scale": _scales,
}
