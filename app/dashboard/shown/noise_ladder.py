"""What a reader still reads of one plate as noise grows, in numbers and in pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from app.dashboard.shown.plate_view import MarkedSymbol, mark_symbols
from lpr_core.augment import NoisyPicture, noise_grid
from lpr_core.pictures.decoding import Picture, fit_picture
from lpr_core.plates.readable import say_reading
from lpr_core.serving import PlateReading, Reader

LADDER = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
"""Strengths that the page shows side by side, behind the clean picture."""

NUM_DRAWS = 5
"""One draw of noise is an anecdote: the curves are means over this many."""


@dataclass(frozen=True)
class Rung:
    """One strength: the picture, its reading, and the symbols that are right and wrong."""

    noisy: NoisyPicture
    reading: PlateReading
    marks: tuple[MarkedSymbol, ...]

    @property
    def num_right(self) -> int:
        """Symbols that are right."""
        return sum(mark.is_right for mark in self.marks)


def read_ladder(
    reader: Reader,
    picture: Picture,
    strengths: Sequence[float] = LADDER,
    *,
    expected: str | None = None,
    per_channel: bool = True,
    seed: int = 0,
) -> tuple[Rung, ...]:
    """Read a picture at each strength, the clean one first.

    The noise is laid on the picture at the reader's own input size, where training lays it too: on
    a large photograph it would vanish again when the picture is made smaller.

    Args:
        reader: Reads the pictures.
        picture: `(H, W, 3)` uint8 RGB.
        strengths: In the order wanted; 0 is put in front when it is missing.
        expected: The plate's true text; None compares with what is read without noise.
        per_channel: As `noise_grid`.
        seed: As `noise_grid`.

    Raises:
        ValueError: `expected` is no text of the reader's plate format.
    """
    fitted = fit_picture(picture, reader.card.height, reader.card.width)
    strengths = strengths if strengths[0] == 0 else (0.0, *strengths)
    grid = noise_grid(fitted, strengths, per_channel=per_channel, seed=seed)
    readings = reader.read_batch([noisy.picture for noisy in grid])
    truth = expected or readings[0].text
    return tuple(
        Rung(noisy, reading, mark_symbols(reading.text, truth, reader.plate_format))
        for noisy, reading in zip(grid, readings, strict=True)
    )


def tabulate_draws(draws: Iterable[Sequence[Rung]]) -> pd.DataFrame:
    """Return one row for each draw and strength: what was read, how sure, how much is right.

    What is right is counted in the most probable text, also where that is too unsure to be shown.
    """
    return pd.DataFrame(
        [
            {
                "draw": number,
                "strength": rung.noisy.strength,
                "sigma": rung.noisy.sigma,
                "psnr": rung.noisy.psnr,
                "text": say_reading(rung.reading),
                "confidence": rung.reading.confidence,
                "symbols_right": rung.num_right / len(rung.marks),
                "plate_right": float(rung.num_right == len(rung.marks)),
            }
            for number, rungs in enumerate(draws, start=1)
            for rung in rungs
        ]
    )


def average_draws(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each strength with the means over the draws."""
    columns = ["symbols_right", "plate_right", "confidence"]
    return table.groupby("strength", as_index=False)[columns].mean()
