"""Studies of one factor as tables: what is reached at each of its values, series by series."""

import pandas as pd

from lpr_core.charts import TRANSFER_COLOURS
from lpr_core.evidence.answers import Answers
from lpr_core.evidence.wording import name_scope
from lpr_core.study.designs import Axis

SERIES_COLOURS = {name_scope(transfer): colour for transfer, colour in TRANSFER_COLOURS.items()}
"""Ways of transfer look here as they do on all other pages."""


def tabulate_factor(axis: Axis, answers: Answers) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what figures of one factor draw.

    The first has one row for each variant: `series, factor, mean, low, high`; the second one for
    each run: `series, factor, seed, value`.
    """
    means, scores = [], []
    for cell in answers.cells:
        if cell.characters is None or axis.factor not in cell.factors:
            continue
        level = str(cell.factors.get(axis.series, "all"))
        place = (name_scope(level), float(cell.factors[axis.factor]))
        score = cell.characters
        means.append((*place, score.mean, score.low, score.high))
        scores += [(*place, seed, value) for seed, value in cell.by_seed.items()]
    return (
        pd.DataFrame(means, columns=["series", "factor", "mean", "low", "high"]),
        pd.DataFrame(scores, columns=["series", "factor", "seed", "value"]),
    )


def tabulate_bars(answers: Answers) -> pd.DataFrame:
    """Return one row for each variant that has runs: `name, value, low, high`."""
    rows = [
        (cell.label, cell.characters.mean, cell.characters.low, cell.characters.high)
        for cell in answers.cells
        if cell.characters
    ]
    return pd.DataFrame(rows, columns=["name", "value", "low", "high"])
