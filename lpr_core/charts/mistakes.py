"""What is misread: which symbol for which, and in which slot."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lpr_core.charts.frame import each_group, finish_figure
from lpr_core.charts.palette import Style
from lpr_core.evidence.units import whole_percent

_NUM_TOLD = 5


def plot_confusions(counts: pd.DataFrame) -> go.Figure:
    """Draw how often each symbol was read for each other one; right readings are left empty.

    Args:
        counts: A row for each true symbol, a column for each symbol that was read.
    """
    shown = counts.astype(float).to_numpy(copy=True)
    for row, truth in enumerate(counts.index):
        shown[row, [read == truth for read in counts.columns]] = np.nan
    shown[shown == 0] = np.nan
    figure = go.Figure(
        go.Heatmap(
            z=shown,
            x=[str(symbol) for symbol in counts.columns],
            y=[str(symbol) for symbol in counts.index],
            colorscale="Cividis",
            zmin=0,
            xgap=1,
            ygap=1,
            hoverongaps=False,
            hovertemplate="%{z} times %{x} was read for %{y}<extra></extra>",
            colorbar={"thickness": 10},
        )
    )
    # Read as squares, and with every symbol named where there is room for it.
    figure.update_xaxes(title="Read", type="category", tickangle=0, showgrid=False)
    figure.update_yaxes(title="True", type="category", autorange="reversed", showgrid=False)
    return finish_figure(
        figure, f"Symbols that are read for others. Most often: {_tell_worst(counts)}.", height=560
    )


def _tell_worst(counts: pd.DataFrame) -> str:
    pairs = [
        (int(counts.loc[truth, read]), truth, read)
        for truth in counts.index
        for read in counts.columns
        if truth != read and counts.loc[truth, read]
    ]
    worst = sorted(pairs, key=lambda pair: -pair[0])[:_NUM_TOLD]
    return "; ".join(f"{read} for {truth} {count} times" for count, truth, read in worst) or "none"


def plot_slots(slots: pd.DataFrame, styles: Mapping[str, Style]) -> go.Figure:
    """Draw the share of right characters in each slot, a line for each variant.

    Args:
        slots: One row for each variant and slot (from 1): `variant, slot, mean`, and `low, high`
            where the intervals are known.
        styles: From `style_variants`.
    """
    figure = go.Figure()
    for variant, rows in each_group(slots, "variant"):
        style = styles[variant]
        figure.add_scatter(
            x=rows["slot"],
            y=rows["mean"],
            name=style.label,
            mode="lines+markers",
            marker={"size": 8, "symbol": style.symbol},
            line={"color": style.colour, "dash": style.dash, "width": 2},
            error_y=_interval(rows) if {"low", "high"} <= set(rows) else None,
            hovertemplate=f"{style.label}<br>slot %{{x}}: %{{y:.1%}}<extra></extra>",
        )
    figure.update_xaxes(title="Slot", dtick=1)
    figure.update_yaxes(title="Characters right", tickformat=".0%")
    told = "; ".join(
        f"{styles[variant].label}: {', '.join(map(whole_percent, rows['mean']))}"
        for variant, rows in each_group(slots, "variant")
    )
    return finish_figure(figure, f"Characters right by slot, from left to right. {told}.")


def _interval(rows: pd.DataFrame) -> dict[str, Any]:
    return {
        "type": "data",
        "array": rows["high"] - rows["mean"],
        "arrayminus": rows["mean"] - rows["low"],
        "thickness": 1.2,
        "width": 3,
    }
