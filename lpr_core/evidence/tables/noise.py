"""What is read as noise grows: what figures draw, and the tables of it."""

import pandas as pd

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.noise import Knee, arrange_response
from lpr_core.evidence.tables.cells import READ, tell_alone
from lpr_core.evidence.tables.table import Table
from lpr_core.evidence.units import percent, three


def frame_response(answers: Answers) -> pd.DataFrame:
    """Return `variant, strength, mean, low, high, num_seeds`."""
    return pd.DataFrame([dose.model_dump() for dose in answers.response])


def frame_map(answers: Answers) -> pd.DataFrame:
    """Return shares of right characters, a row for each training, a column for each strength."""
    return arrange_response(frame_response(answers)).rename(index=_list_labels(answers))


def frame_knees(answers: Answers) -> pd.DataFrame:
    """Return `variant, strength, low, high` of the knees within what was tried.

    Intervals that reach beyond it end there.
    """
    rows = [
        (
            knee.variant,
            knee.strength,
            knee.strength if knee.low is None else knee.low,
            knee.tried_to if knee.high is None else knee.high,
        )
        for knee in answers.knees
        if knee.strength is not None
    ]
    return pd.DataFrame(rows, columns=["variant", "strength", "low", "high"])


def tabulate_knees(answers: Answers) -> Table:
    """Return a row for each variant's knee."""
    labels = _list_labels(answers)
    interval = "95 % interval" + tell_alone([knee.num_seeds for knee in answers.knees])
    rows = [
        (labels[knee.variant], _show_strength(knee.strength, knee), _show_bounds(knee))
        for knee in answers.knees
    ]
    frame = pd.DataFrame(rows, columns=["Variant", "Knee", interval])
    return Table("Strength at which a tenth is lost", frame)


def tabulate_response(answers: Answers) -> Table:
    """Return the train x test map: a row for each variant, a column for each strength."""
    square = frame_map(answers)
    square.columns = [f"{strength:g}" for strength in square.columns]
    formats = dict.fromkeys(square.columns, percent)
    frame = square.rename_axis("Variant").reset_index()
    return Table(f"{READ}, by strength of the noise on the plate", frame, formats)


def _list_labels(answers: Answers) -> dict[str, str]:
    return {cell.variant: cell.label for cell in answers.cells}


def _show_strength(strength: float | None, knee: Knee) -> str:
    return f"beyond {knee.tried_to:g}" if strength is None else three(strength)


def _show_bounds(knee: Knee) -> str:
    low, high = _show_strength(knee.low, knee), _show_strength(knee.high, knee)
    return low if low == high else f"{low} to {high}"
