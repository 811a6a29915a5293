"""How well each variant reads: what figures draw, and the table of it."""

from collections.abc import Collection, Sequence

import pandas as pd

from lpr_core.evidence.answers import Answers
from lpr_core.evidence.cells import Cell
from lpr_core.evidence.tables.table import Table
from lpr_core.evidence.units import one_decimal, percent, show_points
from lpr_core.evidence.wording import SCOPES, name_scope

_FRAME = (
    "variant", "label", "transfer", "noise", "mean", "low", "high",
    "plates", "train", "gap", "seeds", "minutes",
)  # fmt: skip

READ = "Characters right"
"""What every study measures first, in tables and below the axes."""


def frame_cells(answers: Answers) -> pd.DataFrame:
    """Return one row for each variant that has runs, in the study's order.

    Columns: `variant, label, transfer, noise` (bool)`, mean, low, high` (characters)`, plates,
    train, gap, seeds, minutes`.
    """
    rows = [
        {
            "variant": cell.variant,
            "label": cell.label,
            "transfer": cell.factors.get("transfer"),
            "noise": bool(cell.factors.get("noise")),
            **cell.characters.model_dump(),
            "plates": cell.plates.mean if cell.plates else None,
            "train": cell.train_characters,
            "gap": cell.gap,
            "seeds": len(cell.by_seed),
            "minutes": cell.minutes,
        }
        for cell in answers.cells
        if cell.characters
    ]
    return pd.DataFrame(rows, columns=list(_FRAME))


def frame_scores(answers: Answers) -> pd.DataFrame:
    """Return one row for each run: `variant, label, seed, value` (characters right)."""
    rows = [
        (cell.variant, cell.label, seed, value)
        for cell in answers.cells
        for seed, value in cell.by_seed.items()
    ]
    return pd.DataFrame(rows, columns=["variant", "label", "seed", "value"])


def name_limits(answers: Answers) -> dict[str, float]:
    """Return the accuracies that figures of the cells are measured by, by name."""
    return {"usable": answers.usable, "most frequent symbols": answers.baseline}


def frame_bars(answers: Answers) -> pd.DataFrame:
    """Return one row for each variant that has runs: `name, value, low, high`."""
    columns = {"label": "name", "mean": "value"}
    return frame_cells(answers).rename(columns=columns)[["name", "value", "low", "high"]]


def tabulate_cells(cells: Sequence[Cell]) -> Table:
    """Return a row for each variant."""
    over = tell_alone([len(cell.by_seed) for cell in cells if cell.by_seed])
    rows = [_list_numbers(cell) for cell in cells]
    percents = (READ, "from", "to", "Plates right", "Plates from", "Plates to", _TRAINING)
    return Table(
        f"Variants, with 95 % intervals{over}",
        pd.DataFrame(rows, columns=["Variant", *percents, "Gap", "Seeds", "Minutes a run"]),
        {**dict.fromkeys(percents, percent), "Gap": show_points, "Minutes a run": one_decimal},
        {READ: "no run"},
    )


_TRAINING = f"{READ}, training plates"


def _list_numbers(cell: Cell) -> tuple[str | int | float | None, ...]:
    shares = [
        getattr(score, end, None)
        for score in (cell.characters, cell.plates)
        for end in ("mean", "low", "high")
    ]
    seeds = len(cell.by_seed)
    return (cell.label, *shares, cell.train_characters, cell.gap, seeds, cell.minutes)


def tabulate_folds(answers: Answers) -> Table:
    """Return what all folds together read."""
    over = tell_alone([len(cell.by_seed) for cell in answers.cells if cell.by_seed])
    rows = [
        (name_scope(way), score.mean, score.low, score.high) for way, score in answers.folds.items()
    ]
    columns = (READ, "from", "to")
    return Table(
        f"All folds together, with 95 % intervals{over}",
        pd.DataFrame(rows, columns=["Transfer", *columns]),
        dict.fromkeys(columns, percent),
    )


def tell_alone(num_seeds: Collection[int]) -> str:
    """Return what the name of intervals needs where all rest on one seed; nothing elsewhere."""
    return ", plates alone" if set(num_seeds) == {1} else ""


def frame_contrasts(answers: Answers) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the paired differences behind H2 to H4 and, seed by seed, what they are made of.

    The first has `name, mean, low, high, seeds`, the second `name, seed, value`.
    """
    effects, differences = [], []
    for verdict in answers.verdicts:
        for part in verdict.parts:
            for comparison in part.comparisons if verdict.hypothesis != "H1" else ():
                reference = answers.find_cell(comparison.reference)
                name = _name_comparison(verdict.hypothesis, part.scope, reference)
                numbers = (comparison.effect, comparison.low, comparison.high)
                effects.append((name, *numbers, comparison.num_seeds))
                differences += [(name, *pair) for pair in comparison.by_seed.items()]
    return (
        pd.DataFrame(effects, columns=["name", "mean", "low", "high", "seeds"]),
        pd.DataFrame(differences, columns=["name", "seed", "value"]),
    )


def _name_comparison(hypothesis: str, scope: str, reference: Cell) -> str:
    """Return `H2 Frozen less from scratch`, short enough for the edge of a figure."""
    scope = name_scope(scope)
    words = {
        "H2": f"{scope} less from scratch",
        "H3": f"{scope}: noise less none",
        "H4": f"{scope} + noise less {_name_cell(reference)}",
    }
    return f"{hypothesis} {words[hypothesis]}"


def _name_cell(cell: Cell) -> str:
    transfer = str(cell.factors["transfer"])
    noise = " + noise" if cell.factors["noise"] else ""
    return f"{SCOPES.get(transfer, transfer)}{noise}"
