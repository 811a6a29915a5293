"""Answers as tables: rows of text for people."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.cells import Cell, Score
from lpr_core.evidence.judging.factorial import Interaction
from lpr_core.evidence.judging.parts import Part, Verdict
from lpr_core.evidence.judging.sentences import show_range
from lpr_core.evidence.noise import Knee
from lpr_core.evidence.units import percent, points, show_p
from lpr_core.evidence.wording import SCOPES, SIGNS_P, SIMULTANEOUS
from lpr_core.report.frames import arrange_map, frame_response

_NUM_MISREAD = 5


@dataclass(frozen=True)
class Table:
    """Rows of text.

    Attributes:
        title: What they are.
        columns: Headings; the first column holds names, the rest numbers.
        rows: As many texts as columns.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tabulate_parts(verdict: Verdict) -> Table:
    """Return a row for each way of transfer; of H4, against the cell that it beats least."""
    columns = (
        "way",
        "verdict",
        "effect",
        _head_interval([part.num_seeds for part in verdict.parts if part.num_seeds], SIMULTANEOUS),
        "seeds alone (BCa)",
        "plates alone",
        "p",
        "Holm p",
        SIGNS_P,
        "seeds",
        "plates",
    )
    rows = tuple(_show_part(part) for part in verdict.parts)
    return Table(f"{verdict.hypothesis} by way of transfer", columns, rows)


def _show_part(part: Part) -> tuple[str, ...]:
    if part.effect is None:
        return (SCOPES[part.scope], "not compared", *[""] * 9)
    found = part.weakest
    return (
        SCOPES[part.scope] + (f", less {part.rival}" if len(part.comparisons) > 1 else ""),
        part.outcome,
        show_effect(part),
        show_range(part, part.low, part.high),
        show_range(part, found.seeds_low, found.seeds_high),
        show_range(part, found.plates_low, found.plates_high),
        show_p(part.p_value),
        show_p(part.p_holm),
        show_p(found.p_signs),
        str(part.num_seeds),
        f"{part.num_plates:,}",
    )


def show_effect(part: Part) -> str:
    """Return an accuracy, `91.5 %`, or a difference, `+2.1 points`; empty without runs."""
    if part.effect is None:
        return ""
    return percent(part.effect) if part.target else f"{points(part.effect)} points"


def _head_interval(num_seeds: Collection[int], name: str = "95 % interval") -> str:
    """Return the heading of intervals that rest on these numbers of seeds."""
    return name + (", plates alone" if set(num_seeds) == {1} else "")


def tabulate_cells(answers: Answers) -> Table:
    """Return a row for each variant."""
    interval = _head_interval([len(cell.by_seed) for cell in answers.cells if cell.by_seed])
    columns = (
        "variant",
        f"characters right ({interval})",
        f"plates right ({interval})",
        "on training plates",
        "gap, points",
        "seeds",
        "minutes a run",
    )
    return Table("Variants", columns, tuple(_show_cell(cell) for cell in answers.cells))


def _show_cell(cell: Cell) -> tuple[str, ...]:
    return (
        cell.label,
        show_score(cell.characters),
        show_score(cell.plates),
        "" if cell.train_characters is None else percent(cell.train_characters),
        "" if cell.gap is None else points(cell.gap),
        str(len(cell.by_seed)),
        "" if cell.minutes is None else f"{cell.minutes:.1f}",
    )


def show_score(score: Score | None) -> str:
    """Return a share with its interval: `0.912 [0.901, 0.923]`."""
    return "no run" if score is None else f"{score.mean:.3f} [{score.low:.3f}, {score.high:.3f}]"


def tabulate_interaction(found: Interaction) -> Table:
    """Return the analysis of variance of one 2 x 2."""
    rows = tuple(
        (
            str(row["term"]),
            f"{row['degrees']:.0f}",
            f"{row['sum_of_squares']:.5f}",
            "" if row["f"] is None else f"{row['f']:.2f}",
            "" if row["p_value"] is None else show_p(row["p_value"]),
        )
        for row in found.table
    )
    title = f"Analysis of variance, {SCOPES[found.scope]} and from scratch, seeds as blocks"
    return Table(title, ("term", "degrees", "sum of squares", "F", "p"), rows)


def tabulate_findings(answers: Answers) -> Table:
    """Return a row for each comparison of a design other than `hypotheses`."""
    interval = _head_interval(
        [found.comparison.num_seeds for found in answers.findings], SIMULTANEOUS
    )
    columns = (
        "variant",
        "against",
        "finding",
        "difference, points",
        interval,
        "Holm p",
        SIGNS_P,
        "seeds",
    )
    rows = tuple(
        (
            finding.label,
            finding.reference_label,
            finding.direction,
            points(finding.comparison.effect),
            f"{points(finding.comparison.low)} to {points(finding.comparison.high)}",
            show_p(finding.comparison.p_holm),
            show_p(finding.comparison.p_signs),
            str(finding.comparison.num_seeds),
        )
        for finding in answers.findings
    )
    return Table("Differences in percentage points of characters", columns, rows)


def tabulate_folds(answers: Answers) -> Table:
    """Return what all folds together read."""
    rows = tuple((SCOPES.get(way, way), show_score(score)) for way, score in answers.folds.items())
    interval = _head_interval([len(cell.by_seed) for cell in answers.cells if cell.by_seed])
    return Table("All folds together", ("way", f"characters right ({interval})"), rows)


def tabulate_knees(answers: Answers) -> Table:
    """Return a row for each variant's knee."""
    labels = {cell.variant: cell.label for cell in answers.cells}
    rows = tuple(
        (labels[knee.variant], _show_strength(knee.strength, knee), _show_bounds(knee))
        for knee in answers.knees
    )
    interval = _head_interval([knee.num_seeds for knee in answers.knees])
    return Table("Strength at which a tenth is lost", ("variant", "knee", interval), rows)


def _show_strength(strength: float | None, knee: Knee) -> str:
    return f"beyond {knee.tried_to:g}" if strength is None else f"{strength:.3f}"


def _show_bounds(knee: Knee) -> str:
    low, high = _show_strength(knee.low, knee), _show_strength(knee.high, knee)
    return low if low == high else f"{low} to {high}"


def tabulate_response(answers: Answers) -> Table:
    """Return the train x test map: a row for each variant, a column for each strength."""
    labels = {cell.variant: cell.label for cell in answers.cells}
    square = arrange_map(frame_response(answers), labels)
    rows = tuple(
        (str(name), *("" if pd.isna(share) else f"{share:.3f}" for share in row))
        for name, row in zip(square.index, square.to_numpy(), strict=True)
    )
    columns = ("trained", *(f"{strength:g}" for strength in square.columns))
    return Table("Characters right, by noise on the plates", columns, rows)


def tabulate_misread(answers: Answers) -> Table:
    """Return the most frequent mistakes of each variant."""
    labels = {cell.variant: cell.label for cell in answers.cells}
    rows = tuple(
        (
            labels[variant],
            ", ".join(f"{m.truth} as {m.read} ({m.count:,})" for m in found[:_NUM_MISREAD])
            or "none",
        )
        for variant, found in answers.misread.items()
    )
    return Table("Most often misread", ("variant", "right, read as (how often)"), rows)
