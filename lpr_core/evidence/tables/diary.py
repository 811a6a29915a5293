"""A judged diary as a table: a row for each comparison."""

import pandas as pd

from lpr_core.evidence.diary import Audit, DiaryComparison
from lpr_core.evidence.tables.table import Table
from lpr_core.evidence.units import points, show_p, show_points
from lpr_core.evidence.wording import HOLM_P


def tabulate_audit(audit: Audit) -> Table:
    """Return a row for each comparison, in the order of the diary."""
    lasts = f"If runs vary by {points(audit.run_spread).removeprefix('+')} pp"
    rows = [_list_comparison(one, lasts) for one in audit.comparisons]
    missing = {"95 % interval": "unknown", "p": "unknown", HOLM_P: "unknown"}
    return Table("Comparisons of the diary", pd.DataFrame(rows), missing=missing)


def _list_comparison(one: DiaryComparison, lasts: str) -> dict[str, str | None]:
    is_known = one.p_value is not None
    return {
        "Factor": one.factor,
        "Compared": f"{one.first} with {one.second}",
        "Difference": show_points(one.difference),
        "95 % interval": f"{points(one.low)} to {points(one.high)}"
        if one.low is not None and one.high is not None
        else None,
        "p": show_p(one.p_value) if one.p_value is not None else None,
        HOLM_P: show_p(one.p_holm) if one.p_holm is not None else None,
        "Verdict": str(one.verdict),
        lasts: ("stands" if one.would_last else "does not stand") if is_known else "",
        "Runs each to decide": _tell_runs(one),
        "Remarks": " ".join(one.remarks),
    }


def _tell_runs(one: DiaryComparison) -> str:
    if one.p_value is None:
        return ""
    return f"{one.runs_needed:,}" if one.runs_needed else "over 1,000"


def frame_comparisons(audit: Audit) -> pd.DataFrame:
    """Return `name, verdict, difference, low, high` of each comparison, as shares, for a figure."""
    return pd.DataFrame(
        {
            "name": f"{one.factor}: {one.first} with {one.second}",
            "verdict": str(one.verdict),
            "difference": one.difference,
            "low": one.low,
            "high": one.high,
        }
        for one in audit.comparisons
    ).astype({"low": float, "high": float})
