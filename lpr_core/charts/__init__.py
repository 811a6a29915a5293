"""Plotly figures from results; computes nothing.

Every figure carries its own description for people who cannot see it (`describe_figure`). Colours
are chosen to be told apart with any colour vision, on a light page and on a dark one; lines differ
in dash or marker as well.
"""

from lpr_core.charts.bands import MAX_BANDS, plot_bands, plot_costs, plot_gaps
from lpr_core.charts.cells import plot_cells, plot_differences
from lpr_core.charts.comparisons import plot_comparisons
from lpr_core.charts.factors import plot_bars, plot_factor
from lpr_core.charts.frame import COLOURS, MEASURES, NAME_LENGTH, describe_figure
from lpr_core.charts.histories import PARTS, plot_histories
from lpr_core.charts.layers import plot_layers
from lpr_core.charts.mistakes import plot_confusions, plot_slots
from lpr_core.charts.noise import plot_dose_response, plot_noise, plot_noise_map
from lpr_core.charts.palette import RAMP, SERIES_COLOURS, TRANSFER_COLOURS, Style, style_variants

__all__ = [
    "COLOURS",
    "MAX_BANDS",
    "MEASURES",
    "NAME_LENGTH",
    "PARTS",
    "RAMP",
    "SERIES_COLOURS",
    "TRANSFER_COLOURS",
    "Style",
    "describe_figure",
    "plot_bands",
    "plot_bars",
    "plot_cells",
    "plot_comparisons",
    "plot_confusions",
    "plot_costs",
    "plot_differences",
    "plot_dose_response",
    "plot_factor",
    "plot_gaps",
    "plot_histories",
    "plot_layers",
    "plot_noise",
    "plot_noise_map",
    "plot_slots",
    "style_variants",
]
