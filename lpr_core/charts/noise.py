"""What is still read as noise grows."""

import pandas as pd
import plotly.graph_objects as go

from lpr_core.charts.frame import COLOURS, QUIET, finish_figure

_NOISE_LINES = {
    "symbols_right": ("Symbols right", "solid", "circle"),
    "plate_right": ("Whole plate right", "dash", "diamond"),
    "confidence": ("Reader's confidence", "dot", "square"),
}


def plot_noise(averages: pd.DataFrame, chosen: float | None = None) -> go.Figure:
    """Draw what is still read against the strength of the noise.

    Args:
        averages: One row for each `strength`, with `symbols_right`, `plate_right` and `confidence`
            between 0 and 1.
        chosen: Strength that is marked with a line.
    """
    figure = go.Figure()
    for number, (column, (name, dash, symbol)) in enumerate(_NOISE_LINES.items()):
        figure.add_scatter(
            x=averages["strength"],
            y=averages[column],
            name=name,
            mode="lines+markers",
            marker={"size": 7, "symbol": symbol},
            line={"color": COLOURS[number], "dash": dash, "width": 2.5},
            hovertemplate=f"{name}<br>strength %{{x}}: %{{y:.0%}}<extra></extra>",
        )
    if chosen is not None:
        figure.add_vline(
            x=chosen,
            line={"color": QUIET, "width": 1.5, "dash": "longdash"},
            annotation={"text": f"{chosen:.2f}", "yanchor": "bottom"},
            annotation_position="top",
        )
    figure.update_xaxes(title="Strength of the noise", rangemode="tozero")
    figure.update_yaxes(title="Share", tickformat=".0%", range=[-0.02, 1.04])
    told = "; ".join(
        f"{row.strength:g}: {row.symbols_right:.0%} of the symbols right"
        for row in averages.itertuples()
    )
    return finish_figure(
        figure, f"What is still read as noise grows. By strength, {told or 'nothing'}."
    )
