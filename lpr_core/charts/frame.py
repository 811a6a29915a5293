"""What all figures share: colours, a frame that fits a phone, and a description in words."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import pandas as pd
import plotly.graph_objects as go

COLOURS = ("#2f6fd0", "#d9820f", "#12967a", "#b5489a", "#7a68d8", "#7d8794")
"""One for each run or measure, repeated when there are more."""

QUIET = "#7d8794"
"""For what only helps to read a figure: limits, marks, the line of no difference."""

NAME_LENGTH = 32
"""Longer names are cut in a legend, so that it fits a phone; the hover text has them whole."""

_LINE_LENGTH = 20
"""Longer names at the edge of a figure are broken."""

_ENTRY_HEIGHT = 20
"""Pixels of a line of the legend."""

MEASURES = {
    "loss": "Loss",
    "character_accuracy": "Characters right",
    "plate_accuracy": "Plates right",
}
"""What a history holds for training, and behind `val_` for validation."""


def describe_figure(figure: go.Figure) -> str:
    """Return the figure in words, for an `alt` text."""
    return str(figure.layout.meta["description"])


def finish_figure(figure: go.Figure, description: str, *, height: int = 320) -> go.Figure:
    """Give a figure its description and a frame that fits a phone as well as a desk.

    `height` is that of the plot in pixels; the legend below it gets a line for each entry on top,
    as many as a phone needs.
    """
    num_entries = sum(line.showlegend is not False and bool(line.name) for line in figure.data)
    figure.update_layout(
        meta={"description": description},
        height=height + _ENTRY_HEIGHT * num_entries,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        # Below the axis' title, in pixels; a share of the height would drift away in tall figures.
        legend={
            "orientation": "h",
            "yanchor": "top",
            "y": -60 / (height - 80),
            "x": 0,
            "tracegroupgap": 0,
        },
        hovermode="closest",
    )
    return figure


def shorten_name(name: str) -> str:
    """Cut a name that a legend has no room for."""
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"


def wrap_name(name: str) -> str:
    """Break a long name into two lines of about equal length, for the edge of a narrow figure."""
    words = name.split()
    if len(name) <= _LINE_LENGTH or len(words) < 2:
        return name
    lines = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    return "<br>".join(min(lines, key=lambda pair: max(map(len, pair))))


def fade_colour(colour: str, opacity: float) -> str:
    """Return `#rrggbb` as a see-through `rgba(...)`; `opacity` from 0 to 1."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def check_known(what: str, values: Iterable[str], known: Collection[str]) -> None:
    """Raise ValueError for a value that is not among the known ones."""
    for value in values:
        if value not in known:
            raise ValueError(f"{what} must be one of {', '.join(known)}. Received: {value!r}")


def each_row(table: pd.DataFrame) -> Iterator[Any]:
    """Yield rows as named tuples, of whatever types the columns are."""
    yield from table.itertuples(index=False)


def each_group(table: pd.DataFrame, columns: str | list[str]) -> Iterator[tuple[Any, pd.DataFrame]]:
    """Yield the rows with equal values in some columns together, in order of appearance."""
    yield from table.groupby(columns, sort=False)
