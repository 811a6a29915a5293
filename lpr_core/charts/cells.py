"""The cells of a study, seeds as points, and the differences between them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lpr_core.charts.frame import (
    QUIET,
    each_group,
    each_row,
    fade_colour,
    finish_figure,
    wrap_name,
)
from lpr_core.charts.palette import TRANSFER_COLOURS, Style
from lpr_core.evidence.units import POINTS, percent, points, show_points
from lpr_core.evidence.wording import name_scope

_LINES = {False: ("Without noise", "solid", -0.11), True: ("With noise", "dash", 0.11)}
_POINTS_WIDTH = 0.12


def plot_cells(
    cells: pd.DataFrame,
    scores: pd.DataFrame,
    styles: Mapping[str, Style],
    *,
    measure: str = "Characters right",
    limits: Mapping[str, float] | None = None,
) -> go.Figure:
    """Draw transfer against noise: means with intervals, a line for each noise, seeds as points.

    Lines that are not parallel are an interaction. Cells of the same transfer and noise stand in
    one place; those of a transfer that `TRANSFER_COLOURS` does not know are left out.

    Args:
        cells: One row for each cell: `variant, transfer, noise` (bool)`, mean, low, high`.
        scores: One row for each run: `variant, seed, value`.
        styles: From `style_variants`.
        measure: What the values are, for the axis.
        limits: Values that are drawn as horizontal lines, by name.
    """
    cells = cells[cells["transfer"].isin(list(TRANSFER_COLOURS))]
    transfers = [name for name in TRANSFER_COLOURS if name in set(cells["transfer"])]
    figure = go.Figure()
    for is_noisy, rows in each_group(cells, "noise"):
        name, dash, offset = _LINES[bool(is_noisy)]
        rows = rows.sort_values(
            "transfer", key=lambda ways: ways.map(transfers.index), kind="stable"
        )
        places = [transfers.index(transfer) + offset for transfer in rows["transfer"]]
        figure.add_scatter(
            x=places,
            y=rows["mean"],
            name=name,
            mode="lines",
            line={"color": QUIET, "dash": dash, "width": 1.5},
            hoverinfo="skip",
        )
        for place, row in zip(places, each_row(rows), strict=True):
            _add_cell(figure, place, row, scores[scores["variant"] == row.variant], styles)
    for name, value in (limits or {}).items():
        figure.add_hline(
            y=value,
            line={"color": QUIET, "dash": "dot", "width": 1},
            annotation={"text": name, "font": {"size": 12}},
            annotation_position="top left",
        )
    ticks = [name_scope(transfer) for transfer in transfers]
    figure.update_xaxes(
        title="Transfer", tickvals=list(range(len(ticks))), ticktext=ticks, zeroline=False
    )
    figure.update_yaxes(title=measure, tickformat=".0%")
    told = "; ".join(
        f"{styles[row.variant].label}: {percent(row.mean)} "
        f"({percent(row.low)} to {percent(row.high)})"
        for row in each_row(cells)
    )
    return finish_figure(figure, f"{measure} by transfer and noise. {told}.", height=380)


def _add_cell(
    figure: go.Figure,
    place: float,
    cell: Any,
    scores: pd.DataFrame,
    styles: Mapping[str, Style],
) -> None:
    """Add the seeds of one cell as faint points, then its mean with the interval."""
    style = styles[cell.variant]
    spread = np.linspace(-_POINTS_WIDTH / 2, _POINTS_WIDTH / 2, len(scores))
    figure.add_scatter(
        x=place + spread,
        y=scores["value"],
        mode="markers",
        showlegend=False,
        marker={"color": fade_colour(style.colour, 0.45), "size": 6},
        customdata=scores["seed"],
        hovertemplate=f"{style.label}<br>seed %{{customdata}}: %{{y:.1%}}<extra></extra>",
    )
    figure.add_scatter(
        x=[place],
        y=[cell.mean],
        mode="markers",
        showlegend=False,
        marker={
            "color": style.colour,
            "symbol": style.symbol,
            "size": 12,
            "line": {"width": 2, "color": style.colour},
        },
        error_y={
            "type": "data",
            "array": [cell.high - cell.mean],
            "arrayminus": [cell.mean - cell.low],
            "color": style.colour,
            "thickness": 2,
            "width": 6,
        },
        hovertemplate=(
            f"{style.label}<br>mean %{{y:.1%}}, 95 % interval "
            f"{percent(cell.low)} to {percent(cell.high)}<extra></extra>"
        ),
    )


def plot_differences(
    effects: pd.DataFrame, differences: pd.DataFrame, *, margin: float = 0.01
) -> go.Figure:
    """Draw differences with their intervals under each other, the seeds' own as points.

    Args:
        effects: One row for each comparison, the first on top: `name, mean, low, high`, as shares.
        differences: One row for each comparison and seed: `name, seed, value`.
        margin: Differences within it do not matter; shaded.
    """
    names = list(effects["name"])
    figure = go.Figure()
    pairs = differences[differences["name"].isin(names)]
    figure.add_scatter(
        x=pairs["value"] * 100,
        y=[wrap_name(name) for name in pairs["name"]],
        mode="markers",
        name="One pair of runs with the same seed",
        marker={"color": fade_colour(QUIET, 0.55), "size": 7},
        customdata=pairs["seed"],
        hovertemplate=f"%{{y}}<br>seed %{{customdata}}: %{{x:+.1f}} {POINTS}<extra></extra>",
    )
    figure.add_scatter(
        x=effects["mean"] * 100,
        y=[wrap_name(name) for name in names],
        mode="markers",
        name="Mean with simultaneous 95 % interval",
        marker={"color": "#2f6fd0", "size": 11, "symbol": "diamond"},
        error_x={
            "type": "data",
            "array": (effects["high"] - effects["mean"]) * 100,
            "arrayminus": (effects["mean"] - effects["low"]) * 100,
            "color": "#2f6fd0",
            "thickness": 2.5,
            "width": 6,
        },
        hovertemplate=f"%{{y}}<br>%{{x:+.1f}} {POINTS}<extra></extra>",
    )
    figure.add_vrect(
        x0=-100 * margin, x1=100 * margin, fillcolor=fade_colour(QUIET, 0.2), line_width=0
    )
    figure.add_vline(x=0, line={"color": QUIET, "width": 1.5})
    figure.update_xaxes(title="Percentage points", zeroline=False)
    figure.update_yaxes(autorange="reversed", categoryarray=[wrap_name(name) for name in names])
    told = "; ".join(
        f"{row.name}: {show_points(row.mean)} ({points(row.low)} to {points(row.high)})"
        for row in each_row(effects)
    )
    return finish_figure(figure, f"Differences. {told}.", height=120 + 46 * len(names))
