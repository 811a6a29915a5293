"""Verdicts as tables: a row for each way of transfer."""

import pandas as pd

from lpr_core.evidence.judging.parts import Part, Verdict
from lpr_core.evidence.judging.sentences import show_range
from lpr_core.evidence.tables.cells import tell_alone
from lpr_core.evidence.tables.table import Table
from lpr_core.evidence.units import percent, show_p, show_points
from lpr_core.evidence.wording import HOLM_P, SIGNS_P, SIMULTANEOUS, name_scope


def tabulate_parts(verdict: Verdict) -> Table:
    """Return a row for each way of transfer; of H4, against the cell that it beats least."""
    over = tell_alone([part.num_seeds for part in verdict.parts if part.num_seeds])
    interval = SIMULTANEOUS.capitalize() + over
    rows = [_list_part(part, interval) for part in verdict.parts]
    return Table(f"{verdict.hypothesis} by way of transfer", pd.DataFrame(rows))


def show_effect(part: Part) -> str:
    """Return an accuracy, `91.5 %`, or a difference, `+2.1 pp`."""
    if part.effect is None:
        return "none yet"
    return percent(part.effect) if part.target else show_points(part.effect)


def _list_part(part: Part, interval: str) -> dict[str, str | int]:
    found = part.weakest if part.comparisons else None
    rival = f", less {part.rival}" if len(part.comparisons) > 1 else ""
    return {
        "Transfer": name_scope(part.scope) + rival,
        "Verdict": str(part.outcome),
        "Effect": show_effect(part),
        interval: show_range(part, part.low, part.high),
        "Seeds alone (BCa)": show_range(part, found.seeds_low, found.seeds_high) if found else "",
        "Plates alone": show_range(part, found.plates_low, found.plates_high) if found else "",
        "p": show_p(part.p_value) if found else "",
        HOLM_P: show_p(part.p_holm) if found else "",
        SIGNS_P: show_p(found.p_signs) if found else "",
        "Seeds": part.num_seeds,
        "Plates": part.num_plates,
    }
