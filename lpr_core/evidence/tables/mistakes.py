"""What is misread: what figures draw, and the tables of it."""

import pandas as pd

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.tables.table import Table
from lpr_core.evidence.units import percent

_NUM_MISREAD = 5


def frame_slots(answers: Answers) -> pd.DataFrame:
    """Return a row for each variant and slot (from 1): `variant, label, slot, mean, low, high`."""
    rows = [
        {"variant": cell.variant, "label": cell.label, "slot": slot, **score.model_dump()}
        for cell in answers.cells
        for slot, score in enumerate(cell.slots, start=1)
    ]
    return pd.DataFrame(rows, columns=["variant", "label", "slot", "mean", "low", "high"])


def tabulate_pairs(pairs: pd.DataFrame) -> Table:
    """Return the symbols that are read for others, the most frequent first.

    Args:
        pairs: From `list_misread`.
    """
    share = "Of all that stand there"
    columns = {"truth": "True", "read": "Read", "count": "Times", "share": share}
    return Table("Most often misread", pairs.rename(columns=columns), {share: percent})


def tabulate_misread(answers: Answers) -> Table:
    """Return the most frequent mistakes of each variant, in one line each."""
    labels = {cell.variant: cell.label for cell in answers.cells}
    rows = [
        (
            labels[variant],
            ", ".join(f"{m.truth} as {m.read} ({m.count:,})" for m in found[:_NUM_MISREAD])
            or "none",
        )
        for variant, found in answers.misread.items()
    ]
    return Table(
        "Most often misread", pd.DataFrame(rows, columns=["Variant", "True as read (times)"])
    )
