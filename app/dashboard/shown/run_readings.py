"""What each run of a study read on one plate at one noise strength, side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import pandas as pd

from app.dashboard.chosen.study_view import StudyView, read_noisy_predictions, read_runs
from app.dashboard.shown.plate_view import MarkedSymbol, pair_symbols, symbol_row
from lpr_core.charts import Style
from lpr_core.evidence.units import whole_percent


@dataclass(frozen=True)
class RunReading:
    """One run's reading of one plate.

    Attributes:
        style: Of the run's variant.
        marks: The symbols, right and wrong.
        confidence: Of the whole text, 0 to 1.
    """

    style: Style
    marks: tuple[MarkedSymbol, ...]
    confidence: float


def find_strengths(view: StudyView, variant: str, seed: int) -> list[float]:
    """Return the noise strengths that a run was tested with."""
    return sorted(read_noisy_predictions(view, variant, seed)["strength"].unique())


def read_runs_at(
    view: StudyView, seed: int, plate: int, strength: float, truth: str
) -> list[RunReading]:
    """Return what the finished runs of one seed read, in the study's order."""
    runs = read_runs(view)
    finished = set(runs.loc[(runs["seed"] == seed) & (runs["state"] == "finished"), "variant"])
    readings = []
    for variant, style in view.styles.items():
        if variant in finished:
            table = read_noisy_predictions(view, variant, seed)
            rows = table[(table["plate"] == plate) & (table["strength"] == strength)]
            readings += [
                RunReading(style, pair_symbols(row.text, truth), row.confidence)
                for row in rows.itertuples()
            ]
    return readings


def reading_cards(readings: Iterable[RunReading]) -> str:
    """Return one small card for each reading, in as many columns as fit."""
    return f'<div class="lpr-grid lpr-runs">{"".join(map(_card, readings))}</div>'


def tabulate_readings(readings: Iterable[RunReading]) -> pd.DataFrame:
    """Return one row for each reading, for the download."""
    return pd.DataFrame(
        [
            {
                "variant": reading.style.label,
                "text": "".join(mark.read for mark in reading.marks),
                "symbols_right": sum(mark.is_right for mark in reading.marks),
                "confidence": reading.confidence,
            }
            for reading in readings
        ]
    )


def _card(reading: RunReading) -> str:
    num_right, num_marks = sum(mark.is_right for mark in reading.marks), len(reading.marks)
    share = "All right" if num_right == num_marks else f"{num_right} of {num_marks} right"
    return (
        '<div class="lpr-card"><div class="lpr-facts">'
        f'<b style="--variant: {reading.style.colour}" class="lpr-variant">'
        f"{escape(reading.style.label)}</b></div>"
        f"{symbol_row(reading.marks)}"
        f'<div class="lpr-verdict{" lpr-right" * (num_right == num_marks)}">'
        f"{share} · {whole_percent(reading.confidence)} sure</div></div>"
    )
