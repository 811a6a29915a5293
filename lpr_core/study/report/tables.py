"""Answers as tables: frames for figures, rows of text for people."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.cells import Cell, Score
from lpr_core.evidence.factorial import Interaction
from lpr_core.evidence.noise import Knee
from lpr_core.evidence.verdicts import Part, Verdict
from lpr_core.evidence.wording import SCOPES, percent, points

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
    """Return `variant, strength, low, high` of the knees that lie within what was tried."""
    rows = [
        (knee.variant, knee.strength, knee.low, knee.high)
        for knee in answers.knees
        if None not in (knee.strength, knee.low, knee.high)
    ]
    return pd.DataFrame(rows, columns=["variant", "strength", "low", "high"])


def arrange_map(response: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return shares of right characters, a row for each training, a column for each strength."""
    order = list(dict.fromkeys(response["variant"]))
    square = response.pivot(index="variant", columns="strength", values="mean").reindex(order)
    return square.rename(index=dict(labels))


def tabulate_parts(verdict: Verdict) -> Table:
    """Return a row for each way of transfer."""
    columns = ("way", "verdict", "effect", "95 % interval", "p", "Holm p", "seeds", "plates")
    rows = tuple(_show_part(part) for part in verdict.parts)
    return Table(f"{verdict.hypothesis} by way of transfer", columns, rows)


def _show_part(part: Part) -> tuple[str, ...]:
    if part.effect is None or part.low is None or part.high is None:
        return (SCOPES[part.scope], "not compared", *[""] * 6)
    show = percent if part.target else points
    return (
        SCOPES[part.scope],
        part.outcome,
        show(part.effect),
        f"{show(part.low)} to {show(part.high)}",
        f"{part.p_value:.4f}",
        f"{part.p_holm:.4f}",
        str(part.num_seeds),
        f"{part.num_plates:,}",
    )


def tabulate_cells(answers: Answers) -> Table:
    """Return a row for each variant."""
    columns = (
        "variant",
        "characters right (95 % interval)",
        "plates right (95 % interval)",
        "on training plates",
        "gap",
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
            "" if row["p_value"] is None else f"{row['p_value']:.4f}",
        )
        for row in found.table
    )
    title = f"Analysis of variance, {SCOPES[found.scope]} and from scratch, seeds as blocks"
    return Table(title, ("term", "degrees", "sum of squares", "F", "p"), rows)


def tabulate_findings(answers: Answers) -> Table:
    """Return a row for each comparison of a design other than `hypotheses`."""
    columns = ("variant", "against", "finding", "difference", "95 % interval", "p", "seeds")
    rows = tuple(
        (
            finding.label,
            finding.reference_label,
            finding.direction,
            points(finding.comparison.effect),
            f"{points(finding.comparison.low)} to {points(finding.comparison.high)}",
            f"{finding.comparison.p_value:.4f}",
            str(finding.comparison.num_seeds),
        )
        for finding in answers.findings
    )
    return Table("Differences in percentage points of characters", columns, rows)


def tabulate_folds(answers: Answers) -> Table:
    """Return what all folds together read."""
    rows = tuple((SCOPES.get(way, way), show_score(score)) for way, score in answers.folds.items())
    return Table("All folds together", ("way", "characters right (95 % interval)"), rows)


def tabulate_knees(answers: Answers) -> Table:
    """Return a row for each variant's knee."""
    labels = {cell.variant: cell.label for cell in answers.cells}
    rows = tuple(
        (labels[knee.variant], _show_strength(knee.strength, knee), _show_bounds(knee))
        for knee in answers.knees
    )
    return Table("Strength at which a tenth is lost", ("variant", "knee", "95 % interval"), rows)


def _show_strength(strength: float | None, knee: Knee) -> str:
    return f"beyond {knee.tried_to:g}" if strength is None else f"{strength:.3f}"


def _show_bounds(knee: Knee) -> str:
    return f"{_show_strength(knee.low, knee)} to {_show_strength(knee.high, knee)}"


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
            ", ".join(f"{m.truth} as {m.read} {m.count}" for m in found[:_NUM_MISREAD]) or "none",
        )
        for variant, found in answers.misread.items()
    )
    return Table("Most often misread", ("variant", "right, read as, how often"), rows)
