"""Measure a reader's floor: the confidence under which fewer than half of its readings are right.

With honest probabilities it lies near 0.5. It is measured all the same, for a calibration is
fitted to all plates at once, and the plates at the floor are few.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from lpr_core.plates.readable import DEFAULT_READABLE_FROM, is_readable


class Floor(BaseModel):
    """From which confidence a reader's text counts as read; see `lpr_core.plates.readable`.

    Attributes:
        readable_from: The floor, 0 to 1; `DEFAULT_READABLE_FROM` where none was measured.
        measured_on: Name of the labelled plates; empty where none was measured.
        num_plates: How many these were.
        num_below: How many readings lie below the floor.
        num_right_below: How many of those are right all the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    readable_from: float = Field(default=DEFAULT_READABLE_FROM, ge=0, le=1)
    measured_on: str = ""
    num_plates: int = Field(default=0, ge=0, lt=2**63)
    num_below: int = Field(default=0, ge=0, lt=2**63)
    num_right_below: int = Field(default=0, ge=0, lt=2**63)


def fit_floor(
    confidences: NDArray[np.floating[Any]], right: NDArray[np.bool_], measured_on: str = ""
) -> Floor:
    """Find the floor of readings whose truth is known.

    It is the cut that decides most readings well: wrong ones below, right ones above. Each run of
    readings that ends at the cut is right in fewer than half, each that begins there in at least
    half. Where several cuts do, or the cut lies in a gap without readings, the point nearest to
    `DEFAULT_READABLE_FROM` is taken, in a gap that does not hold it the middle: so a few plates, or
    plates that were all read right, say no more than they know.

    Args:
        confidences: `(N,)` calibrated chances that each whole text is right, 0 to 1.
        right: `(N,)` whether it is.
        measured_on: Name of the plates.

    Raises:
        ValueError: There is no reading, or the shapes differ.
    """
    if len(confidences) == 0 or np.shape(confidences) != np.shape(right):
        raise ValueError(
            "A floor needs the confidence and the truth of at least one reading. "
            f"Received: {np.shape(confidences)} and {np.shape(right)}."
        )
    order = np.argsort(confidences, kind="stable")
    readable_from = min(_best_cuts(np.asarray(confidences)[order], np.asarray(right)[order]))[1]
    below = ~np.asarray(is_readable(confidences, readable_from))
    return Floor(
        readable_from=readable_from,
        measured_on=measured_on,
        num_plates=len(right),
        num_below=int(below.sum()),
        num_right_below=int(np.asarray(right)[below].sum()),
    )


def _best_cuts(
    confidences: NDArray[np.floating[Any]], right: NDArray[np.bool_]
) -> list[tuple[float, float]]:
    """Return (distance from the default, floor) of each cut that decides most, from sorted ones."""
    values = np.concatenate([[0.0], confidences, [1.0]])
    gains = np.concatenate([[0], np.cumsum(1 - 2 * right.astype(np.int64))])
    is_gap = values[1:] > values[:-1]  # equal confidences cannot be told apart
    is_gap[0] = True
    best = np.flatnonzero(is_gap & (gains == gains[is_gap].max()))
    floors = [_settle_in(float(values[place]), float(values[place + 1])) for place in best]
    return [(abs(floor - DEFAULT_READABLE_FROM), floor) for floor in floors]


def _settle_in(low: float, high: float) -> float:
    """Return a floor above `low` and at most `high`: the default if it fits, else the middle."""
    return DEFAULT_READABLE_FROM if low < DEFAULT_READABLE_FROM <= high else (low + high) / 2
