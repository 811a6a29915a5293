"""Who was not trained far enough to be compared: a stated rule, for every design.

Where an arm has not begun to learn, or still learns when its training ends, a difference from it
says how long it was trained, and no more. Such an arm gets no verdict but the advice "more steps".
"""

from collections.abc import Mapping, Sequence

import numpy as np

from lpr_core.evidence.cells import Cell
from lpr_core.evidence.units import percent, points

LEARNED = 0.5
"""An arm that knows less of its own training plates than this share of the usable accuracy has not
begun to learn."""

RISE = 0.05
"""An arm that gains more than this in the last fifth of its epochs is still learning."""

LAST_PART = 0.2
_FEWEST_EPOCHS = 5
"""A shorter history has no last fifth."""

Curves = Mapping[tuple[str, int], Sequence[float]]
"""By variant and seed: the score on validation examples after each epoch, as a share."""


def find_untrained(cells: Sequence[Cell], curves: Curves, usable: float) -> dict[str, str]:
    """Return the variants that were not trained far enough, and why, in words.

    An arm was trained far enough if it reads at least half of the usable accuracy on its own
    training examples (or on others), and if its validation score, averaged over seeds, gained at
    most five percentage points in the last fifth of its epochs. What is not known (no training
    score, fewer than five epochs) speaks against nobody.

    Args:
        cells: How well each variant reads.
        curves: Of each run.
        usable: Score from which on a result is of use.
    """
    reasons = {}
    for cell in cells:
        reason = _tell_unlearned(cell, usable) or _tell_rise(cell.variant, curves)
        if reason:
            reasons[cell.variant] = reason
    return reasons


def measure_rise(curves: Sequence[Sequence[float]]) -> float | None:
    """Return what was gained in the last fifth of the epochs, averaged over runs; None if unknown.

    Args:
        curves: Score after each epoch, of each run; of runs of unequal length each has its own end.
    """
    gains = []
    for curve in curves:
        values = np.asarray(curve, float)
        if len(values) < _FEWEST_EPOCHS or not np.isfinite(values).all():
            continue
        last = max(1, round(LAST_PART * len(values)))
        gains.append(values[-1] - values[-1 - last])
    return float(np.mean(gains)) if gains else None


def _tell_unlearned(cell: Cell, usable: float) -> str:
    if cell.train_characters is None or cell.characters is None:
        return ""
    if max(cell.train_characters, cell.characters.mean) >= LEARNED * usable:
        return ""
    return (
        f"knows {percent(cell.train_characters)} of its own training examples, less than half of "
        f"the usable {percent(usable)}"
    )


def _tell_rise(variant: str, curves: Curves) -> str:
    rise = measure_rise([curve for (name, _), curve in curves.items() if name == variant])
    if rise is None or rise <= RISE:
        return ""
    gained = points(rise).removeprefix("+")
    return f"still gained {gained} percentage points in the last fifth of its training"
