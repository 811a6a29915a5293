"""Comparisons of single runs: differences with their intervals, by what they come to."""

import textwrap
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from lpr_core.charts.frame import QUIET, each_group, each_row, finish_figure
from lpr_core.evidence.units import POINTS, points, show_points

_LINE_LENGTH = 22
_SYMBOLS = ("diamond", "circle", "square-open", "x-thin-open", "circle-open")


def plot_comparisons(comparisons: pd.DataFrame, colours: Mapping[str, str]) -> go.Figure:
    """Draw differences under each other, the first on top, in a colour and mark of each verdict.

    Args:
        comparisons: A row for each: `name, verdict, difference, low, high`, as shares; without an
            interval `low` and `high` are missing.
        colours: Of each verdict, in the order of the legend; at most five.
    """
    figure = go.Figure()
    order = {verdict: place for place, verdict in enumerate(colours)}
    groups = sorted(each_group(comparisons, "verdict"), key=lambda group: order[group[0]])
    for verdict, rows in groups:
        figure.add_scatter(
            x=rows["difference"] * 100,
            y=[_wrap(name) for name in rows["name"]],
            mode="markers",
            name=verdict,
            marker={
                "color": colours[verdict],
                "size": 11,
                "symbol": _SYMBOLS[order[verdict]],
                "line": {"color": colours[verdict], "width": 2},
            },
            error_x={
                "type": "data",
                "array": (rows["high"] - rows["difference"]) * 100,
                "arrayminus": (rows["difference"] - rows["low"]) * 100,
                "color": colours[verdict],
                "thickness": 2.5,
                "width": 6,
            },
            hovertemplate=f"%{{y}}<br>%{{x:+.1f}} {POINTS}<extra>{verdict}</extra>",
        )
    figure.add_vline(x=0, line={"color": QUIET, "width": 1.5})
    figure.update_xaxes(title="Percentage points", zeroline=False)
    names = [_wrap(name) for name in comparisons["name"]]
    figure.update_yaxes(autorange="reversed", categoryorder="array", categoryarray=names)
    told = "; ".join(
        f"{row.name}: {show_points(row.difference)}{_tell_range(row.low, row.high)}, {row.verdict}"
        for row in each_row(comparisons)
    )
    return finish_figure(figure, f"Comparisons. {told}.", height=120 + 48 * len(names))


def _wrap(name: str) -> str:
    """Break a name into lines that leave room for the figure on a phone."""
    return "<br>".join(textwrap.wrap(name, _LINE_LENGTH))


def _tell_range(low: float, high: float) -> str:
    return "" if pd.isna(low) else f" ({points(low)} to {points(high)})"
