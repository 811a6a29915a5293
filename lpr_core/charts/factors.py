"""One number of the configuration against what it brings: freeze depth, plates, folds."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from lpr_core.charts.frame import (
    COLOURS,
    each_group,
    each_row,
    fade_colour,
    finish_figure,
    wrap_name,
)
from lpr_core.evidence.units import percent

_BAR_HEIGHT = 32  # pixels
_HATCHES = ("", "/")
_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x", "star")


def plot_factor(
    means: pd.DataFrame,
    scores: pd.DataFrame,
    title: str,
    *,
    colours: Mapping[str, str] | None = None,
    as_share: bool = True,
) -> go.Figure:
    """Draw what is reached against one factor, a line for each series, seeds as points.

    Args:
        means: One row for each series and value of the factor: `series, factor, mean, low, high`.
        scores: One row for each run: `series, factor, seed, value`.
        title: What the factor is, for the axis.
        colours: By series; the rest take their turn.
        as_share: The factor is a share and shown in percent.
    """
    figure = go.Figure()
    for number, (series, rows) in enumerate(each_group(means, "series")):
        colour = (colours or {}).get(str(series), COLOURS[number % len(COLOURS)])
        symbol = _SYMBOLS[number % len(_SYMBOLS)]
        points = scores[scores["series"] == series]
        figure.add_scatter(
            x=points["factor"],
            y=points["value"],
            mode="markers",
            showlegend=False,
            marker={"color": fade_colour(colour, 0.35), "size": 6, "symbol": symbol},
            customdata=points["seed"],
            hovertemplate=f"{series}<br>seed %{{customdata}}: %{{y:.1%}}<extra></extra>",
        )
        figure.add_scatter(
            x=rows["factor"],
            y=rows["mean"],
            name=str(series),
            mode="lines+markers",
            marker={"size": 9, "symbol": symbol},
            line={"color": colour, "width": 2.2},
            error_y={
                "type": "data",
                "array": rows["high"] - rows["mean"],
                "arrayminus": rows["mean"] - rows["low"],
                "thickness": 1.5,
                "width": 4,
            },
            hovertemplate=f"{series}<br>%{{x}}: %{{y:.1%}}<extra></extra>",
        )
    figure.update_xaxes(title=title, tickformat=".0%" if as_share else "", zeroline=False)
    figure.update_yaxes(title="Characters right", tickformat=".0%")
    told = "; ".join(
        f"{series}: {', '.join(f'{percent(row.mean)} at {row.factor:g}' for row in each_row(rows))}"
        for series, rows in each_group(means, "series")
    )
    return finish_figure(figure, f"Characters right by {title.lower()}. {told}.", height=360)


def plot_bars(rows: pd.DataFrame, title: str) -> go.Figure:
    """Draw shares as horizontal bars under each other, with intervals where they are known.

    Args:
        rows: `name, value` and optionally `low, high`; the first row on top. With a column
            `series`, each name has one bar for each of them.
        title: What the values are, for the axis.
    """
    has_series = "series" in rows
    figure = go.Figure()
    for number, (series, part) in enumerate(
        each_group(rows, "series") if has_series else [("", rows)]
    ):
        _add_bars(figure, number, str(series), part)
    figure.update_xaxes(title=title, tickformat=".0%", nticks=6, tickangle=0)
    figure.update_yaxes(autorange="reversed")
    told = "; ".join(
        f"{row.name}{f', {row.series}' if has_series else ''} {percent(row.value)}"
        for row in each_row(rows)
    )
    return finish_figure(figure, f"{title}. {told}.", height=120 + _BAR_HEIGHT * len(rows))


def _add_bars(figure: go.Figure, number: int, series: str, rows: pd.DataFrame) -> None:
    """Add the bars of one series; the second one is hatched, for eyes that see no colours."""
    bars = figure.add_bar(
        x=rows["value"],
        y=[wrap_name(name) for name in rows["name"]],
        orientation="h",
        name=series,
        marker={
            "color": COLOURS[number % len(COLOURS)],
            "pattern": {"shape": _HATCHES[number % 2]},
        },
        hovertemplate=f"%{{y}}{series and f', {series}'}: %{{x:.1%}}<extra></extra>",
        showlegend=bool(series),
    ).data[-1]
    if {"low", "high"} <= set(rows):
        bars.error_x = {
            "type": "data",
            "array": rows["high"] - rows["value"],
            "arrayminus": rows["value"] - rows["low"],
            "thickness": 1.5,
            "width": 4,
        }
