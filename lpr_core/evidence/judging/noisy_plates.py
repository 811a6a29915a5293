"""What hypotheses about noise come to on noisy plates, beside their verdict on clean ones."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lpr_core.evidence.judging.hypotheses import Cell, describe_cell, find_cells
from lpr_core.evidence.judging.parts import Part, Verdict
from lpr_core.evidence.readings import Factors
from lpr_core.evidence.units import percent

_ABOUT_NOISE = ("H3", "H4")


def add_noisy_plates(
    verdicts: Sequence[Verdict], factors: Factors, response: pd.DataFrame
) -> tuple[Verdict, ...]:
    """Return verdicts, those about noise with what their cells read of plates with that noise.

    Args:
        verdicts: On clean plates.
        factors: `transfer` and `noise` by variant.
        response: From `tabulate_response`; nothing is told where a cell was not measured there.
    """
    cells = {variant: cell for cell, variant in find_cells(factors).items()}
    return tuple(
        verdict.model_copy(
            update={
                "on_noise": tuple(
                    told
                    for part in verdict.parts
                    if (told := _tell_part(part, factors, cells, response))
                )
            }
        )
        if verdict.hypothesis in _ABOUT_NOISE
        else verdict
        for verdict in verdicts
    )


def read_at(response: pd.DataFrame, variant: str, strength: float) -> float | None:
    """Return what is read at a strength, interpolated between those measured."""
    rows = response[response["variant"] == variant].sort_values("strength")
    if rows.empty or not rows["strength"].min() <= strength <= rows["strength"].max():
        return None
    return float(np.interp(strength, rows["strength"], rows["mean"]))


def _tell_part(part: Part, factors: Factors, cells: dict[str, Cell], response: pd.DataFrame) -> str:
    if not part.comparisons:
        return ""
    variant = part.comparisons[0].variant
    strength = float(factors[variant]["noise"])
    ours = read_at(response, variant, strength)
    theirs = {
        one.reference: share
        for one in part.comparisons
        if (share := read_at(response, one.reference, strength)) is not None
    }
    if ours is None or len(theirs) < len(part.comparisons):
        return ""
    best = max(theirs, key=theirs.__getitem__)
    among = "the best of the others, " if len(theirs) > 1 else ""
    return (
        f"On plates with noise of strength {strength:g}: {describe_cell(cells[variant])} "
        f"{percent(ours)} of the characters, {among}{describe_cell(cells[best])} "
        f"{percent(theirs[best])}."
    )
