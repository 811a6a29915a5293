"""Comparisons of single runs: in order, in the colour of their verdict, told in words."""

import numpy as np
import pandas as pd

from lpr_core.charts import COLOURS, describe_figure, plot_comparisons

COLOUR_OF = dict(zip(("stands", "cannot be told"), COLOURS, strict=False))


def test_each_verdict_has_its_colour_and_each_comparison_its_words():
    comparisons = pd.DataFrame(
        {
            "name": ["rate: low with a much higher one", "batch: 8 with 16"],
            "verdict": ["cannot be told", "stands"],
            "difference": [0.05, 0.1],
            "low": [np.nan, 0.02],
            "high": [np.nan, 0.18],
        }
    )
    figure = plot_comparisons(comparisons, COLOUR_OF)
    assert [(trace.name, list(trace.x), trace.marker.color) for trace in figure.data] == [
        ("stands", [10.0], COLOURS[0]),
        ("cannot be told", [5.0], COLOURS[1]),
    ]
    assert list(figure.layout.yaxis.categoryarray) == [
        "rate: low with a much<br>higher one",
        "batch: 8 with 16",
    ]
    assert describe_figure(figure) == (
        "Comparisons. rate: low with a much higher one: +5.0 pp, cannot be told; "
        "batch: 8 with 16: +10.0 pp (+2.0 to +18.0), stands."
    )
