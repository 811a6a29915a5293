"""What is still read as noise grows."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from lpr_core.charts.frame import (
    COLOURS,
    QUIET,
    each_group,
    each_row,
    fade_colour,
    finish_figure,
    wrap_name,
)
from lpr_core.charts.palette import Style
from lpr_core.evidence.units import whole_percent

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
        _mark_strength(figure, chosen)
    figure.update_xaxes(title="Strength of the noise", rangemode="tozero")
    figure.update_yaxes(title="Share", tickformat=".0%", range=[-0.02, 1.04])
    told = "; ".join(
        f"{row.strength:g}: {whole_percent(row.symbols_right)} of the symbols right"
        for row in each_row(averages)
    )
    return finish_figure(
        figure, f"What is still read as noise grows. By strength, {told or 'nothing'}."
    )


def plot_dose_response(
    response: pd.DataFrame,
    styles: Mapping[str, Style],
    *,
    knees: pd.DataFrame | None = None,
    chosen: float | None = None,
) -> go.Figure:
    """Draw what each variant still reads against the strength of the noise on the plates.

    Args:
        response: One row for each variant and strength: `variant, strength, mean, low, high`.
        styles: From `style_variants`.
        knees: Where reading breaks: `variant, strength, low, high`; drawn below the curves.
        chosen: Strength that is marked with a line.
    """
    figure = go.Figure()
    for variant, rows in each_group(response, "variant"):
        _add_response(figure, styles[variant], rows)
    if chosen is not None:
        _mark_strength(figure, chosen)
    for number, knee in enumerate(() if knees is None else each_row(knees)):
        _add_knee(figure, styles[knee.variant], knee, -0.035 * (number + 1))
    lowest = -0.035 * (2 + (0 if knees is None else len(knees)))
    figure.update_xaxes(title="Strength of the noise on the plate", rangemode="tozero")
    figure.update_yaxes(
        title="Characters right",
        tickformat=".0%",
        range=[lowest, 1.03],
        tickvals=[0, 0.2, 0.4, 0.6, 0.8, 1],
        zeroline=False,
    )
    told = "; ".join(
        f"{styles[variant].label}: {_tell_response(rows, 0)}, {_tell_response(rows, -1)}"
        for variant, rows in each_group(response, "variant")
    )
    return finish_figure(figure, f"Characters right as noise grows. {told}.", height=380)


def _tell_response(rows: pd.DataFrame, place: int) -> str:
    return f"{whole_percent(rows['mean'].iloc[place])} at {rows['strength'].iloc[place]:g}"


def _add_response(figure: go.Figure, style: Style, rows: pd.DataFrame) -> None:
    for bound, fill in (("low", None), ("high", "tonexty")):
        figure.add_scatter(
            x=rows["strength"],
            y=rows[bound],
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=fade_colour(style.colour, 0.14),
            showlegend=False,
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=rows["strength"],
        y=rows["mean"],
        name=style.label,
        mode="lines+markers",
        marker={"size": 7, "symbol": style.symbol},
        line={"color": style.colour, "dash": style.dash, "width": 2.2},
        hovertemplate=f"{style.label}<br>strength %{{x}}: %{{y:.1%}}<extra></extra>",
    )


def _add_knee(figure: go.Figure, style: Style, knee: Any, height: float) -> None:
    figure.add_scatter(
        x=[knee.strength],
        y=[height],
        mode="markers",
        showlegend=False,
        marker={"color": style.colour, "symbol": style.symbol, "size": 8},
        error_x={
            "type": "data",
            "array": [knee.high - knee.strength],
            "arrayminus": [knee.strength - knee.low],
            "color": style.colour,
            "thickness": 2,
            "width": 4,
        },
        hovertemplate=(
            f"{style.label} breaks at %{{x:.3f}} ({knee.low:.3f} to {knee.high:.3f})<extra></extra>"
        ),
    )


def _mark_strength(figure: go.Figure, strength: float) -> None:
    figure.add_vline(
        x=strength,
        line={"color": QUIET, "width": 1.5, "dash": "longdash"},
        annotation={"text": f"{strength:.2f}", "yanchor": "bottom"},
        annotation_position="top",
    )


def plot_noise_map(accuracies: pd.DataFrame) -> go.Figure:
    """Draw each training against each strength of noise on the plates, as a map.

    Args:
        accuracies: Shares of characters right; a row for each training, named by the index, and a
            column for each strength.
    """
    rows = [wrap_name(str(name)) for name in accuracies.index]
    columns = [f"{strength:g}" for strength in accuracies.columns]
    figure = go.Figure(
        go.Heatmap(
            z=accuracies.to_numpy(),
            x=columns,
            y=rows,
            colorscale="Cividis",
            zmin=0,
            zmax=1,
            # The numbers stand in the cells, without signs: a phone has no room for more.
            text=(100 * accuracies).round().to_numpy(),
            texttemplate="%{text:.0f}",
            textfont={"size": 11},
            showscale=False,
            hovertemplate="%{y}<br>on noise %{x}: %{z:.1%}<extra></extra>",
        )
    )
    title = "Noise on the plates<br>(cells: % of characters right)"
    figure.update_xaxes(title=title, type="category", tickangle=0, tickfont={"size": 10})
    figure.update_yaxes(title="", type="category", autorange="reversed")
    best = accuracies.idxmax()
    told = "; ".join(f"on {strength:g} reads best: {name}" for strength, name in best.items())
    return finish_figure(
        figure, f"Characters right, by training and noise. {told}.", height=150 + 34 * len(rows)
    )
