"""How well each variant reads, with intervals over seeds and plates."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from lpr_core.evidence.readings import Correct
from lpr_core.statistics import wilson_interval
from lpr_core.statistics.intervals import crossed_interval

_FEW_PLATES = 5
"""With fewer that differ, an average is not normal, nor is its variance known."""


class Score(BaseModel):
    """A share with its interval at 95 %, within 0 and 1.

    The interval is over other seeds and other plates; of one seed, over plates alone.
    """

    model_config = ConfigDict(frozen=True)

    mean: float
    low: float
    high: float


class Cell(BaseModel):
    """How well one variant reads clean validation plates.

    Attributes:
        variant: Its name.
        label: What people read.
        factors: Its levels.
        characters: Share of right characters; `None` when it has no run.
        plates: Share of plates with all characters right.
        slots: Share of right characters in each slot.
        train_characters: Share of right characters on clean training plates, averaged over seeds.
        gap: That, less the share on validation plates.
        minutes: Time of one training, averaged over seeds.
        by_seed: Share of right characters of each run.
        num_plates: Validation plates.
    """

    model_config = ConfigDict(frozen=True)

    variant: str
    label: str
    factors: dict[str, Any]
    characters: Score | None = None
    plates: Score | None = None
    slots: tuple[Score, ...] = ()
    train_characters: float | None = None
    gap: float | None = None
    minutes: float | None = None
    by_seed: dict[int, float] = {}
    num_plates: int = 0


def score_cell(
    variant: str,
    label: str,
    factors: Mapping[str, Any],
    correct: Correct,
    metrics: Mapping[tuple[str, int], Mapping[str, Any]],
    metric: str = "character_accuracy",
) -> Cell:
    """Return the scores of one variant over all seeds that it has.

    Args:
        variant: Its name.
        label: What people read.
        factors: Its levels.
        correct: What each run read right.
        metrics: `metrics.json` of each run; `train` and `train_seconds` are used.
        metric: Key of the scores on training examples.
    """
    runs = {seed: right for (name, seed), right in sorted(correct.items()) if name == variant}
    if not runs:
        return Cell(variant=variant, label=label, factors=dict(factors))
    right = np.stack(list(runs.values()))  # (R, P, S)
    characters = score_crossed(right.mean(axis=2))
    found = [metrics.get((variant, seed), {}) for seed in runs]
    train = _average([m["train"][metric] for m in found if "train" in m])
    seconds = _average([m["train_seconds"] for m in found if "train_seconds" in m])
    return Cell(
        variant=variant,
        label=label,
        factors=dict(factors),
        characters=characters,
        plates=score_crossed(np.asarray(right.all(axis=2))),
        slots=tuple(score_crossed(right[:, :, slot]) for slot in range(right.shape[2])),
        train_characters=train,
        gap=None if train is None else train - characters.mean,
        minutes=None if seconds is None else seconds / 60,
        by_seed={seed: float(run.mean()) for seed, run in runs.items()},
        num_plates=right.shape[1],
    )


def score_crossed(values: NDArray[Any]) -> Score:
    """Return the mean of shares `(R, P)` with its interval, cut off at 0 and 1.

    Where hardly a plate is read otherwise than all the others, hardly anything varies, and yet
    nothing is sure: the interval is no narrower than Wilson's for as many plates, as if the seeds
    were one.
    """
    values = values.astype(np.float64)
    found = crossed_interval(values)
    low, high = max(0.0, found.low), min(1.0, found.high)
    if min(_count_others(values, 0), _count_others(values, 1)) < _FEW_PLATES:
        num_plates = values.shape[1]
        ends = wilson_interval(round(found.estimate * num_plates), num_plates)
        low, high = min(low, ends[0], found.estimate), max(high, ends[1], found.estimate)
    return Score(mean=found.estimate, low=low, high=high)


def _count_others(values: NDArray[np.float64], usual: float) -> int:
    """Count plates of which any run reads more or less than the usual share."""
    return int((values != usual).any(axis=0).sum())


def _average(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None
