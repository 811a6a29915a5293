"""Answers as the frames that figures draw."""

from collections.abc import Mapping

import pandas as pd

from lpr_core.evidence.answers import Answers


def frame_cells(answers: Answers) -> pd.DataFrame:
    """Return `variant, transfer, noise, mean, low, high` of the cells that have runs."""
    rows = [
        {
            "variant": cell.variant,
            "transfer": cell.factors.get("transfer"),
            "noise": bool(cell.factors.get("noise")),
            **cell.characters.model_dump(),
        }
        for cell in answers.cells
        if cell.characters is not None
    ]
    return pd.DataFrame(rows)


def frame_scores(answers: Answers) -> pd.DataFrame:
    """Return `variant, seed, value`, a row for each run."""
    rows = [
        (cell.variant, seed, value)
        for cell in answers.cells
        for seed, value in cell.by_seed.items()
    ]
    return pd.DataFrame(rows, columns=["variant", "seed", "value"])


def frame_slots(answers: Answers) -> pd.DataFrame:
    """Return `variant, slot, mean, low, high`."""
    rows = [
        {"variant": cell.variant, "slot": slot, **score.model_dump()}
        for cell in answers.cells
        for slot, score in enumerate(cell.slots, start=1)
    ]
    return pd.DataFrame(rows)


def frame_response(answers: Answers) -> pd.DataFrame:
    """Return `variant, strength, mean, low, high, num_seeds`."""
    return pd.DataFrame([dose.model_dump() for dose in answers.response])


def frame_knees(answers: Answers) -> pd.DataFrame:
    """Return `variant, strength, low, high` of the knees within what was tried.

    Intervals that reach beyond it end there.
    """
    rows = [
        (knee.variant, knee.strength, knee.low, knee.tried_to if knee.high is None else knee.high)
        for knee in answers.knees
        if knee.strength is not None
    ]
    return pd.DataFrame(rows, columns=["variant", "strength", "low", "high"])


def arrange_map(response: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return shares of right characters, a row for each training, a column for each strength."""
    order = list(dict.fromkeys(response["variant"]))
    square = response.pivot(index="variant", columns="strength", values="mean").reindex(order)
    return square.rename(index=dict(labels))
