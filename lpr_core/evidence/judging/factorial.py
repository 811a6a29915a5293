"""The 2 x 2 of transfer and noise: main effects and interaction."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from lpr_core.evidence.judging.comparisons import Comparison, Contrast, contrast_sum, decide
from lpr_core.evidence.judging.families import compare
from lpr_core.evidence.judging.hypotheses import TRANSFERS, Cell, describe_cell, find_cells
from lpr_core.evidence.readings import Correct, Factors, list_seeds
from lpr_core.evidence.units import odds, p_text, points
from lpr_core.evidence.vocabulary import VerdictWord
from lpr_core.evidence.wording import HOLM_P, SCOPES, SIMULTANEOUS, phrase_basis, phrase_untrained
from lpr_core.statistics.intervals import crossed_interval

_NO_WIDTH = 1e-9


class Interaction(BaseModel):
    """What noise does with transfer, less what it does without.

    Attributes:
        scope: `frozen` or `fine-tuned`.
        comparison: Effect with intervals, adjusted for the ways of transfer; see `families`.
        transfer_effect: Main effect of transfer: averaged over noise off and on.
        noise_effect: Main effect of noise: averaged over transfer off and on.
        logit_effect: The interaction of log odds of a right character; near a ceiling of 100 % only
            these can tell whether two effects add up.
        logit_low: Lower end at 95 % over seeds.
        logit_high: Upper end.
        table: Analysis of variance with the seed as block: `term, degrees, sum_of_squares, f,
            p_value`, a row for each term.
        sentence: All that in words.
    """

    model_config = ConfigDict(frozen=True)

    scope: str
    comparison: Comparison
    transfer_effect: float
    noise_effect: float
    logit_effect: float
    logit_low: float
    logit_high: float
    table: list[dict[str, Any]]
    sentence: str


def find_interactions(
    correct: Correct, factors: Factors, untrained: Mapping[str, str] = MappingProxyType({})
) -> tuple[Interaction, ...]:
    """Return the interaction of each way of transfer whose 2 x 2 has runs of a common seed.

    Where one of its cells was not trained far enough (`untrained`, by variant), nothing is said.
    """
    cells = find_cells(factors)
    squares, contrasts = [], []
    for way in TRANSFERS[1:]:
        square = _find_square(cells, way)
        contrast = _contrast_square(correct, square) if square else None
        if square and contrast:
            squares.append((way, square))
            contrasts.append(contrast)
    return tuple(
        _describe(correct, way, square, comparison, untrained)
        for (way, square), comparison in zip(squares, compare(contrasts), strict=True)
    )


def describe_effects(found: Interaction) -> str:
    """Return the main effects in words, and the interaction of log odds where runs tell it."""
    told = (
        f"Averaged over the other factor, transfer brings {points(found.transfer_effect)} "
        f"percentage points, noise {points(found.noise_effect)}."
    )
    if found.logit_high - found.logit_low < _NO_WIDTH:  # one seed, or seeds that say the same
        return told
    effect, low, high = map(odds, (found.logit_effect, found.logit_low, found.logit_high))
    return (
        f"{told} In log odds, which know no ceiling, the interaction is {effect} "
        f"(95 % interval {low} to {high})."
    )


def tabulate_factorial(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the analysis of variance of a 2 x 2, each seed being a block.

    Args:
        scores: `transfer, noise, seed, score`, one row for each run.

    Returns:
        `term, degrees, sum_of_squares, f, p_value`: transfer, noise, transfer x noise, seed, rest.
    """
    import statsmodels.formula.api as smf
    from statsmodels.stats.anova import anova_lm

    model = smf.ols("score ~ C(transfer) * C(noise) + C(seed)", scores).fit()
    table = anova_lm(model, typ=2)
    names = {
        "C(transfer)": "transfer",
        "C(noise)": "noise",
        "C(transfer):C(noise)": "transfer x noise",
        "C(seed)": "seed",
        "Residual": "rest",
    }
    renamed = {"df": "degrees", "sum_sq": "sum_of_squares", "F": "f", "PR(>F)": "p_value"}
    table = table.rename(index=names, columns=renamed).rename_axis("term")
    return table.loc[list(names.values()), list(renamed.values())].reset_index()


def _find_square(cells: dict[Cell, str], way: str) -> tuple[str, str, str, str] | None:
    corners = _corners(way)
    if not all(corner in cells for corner in corners):
        return None
    plain, noisy, transferred, both = (cells[corner] for corner in corners)
    return plain, noisy, transferred, both


def _corners(way: str) -> list[Cell]:
    return [("none", False), ("none", True), (way, False), (way, True)]


def _contrast_square(correct: Correct, square: Sequence[str]) -> Contrast | None:
    plain, noisy, transferred, both = square
    weights = {both: 1.0, transferred: -1.0, noisy: -1.0, plain: 1.0}
    return contrast_sum(correct, both, "no interaction", weights)


def _describe(
    correct: Correct,
    way: str,
    square: tuple[str, str, str, str],
    comparison: Comparison,
    untrained: Mapping[str, str],
) -> Interaction:
    seeds = list_seeds(correct, *square)
    scores = np.array([[correct[cell, seed].mean() for cell in square] for seed in seeds])  # (R, 4)
    plain, noisy, transferred, both = scores.mean(axis=0)
    logits = np.log(_inside(scores) / (1 - _inside(scores)))
    logit = crossed_interval((logits @ [1, -1, -1, 1])[:, None])
    return Interaction(
        scope=way,
        comparison=comparison,
        transfer_effect=float((both + transferred - noisy - plain) / 2),
        noise_effect=float((both + noisy - transferred - plain) / 2),
        logit_effect=logit.estimate,
        logit_low=logit.low,
        logit_high=logit.high,
        table=_tabulate(scores, seeds) if len(seeds) > 1 else [],
        sentence=_phrase(
            way,
            comparison,
            [
                f"the arm {describe_cell(cell)} {untrained[name]}"
                for name, cell in zip(square, _corners(way), strict=True)
                if name in untrained
            ],
        ),
    )


def _inside(scores: np.ndarray) -> np.ndarray:
    """Keep shares off 0 and 1, whose log odds are infinite."""
    return np.clip(scores, 1e-4, 1 - 1e-4)


def _tabulate(scores: np.ndarray, seeds: Sequence[int]) -> list[dict[str, Any]]:
    rows = [
        {"transfer": column // 2, "noise": column % 2, "seed": seed, "score": scores[row, column]}
        for row, seed in enumerate(seeds)
        for column in range(4)
    ]
    table = tabulate_factorial(pd.DataFrame(rows))
    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()}
        for row in table.to_dict("records")
    ]


def _phrase(way: str, found: Comparison, reasons: Sequence[str]) -> str:
    outcome = decide(found.low, found.high, found.p_holm, found.num_seeds, margin=None)
    sure = outcome is not VerdictWord.UNDECIDED and not reasons
    told = f"; {phrase_untrained(reasons)}" if reasons else ""
    relation = "more" if found.effect > 0 else "less"
    claim = (
        f"Noise does {points(abs(found.effect)).lstrip('+')} percentage points {relation} for "
        f"{SCOPES[way]} networks than from scratch"
        if sure
        else f"That noise does something else for {SCOPES[way]} networks than from scratch is not "
        "shown"
    )
    return (
        f"{claim} ({points(found.effect)}, {SIMULTANEOUS} {points(found.low)} to "
        f"{points(found.high)}; {phrase_basis(found.num_seeds, found.num_plates)}, "
        f"{p_text(found.p_holm, HOLM_P)}{told})."
    )
