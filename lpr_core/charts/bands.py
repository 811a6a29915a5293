"""What the runs of each variant have in common: curves with bands, gaps, costs."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from lpr_core.charts.frame import (
    MEASURES,
    QUIET,
    check_known,
    each_group,
    each_row,
    fade_colour,
    finish_figure,
)
from lpr_core.charts.palette import Style
from lpr_core.evidence.units import percent

_PARTS = {"validation": 2.5, "training": 1.2}
"""Widths of the lines; the thin ones of training have small crosses."""

MAX_BANDS = 6
"""Variants whose bands can be told apart; of more, only the means are drawn."""


def plot_bands(
    bands: pd.DataFrame, styles: Mapping[str, Style], measure: str, *, log_scale: bool = False
) -> go.Figure:
    """Draw the mean of a measure over the seeds of each variant, epoch by epoch, in its band.

    More than `MAX_BANDS` variants have no bands; the hover text tells the intervals.

    Args:
        bands: One row for each variant, part (`training`, `validation`) and epoch, with
            `mean, low, high`.
        styles: From `style_variants`.
        measure: One of `MEASURES`.
        log_scale: Logarithmic axis for the measure.

    Raises:
        ValueError: The measure or a part is unknown.
    """
    check_known("measure", [measure], MEASURES)
    check_known("part", bands["part"].unique(), _PARTS)
    figure = go.Figure()
    has_bands = bands["variant"].nunique() <= MAX_BANDS
    for (variant, part), rows in each_group(bands, ["variant", "part"]):
        if has_bands:
            _add_band(figure, styles[variant], rows)
        _add_mean(figure, styles[variant], part, rows)
    figure.update_xaxes(title="Epoch")
    figure.update_yaxes(title=MEASURES[measure], type="log" if log_scale else "linear")
    if measure != "loss" and not log_scale:
        figure.update_yaxes(tickformat=".0%", range=[-0.02, 1.04])
    told = "; ".join(
        f"{styles[variant].label}, {part} {rows['mean'].iloc[-1]:.3g}"
        for (variant, part), rows in each_group(bands, ["variant", "part"])
    )
    return finish_figure(figure, f"{MEASURES[measure]} by epoch. Last means: {told or 'none yet'}.")


def _add_band(figure: go.Figure, style: Style, rows: pd.DataFrame) -> None:
    for bound, fill in (("low", None), ("high", "tonexty")):
        figure.add_scatter(
            legendgroup=style.label,
            x=rows["epoch"],
            y=rows[bound],
            mode="lines",
            line={"width": 0},
            fill=fill,
            fillcolor=fade_colour(style.colour, 0.16),
            showlegend=False,
            hoverinfo="skip",
        )


def _add_mean(figure: go.Figure, style: Style, part: str, rows: pd.DataFrame) -> None:
    is_first = not any(line.name == style.label for line in figure.data)
    figure.add_scatter(
        legendgroup=style.label,
        x=rows["epoch"],
        y=rows["mean"],
        mode="lines+markers" if part == "training" else "lines",
        name=style.label,
        meta=f"{style.label}, {part}",
        showlegend=is_first,
        line={"color": style.colour, "dash": style.dash, "width": _PARTS[part]},
        marker={"symbol": "x-thin", "size": 6, "line": {"color": style.colour, "width": 1.2}},
        customdata=rows[["low", "high"]],
        hovertemplate=(
            f"{style.label}, {part}<br>epoch %{{x}}: %{{y:.4g}} "
            "(%{customdata[0]:.4g} to %{customdata[1]:.4g})<extra></extra>"
        ),
    )


def plot_gaps(gaps: pd.DataFrame, styles: Mapping[str, Style]) -> go.Figure:
    """Draw how much better each variant reads its training plates than the validation plates.

    Args:
        gaps: One row for each variant: `variant, train, validation`, means over seeds.
        styles: From `style_variants`.
    """
    figure = go.Figure()
    for row in each_row(gaps):
        style = styles[row.variant]
        figure.add_scatter(
            x=[row.validation, row.train],
            y=[style.label] * 2,
            mode="lines+markers",
            showlegend=False,
            line={"color": style.colour, "width": 3},
            marker={
                "symbol": ["circle", "circle-open"],
                "color": style.colour,
                "size": 12,
                "line": {"width": 2, "color": style.colour},
            },
            text=["validation", "training"],
            hovertemplate="%{y}<br>%{text} plates: %{x:.1%}<extra></extra>",
        )
    for name, symbol in (("Validation plates", "circle"), ("Training plates", "circle-open")):
        outline = {"width": 2, "color": QUIET}
        marker = {"symbol": symbol, "size": 10, "color": QUIET, "line": outline}
        figure.add_scatter(x=[None], y=[None], name=name, mode="markers", marker=marker)
    figure.update_xaxes(title="Characters right", tickformat=".0%")
    figure.update_yaxes(autorange="reversed")
    told = "; ".join(
        f"{styles[row.variant].label}: {percent(row.train)} and {percent(row.validation)}"
        for row in each_row(gaps)
    )
    return finish_figure(
        figure,
        f"Characters right on training and on validation plates. {told}.",
        height=140 + 34 * len(gaps),
    )


def plot_costs(costs: pd.DataFrame, styles: Mapping[str, Style]) -> go.Figure:
    """Draw what each variant reaches against the time that one run takes.

    Args:
        costs: One row for each variant: `variant, minutes, value`, means over seeds.
        styles: From `style_variants`.
    """
    figure = go.Figure()
    for row in each_row(costs):
        style = styles[row.variant]
        figure.add_scatter(
            x=[row.minutes],
            y=[row.value],
            name=style.label,
            mode="markers",
            marker={
                "color": style.colour,
                "symbol": style.symbol,
                "size": 13,
                "line": {"width": 2, "color": style.colour},
            },
            hovertemplate=f"{style.label}<br>%{{x:.1f}} minutes, %{{y:.1%}}<extra></extra>",
        )
    figure.update_xaxes(title="Minutes for one run", rangemode="tozero")
    figure.update_yaxes(title="Characters right", tickformat=".0%")
    told = "; ".join(
        f"{styles[row.variant].label}: {percent(row.value)} in {row.minutes:.1f} minutes"
        for row in each_row(costs)
    )
    return finish_figure(figure, f"What each variant reaches and what a run costs. {told}.")
