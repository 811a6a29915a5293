"""What is misread: symbols for symbols, the worst plates, plates on which two runs disagree."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.statistics.significance import McNemar, mcnemar_test

NOTHING = "·"
"""Stands for a character that was not read at all."""


def count_confusions(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return how often which symbol was read for which other, slot by slot.

    Args:
        predictions: `truth, text`, one row for each plate; those of several runs may stand under
            each other.

    Returns:
        `slot` (from 1)`, truth, read, count`, right readings included, the most frequent first.
        What is read past the true text's end is left out.
    """
    width = int(predictions["truth"].str.len().max()) if len(predictions) else 0
    slots = [
        pd.DataFrame(
            {
                "slot": slot + 1,
                "truth": predictions["truth"].str.slice(slot, slot + 1),
                "read": predictions["text"].str.slice(slot, slot + 1).replace("", NOTHING),
            }
        )
        for slot in range(width)
    ]
    if not slots:
        return pd.DataFrame(columns=["slot", "truth", "read", "count"])
    table = pd.concat(slots)
    counts = table[table["truth"] != ""].value_counts(["slot", "truth", "read"]).reset_index()
    order = ["count", "slot", "truth", "read"]
    return counts.sort_values(order, ascending=[False, True, True, True], ignore_index=True)


def arrange_confusions(
    confusions: pd.DataFrame, alphabet: str, slot: int | None = None
) -> pd.DataFrame:
    """Return counts as a square: a row for each true symbol, a column for each read one.

    Args:
        confusions: From `count_confusions`.
        alphabet: Symbols, in the order of rows and columns.
        slot: From 1; `None` adds all slots up.
    """
    chosen = confusions if slot is None else confusions[confusions["slot"] == slot]
    square = chosen.pivot_table(
        index="truth", columns="read", values="count", aggfunc="sum", fill_value=0
    )
    return square.reindex(index=list(alphabet), columns=list(alphabet), fill_value=0).astype(int)


def list_misread(confusions: pd.DataFrame) -> pd.DataFrame:
    """Return the wrong pairs over all slots, the most frequent first.

    Returns:
        `truth, read, count, share`: of all times that the true symbol stood there.
    """
    shown = confusions.groupby("truth")["count"].sum()
    wrong = confusions[confusions["truth"] != confusions["read"]]
    pairs = wrong.groupby(["truth", "read"])["count"].sum().reset_index()
    pairs["share"] = pairs["count"].to_numpy() / shown.reindex(pairs["truth"]).to_numpy()
    order = ["count", "truth", "read"]
    return pairs.sort_values(order, ascending=[False, True, True], ignore_index=True)


def rank_plates(readings: Mapping[str, pd.Series], truth: pd.Series) -> pd.DataFrame:
    """Return the plates, those first of which runs read the fewest characters.

    Args:
        readings: Texts by run, in the order of the plates.
        truth: True texts.

    Returns:
        `plate, truth, share_right` (of all runs' characters)`, share_whole` (of the runs)`,
        most_read` (the commonest reading) and `num_readings` (different ones).
    """
    texts = pd.DataFrame(dict(readings))
    right = np.mean([compare_characters(truth, texts[run]) for run in texts], axis=0)
    table = pd.DataFrame(
        {
            "plate": np.arange(len(truth)),
            "truth": truth.to_numpy(),
            "share_right": right.mean(axis=1),
            "share_whole": texts.eq(truth.to_numpy(), axis=0).mean(axis=1).to_numpy(),
            "most_read": texts.mode(axis=1)[0].to_numpy(),
            "num_readings": texts.nunique(axis=1).to_numpy(),
        }
    )
    return table.sort_values(["share_right", "plate"], ignore_index=True)


def list_disagreements(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return the plates that two runs read differently, those first that one of them reads whole.

    Args:
        first: `truth, text, confidence`, one row for each plate.
        second: The same plates in the same order.

    Returns:
        `plate, truth, first, second, first_right, second_right`.

    Raises:
        ValueError: The runs did not read the same plates.
    """
    _check_same_plates(first, second)
    table = pd.DataFrame(
        {
            "plate": np.arange(len(first)),
            "truth": first["truth"].to_numpy(),
            "first": first["text"].to_numpy(),
            "second": second["text"].to_numpy(),
        }
    )
    table["first_right"] = table["first"] == table["truth"]
    table["second_right"] = table["second"] == table["truth"]
    differ = table[table["first"] != table["second"]]
    decided = differ["first_right"] | differ["second_right"]
    return (
        differ.assign(order=~decided)
        .sort_values(["order", "plate"], ignore_index=True)
        .drop(columns="order")
    )


def compare_runs(first: pd.DataFrame, second: pd.DataFrame) -> McNemar:
    """Return McNemar's exact test of two runs on whole plates.

    Raises:
        ValueError: The runs did not read the same plates.
    """
    _check_same_plates(first, second)
    return mcnemar_test(
        (first["text"] == first["truth"]).to_numpy(), (second["text"] == second["truth"]).to_numpy()
    )


def compare_characters(truth: pd.Series, read: pd.Series) -> NDArray[np.bool_]:
    """Return which characters are right `(P, S)`; S is the length of the longest true text.

    Past the end of a shorter true text, nothing is right and anything is wrong.
    """
    width = int(truth.str.len().max())
    columns = [truth.str.slice(slot, slot + 1).to_numpy() for slot in range(width)]
    answers = [read.str.slice(slot, slot + 1).to_numpy() for slot in range(width)]
    return np.stack([a == b for a, b in zip(columns, answers, strict=True)], axis=1).astype(bool)


def _check_same_plates(first: pd.DataFrame, second: pd.DataFrame) -> None:
    if list(first["truth"]) != list(second["truth"]):
        raise ValueError(
            "two runs can be compared on the same plates only. "
            f"Received: {len(first)} and {len(second)} plates that are not the same"
        )
