"""Rules that look only at the epochs so far, so that a resumed run decides as an unbroken one."""

from collections.abc import Sequence

from lpr_core.training.runs import HistoryRow


def find_best_epoch(history: Sequence[HistoryRow], monitor: str) -> int:
    """Return the index of the best row, the earliest of equals: lowest loss, highest accuracy."""
    values = [row[monitor] for row in history]
    return values.index(min(values) if monitor == "val_loss" else max(values))


def is_out_of_patience(history: Sequence[HistoryRow], monitor: str, patience: int) -> bool:
    """Tell whether the last `patience` epochs brought no better one."""
    return bool(history) and len(history) - 1 - find_best_epoch(history, monitor) >= patience


def rate_after_plateau(
    history: Sequence[HistoryRow], monitor: str, patience: int, factor: float, min_rate: float
) -> float:
    """Return the learning rate of the next epoch.

    It is multiplied by `factor` when neither a better epoch nor an earlier cut lies within the last
    `patience` epochs, as `keras.callbacks.ReduceLROnPlateau` does, and never falls below
    `min_rate`.
    """
    rates = [row["learning_rate"] for row in history]
    last_cut = max((i for i in range(1, len(rates)) if rates[i] < rates[i - 1]), default=0)
    # The first epoch after a cut counts as waiting already.
    waited = len(history) - 1 - max(find_best_epoch(history, monitor), last_cut - 1)
    return max(rates[-1] * factor, min(min_rate, rates[-1])) if waited >= patience else rates[-1]
