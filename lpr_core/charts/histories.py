"""Learning curves: single runs over each other."""

from collections.abc import Collection, Mapping
from itertools import cycle

import pandas as pd
import plotly.graph_objects as go

from lpr_core.charts.frame import COLOURS, MEASURES, check_known, finish_figure, shorten_name

PARTS = {"validation": ("val_", "solid", 2.5), "training": ("", "dot", 1.5)}
"""Prefix of a history's column, dash and width of its line."""


def plot_histories(
    histories: Mapping[str, pd.DataFrame],
    measure: str,
    *,
    parts: Collection[str] = tuple(PARTS),
    log_scale: bool = False,
) -> go.Figure:
    """Draw one measure of several runs over their epochs, a colour for each run.

    Args:
        histories: Rows of `history.csv` by run name; what a run lacks is left out.
        measure: One of `MEASURES`.
        parts: Some of `PARTS`.
        log_scale: Logarithmic axis for the measure.

    Raises:
        ValueError: The measure or a part is unknown.
    """
    check_known("measure", [measure], MEASURES)
    check_known("part", parts, PARTS)
    figure = go.Figure()
    for (name, history), colour in zip(histories.items(), cycle(COLOURS), strict=False):
        for part in parts:
            _add_history(figure, name, history, measure, part, colour)
    figure.update_xaxes(title="Epoch", rangemode="tozero")
    figure.update_yaxes(title=MEASURES[measure], type="log" if log_scale else "linear")
    if measure != "loss" and not log_scale:
        figure.update_yaxes(tickformat=".0%", range=[-0.02, 1.04])
    ends = [f"{line.meta} {line.y[-1]:.3g}" for line in figure.data]
    return finish_figure(
        figure, f"{MEASURES[measure]} by epoch. Last values: {'; '.join(ends) or 'none yet'}."
    )


def _add_history(
    figure: go.Figure, name: str, history: pd.DataFrame, measure: str, part: str, colour: str
) -> None:
    prefix, dash, width = PARTS[part]
    column = prefix + measure
    rows = history.dropna(subset=[column]) if column in history else history[:0]
    if rows.empty:
        return
    is_first = not any(line.legendgroup == name for line in figure.data)
    figure.add_scatter(
        x=rows["epoch"],
        y=rows[column],
        name=shorten_name(name),
        meta=f"{name}, {part}",
        legendgroup=name,
        showlegend=is_first,  # one entry for each run: the dash tells its lines apart
        mode="lines+markers" if len(rows) < 40 else "lines",
        marker={"size": 5},
        line={"color": colour, "dash": dash, "width": width},
        hovertemplate=f"{name}, {part}<br>epoch %{{x}}: %{{y:.4g}}<extra></extra>",
    )
