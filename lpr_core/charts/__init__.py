"""Plotly figures from results; computes nothing.

Every figure carries its own description for people who cannot see it (`describe_figure`). Colours
are chosen to be told apart with any colour vision, on a light page and on a dark one; lines differ
in dash or marker as well.
"""

from lpr_core.charts.frame import COLOURS, MEASURES, NAME_LENGTH, describe_figure
from lpr_core.charts.histories import PARTS, plot_histories
from lpr_core.charts.noise import plot_noise
from lpr_core.charts.palette import Style, style_variants

__all__ = [
    "COLOURS",
    "MEASURES",
    "NAME_LENGTH",
    "PARTS",
    "Style",
    "describe_figure",
    "plot_histories",
    "plot_noise",
    "style_variants",
]
