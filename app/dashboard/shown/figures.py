"""Show a figure as every page does: in words too, and with its data and itself to take along."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.dashboard.open_dashboard import make_while_open
from lpr_core.charts import describe_figure


def show_figure(figure: go.Figure, data: pd.DataFrame, name: str) -> None:
    """Show a figure of `lpr_core.charts` and offer its data (CSV) and the figure (HTML).

    Both are made when they are asked for. A picture (PNG) is made by the figure's own toolbar.

    Args:
        figure: From `lpr_core.charts`.
        data: What it draws.
        name: Of the files, and unique on the page.
    """
    st.plotly_chart(
        figure,
        key=f"figure-{name}",
        alt=describe_figure(figure),
        config={
            "displaylogo": False,
            "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
            "toImageButtonOptions": {"filename": name, "scale": 2},
        },
    )
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        offer_download("Data", lambda: data.to_csv(index=False), f"{name}.csv", "text/csv")
        offer_download("Figure", lambda: make_html(figure), f"{name}.html", "text/html")


def offer_download(label: str, content, file_name: str, mime: str) -> None:
    """Offer a file whose content is made by a function, at the click."""
    st.download_button(
        label,
        make_while_open(content),
        file_name=file_name,
        mime=mime,
        key=f"download-{file_name}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        help=f"Download {file_name}",
    )


def make_html(figure: go.Figure) -> str:
    """Return a page of its own that needs no network."""
    return figure.to_html(include_plotlyjs=True, config={"displaylogo": False, "responsive": True})
