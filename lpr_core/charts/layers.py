"""What was measured of each layer of a network, from the picture upwards."""

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from lpr_core.charts.frame import COLOURS, each_group, finish_figure
from lpr_core.evidence.units import percent, significant

_LOOKS = (("solid", "circle"), ("dot", "diamond-open"))


def plot_layers(layers: pd.DataFrame, title: str, *, as_share: bool = False) -> go.Figure:
    """Draw one or two measures of the layers as lines, the layers numbered from the picture on.

    Numbers, because a network has dozens of layers and a phone no room for their names; the hover
    text has these.

    Args:
        layers: One row for each measure and layer: `measure, place, name, value`; places from 1.
        title: What the values are, for the axis.
        as_share: The values are shares and shown in percent.
    """
    form, show = (".1%", percent) if as_share else (".3g", significant)
    figure = go.Figure()
    for number, (measure, rows) in enumerate(each_group(layers, "measure")):
        dash, symbol = _LOOKS[number % len(_LOOKS)]
        colour = COLOURS[number % len(COLOURS)]
        figure.add_scatter(
            x=rows["place"],
            y=rows["value"],
            name=str(measure),
            mode="lines+markers",
            marker={"size": 6, "symbol": symbol},
            line={"color": colour, "dash": dash, "width": 2},
            customdata=rows["name"],
            hovertemplate=(
                f"layer %{{x}}, %{{customdata}}<br>{measure}: %{{y:{form}}}<extra></extra>"
            ),
        )
    figure.update_layout(showlegend=layers["measure"].nunique() > 1)
    figure.update_xaxes(title="Layer, 1 at the picture", zeroline=False)
    figure.update_yaxes(title=title, tickformat=".0%" if as_share else "", rangemode="tozero")
    told = "; ".join(
        _tell(str(measure), rows, show) for measure, rows in each_group(layers, "measure")
    )
    return finish_figure(figure, f"{title}, by layer from the picture upwards. {told}.", height=280)


def _tell(measure: str, rows: pd.DataFrame, show: Callable[[float], str]) -> str:
    """Say where a measure begins, where it ends, and which layer has most of it."""
    values = rows["value"].to_list()
    first, last, most = map(show, (values[0], values[-1], max(values)))
    name = rows["name"].to_list()[values.index(max(values))]
    return f"{measure}: {first} at first, {last} at last, at most {most} ({name})"
