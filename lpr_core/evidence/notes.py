"""What a reader of a study's numbers has to know before believing them."""

from collections.abc import Iterator, Mapping, Sequence

from lpr_core.evidence.cells import Cell
from lpr_core.evidence.units import count, percent
from lpr_core.statistics.significance import MIN_SEEDS

WIDE = 0.2
"""Shares of right characters further apart than this are not the same result twice."""


def list_notes(
    cells: Sequence[Cell],
    seeds: Sequence[int],
    faults: Mapping[tuple[str, int], str],
    usable: float,
) -> tuple[str, ...]:
    """Return a sentence for each thing that the numbers alone would hide.

    Args:
        cells: How well each variant reads.
        seeds: Seeds that were asked for.
        faults: By variant and seed: why the run failed or cannot be read.
        usable: Character accuracy from which on a reader is of use; who does not even read half of
            it of the training plates has learned little.
    """
    return (
        *_note_missing(cells, seeds),
        *(f"{variant}, seed {seed}, failed: {why}" for (variant, seed), why in faults.items()),
        *_note_seeds(len(seeds)),
        *_note_learning([cell for cell in cells if _learned_little(cell, usable)]),
        *_note_spread([cell for cell in cells if not _learned_little(cell, usable)]),
    )


def _note_missing(cells: Sequence[Cell], seeds: Sequence[int]) -> Iterator[str]:
    num_wanted = len(cells) * len(seeds)
    num_runs = sum(seed in cell.by_seed for cell in cells for seed in seeds)
    if num_runs < num_wanted:
        yield (
            f"{num_runs} of {count(num_wanted, 'run')} are there; comparisons use the seeds that "
            "both sides have."
        )


def _note_seeds(num_seeds: int) -> Iterator[str]:
    if num_seeds < MIN_SEEDS:
        yield (
            f"With {count(num_seeds, 'seed')} no difference can be called sure; it takes "
            f"{MIN_SEEDS} at least."
        )


def _learned_little(cell: Cell, usable: float) -> bool:
    """Whether a variant had not got far with its own training plates, nor with others."""
    if cell.train_characters is None or cell.characters is None:
        return False
    return max(cell.train_characters, cell.characters.mean) < usable / 2


def _note_learning(cells: Sequence[Cell]) -> Iterator[str]:
    if cells:
        told = "; ".join(
            f"{cell.label} ({percent(cell.train_characters or 0)}; {_tell_range(cell)})"
            for cell in cells
        )
        yield (
            "When training ended, little had been learned by (characters right on training plates; "
            f"on validation plates, by seed): {told}. Differences from "
            f"{'this one' if len(cells) == 1 else 'these'} speak for this much training only."
        )


def _note_spread(cells: Sequence[Cell]) -> Iterator[str]:
    for cell in cells:
        scores = cell.by_seed.values()
        if scores and max(scores) - min(scores) > WIDE:
            yield (
                f"{cell.label} reads {_tell_range(cell)} of the characters, by seed: the average "
                "says little of a single training."
            )


def _tell_range(cell: Cell) -> str:
    """Return what the seeds read: `10.1 % to 62.4 %`, or the one number that all do."""
    low, high = percent(min(cell.by_seed.values())), percent(max(cell.by_seed.values()))
    return low if low == high else f"{low} to {high}"
