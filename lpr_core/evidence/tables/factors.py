"""Studies of one factor: what is reached at each of its values, series by series."""

import pandas as pd

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.wording import name_scope


def frame_factor(answers: Answers, factor: str, series: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what figures of one factor draw.

    The first has one row for each variant: `series, factor, mean, low, high`; the second one for
    each run: `series, factor, seed, value`. Both are empty where no variant has the factor.

    Args:
        answers: Of the study.
        factor: Key of the levels that lie on the axis.
        series: Key of the levels that make a line of their own.
    """
    means, scores = [], []
    for cell in answers.cells:
        if cell.characters is None or factor not in cell.factors:
            continue
        level = str(cell.factors.get(series, "all"))
        place = (name_scope(level), float(cell.factors[factor]))
        score = cell.characters
        means.append((*place, score.mean, score.low, score.high))
        scores += [(*place, seed, value) for seed, value in cell.by_seed.items()]
    return (
        pd.DataFrame(means, columns=["series", "factor", "mean", "low", "high"]),
        pd.DataFrame(scores, columns=["series", "factor", "seed", "value"]),
    )
