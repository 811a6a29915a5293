"""Variants against their references: what figures draw, and the tables of it."""

import pandas as pd

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.judging.factorial import Interaction
from lpr_core.evidence.judging.findings import Finding
from lpr_core.evidence.tables.cells import tell_alone
from lpr_core.evidence.tables.table import Table
from lpr_core.evidence.units import points, show_p, show_points
from lpr_core.evidence.wording import HOLM_P, SIGNS_P, SIMULTANEOUS, name_scope


def frame_findings(answers: Answers) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the differences and, seed by seed, what they are made of.

    The first has `name, mean, low, high`, the second `name, seed, value`.
    """
    named = [
        (f"{finding.label} against {finding.reference_label}", finding.comparison)
        for finding in answers.findings
    ]
    effects = [(name, found.effect, found.low, found.high) for name, found in named]
    seeds = [(name, *pair) for name, found in named for pair in found.by_seed.items()]
    return (
        pd.DataFrame(effects, columns=["name", "mean", "low", "high"]),
        pd.DataFrame(seeds, columns=["name", "seed", "value"]),
    )


def tabulate_findings(answers: Answers) -> Table:
    """Return a row for each comparison of a design other than `hypotheses`."""
    over = tell_alone([found.comparison.num_seeds for found in answers.findings])
    interval = SIMULTANEOUS.capitalize() + over
    return Table(
        "Differences in characters right",
        pd.DataFrame([_list_finding(found, interval) for found in answers.findings]),
        {"Difference": show_points, HOLM_P: show_p, SIGNS_P: show_p},
    )


def _list_finding(finding: Finding, interval: str) -> dict[str, str | int | float]:
    found = finding.comparison
    return {
        "Variant": finding.label,
        "Against": finding.reference_label,
        "Verdict": str(finding.direction),
        "Difference": found.effect,
        interval: f"{points(found.low)} to {points(found.high)}",
        HOLM_P: found.p_holm,
        SIGNS_P: found.p_signs,
        "Seeds": found.num_seeds,
    }


def tabulate_interaction(found: Interaction) -> Table:
    """Return the analysis of variance of one 2 x 2."""
    columns = {
        "term": "Term",
        "degrees": "Degrees",
        "sum_of_squares": "Sum of squares",
        "f": "F",
        "p_value": "p",
    }
    frame = pd.DataFrame(found.table, columns=list(columns)).rename(columns=columns)
    formats = {
        "Degrees": "{:.0f}".format,
        "Sum of squares": "{:.5f}".format,
        "F": "{:.2f}".format,
        "p": show_p,
    }
    ways = f"{name_scope(found.scope)} and from scratch"
    return Table(f"Analysis of variance, {ways}, seeds as blocks", frame, formats)
