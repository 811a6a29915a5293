"""Learning curves of a variant: the mean over seeds and the band around it."""

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from lpr_core.statistics.intervals import LEVEL

PARTS = {"training": "", "validation": "val_"}
"""Prefixes of a history's columns."""


def band_histories(histories: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the mean of a measure over the seeds of each variant, epoch by epoch.

    The band is Student's interval at 95 % over seeds, of each epoch on its own; one seed has none:
    its band has no width. Training values are measured while the network learns (with dropout and
    noise, averaged over the epoch), those of validation after the epoch.

    Args:
        histories: `variant, seed, epoch` and the columns of `history.csv`.
        measure: `loss`, `character_accuracy` or `plate_accuracy`.

    Returns:
        `variant, part, epoch, mean, low, high, num_seeds`; parts are `training`, `validation`.
    """
    tables = [
        _band(histories, prefix + measure).assign(part=part)
        for part, prefix in PARTS.items()
        if prefix + measure in histories
    ]
    columns = ["variant", "part", "epoch", "mean", "low", "high", "num_seeds"]
    if not tables:
        return pd.DataFrame(columns=columns)
    return pd.concat(tables, ignore_index=True)[columns]


def _band(histories: pd.DataFrame, column: str) -> pd.DataFrame:
    values = histories.dropna(subset=[column]).groupby(["variant", "epoch"], sort=False)[column]
    table = values.agg(["mean", "std", "count"]).reset_index()
    count = table["count"].to_numpy()
    quantile = stdtrit(np.maximum(count - 1, 1), (1 + LEVEL) / 2)
    half_width = np.where(count > 1, quantile * table["std"].fillna(0) / np.sqrt(count), 0.0)
    return table.assign(
        low=table["mean"] - half_width, high=table["mean"] + half_width, num_seeds=count
    )
