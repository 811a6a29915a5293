"""Plotly figures from results; computes nothing.

Every figure carries its own description for people who cannot see it (`describe_figure`). Colours
are chosen to be told apart with any colour vision, on a light page and on a dark one; lines differ
in dash or marker as well.
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import cycle

import pandas as pd
import plotly.graph_objects as go

COLOURS = ("#2f6fd0", "#d9820f", "#12967a", "#b5489a", "#7a68d8", "#7d8794")
"""One for each run or measure, repeated when there are more."""

MEASURES = {
    "loss": "Loss",
    "character_accuracy": "Characters right",
    "plate_accuracy": "Plates right",
}
"""What a history holds for training, and behind `val_` for validation."""

PARTS = {"validation": ("val_", "solid", 2.5), "training": ("", "dot", 1.5)}
"""Prefix of a history's column, dash and width of its line."""

NAME_LENGTH = 32
"""Longer names are cut in a legend, so that it fits a phone; the hover text has them whole."""

_NOISE_LINES = {
    "symbols_right": ("Symbols right", "solid", "circle"),
    "plate_right": ("Whole plate right", "dash", "diamond"),
    "confidence": ("Reader's confidence", "dot", "square"),
}


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
    _check_known("measure", [measure], MEASURES)
    _check_known("part", parts, PARTS)
    figure = go.Figure()
    for (name, history), colour in zip(histories.items(), cycle(COLOURS), strict=False):
        for part in parts:
            _add_history(figure, name, history, measure, part, colour)
    figure.update_xaxes(title="Epoch", rangemode="tozero")
    figure.update_yaxes(title=MEASURES[measure], type="log" if log_scale else "linear")
    if measure != "loss" and not log_scale:
        figure.update_yaxes(tickformat=".0%", range=[-0.02, 1.04])
    ends = [f"{line.meta} {line.y[-1]:.3g}" for line in figure.data]
    return _finish(
        figure, f"{MEASURES[measure]} by epoch. Last values: {'; '.join(ends) or 'none yet'}."
    )


def _check_known(what: str, values: Iterable[str], known: Collection[str]) -> None:
    for value in values:
        if value not in known:
            raise ValueError(f"{what} must be one of {', '.join(known)}. Received: {value!r}")


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
        name=_shorten(name),
        meta=f"{name}, {part}",
        legendgroup=name,
        showlegend=is_first,  # one entry for each run: the dash tells its lines apart
        mode="lines+markers" if len(rows) < 40 else "lines",
        marker={"size": 5},
        line={"color": colour, "dash": dash, "width": width},
        hovertemplate=f"{name}, {part}<br>epoch %{{x}}: %{{y:.4g}}<extra></extra>",
    )


def _shorten(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"


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
            line={"color": "#7d8794", "width": 1.5, "dash": "longdash"},
            annotation={"text": f"{chosen:.2f}", "yanchor": "bottom"},
            annotation_position="top",
        )
    figure.update_xaxes(title="Strength of the noise", rangemode="tozero")
    figure.update_yaxes(title="Share", tickformat=".0%", range=[-0.02, 1.04])
    told = "; ".join(
        f"{row.strength:g}: {row.symbols_right:.0%} of the symbols right"
        for row in averages.itertuples()
    )
    return _finish(figure, f"What is still read as noise grows. By strength, {told or 'nothing'}.")


def describe_figure(figure: go.Figure) -> str:
    """Return the figure in words, for an `alt` text."""
    return str(figure.layout.meta["description"])


def _finish(figure: go.Figure, description: str) -> go.Figure:
    """Give a figure its description and a frame that fits a phone as well as a desk."""
    figure.update_layout(
        meta={"description": description},
        height=320 + 22 * sum(line.showlegend is not False for line in figure.data),
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        legend={"orientation": "h", "yanchor": "top", "y": -0.22, "x": 0},
        hovermode="closest",
    )
    return figure
