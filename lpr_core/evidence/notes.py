"""What a reader of a study's numbers has to know before believing them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from lpr_core.evidence.cells import Cell
from lpr_core.evidence.units import count, percent
from lpr_core.statistics.significance import MIN_SEEDS

WIDE = 0.2
"""Shares of right characters further apart than this are not the same result twice."""

HEAPS = 0.5
"""A gap between seeds of more than this part of their range parts them into two heaps."""


def list_notes(
    cells: Sequence[Cell],
    seeds: Sequence[int],
    faults: Mapping[tuple[str, int], str],
    untrained: Mapping[str, str],
) -> tuple[str, ...]:
    """Return a sentence for each thing that the numbers alone would hide.

    Args:
        cells: How well each variant reads.
        seeds: Seeds that were asked for.
        faults: By variant and seed: why the run failed or cannot be read.
        untrained: Variants that were not trained far enough, and why; see `find_untrained`.
    """
    return (
        *_note_missing(cells, seeds),
        *(f"{variant}, seed {seed}, failed: {why}" for (variant, seed), why in faults.items()),
        *_note_seeds(len(seeds)),
        *_note_learning(cells, untrained),
        *_note_spread(cells),
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


def _note_learning(cells: Sequence[Cell], untrained: Mapping[str, str]) -> Iterator[str]:
    told = [
        f"{cell.label} ({untrained[cell.variant]}; {_tell_range(cell)} by seed)"
        for cell in cells
        if cell.variant in untrained
    ]
    if told:
        yield (
            f"Not trained far enough: {'; '.join(told)}. No verdict is given on "
            f"{'it' if len(told) == 1 else 'them'}: more steps would tell."
        )


def _note_spread(cells: Sequence[Cell]) -> Iterator[str]:
    for cell in cells:
        scores = sorted(cell.by_seed.values())
        if not scores or scores[-1] - scores[0] <= WIDE:
            continue
        if place := _find_heaps(scores):
            yield (
                f"The seeds of {cell.label} fall into two heaps: {place} of {len(scores)} read "
                f"{percent(scores[0])} to {percent(scores[place - 1])} of the characters, the "
                f"others {percent(scores[place])} to {percent(scores[-1])}. Their average "
                "describes neither."
            )
        else:
            yield (
                f"{cell.label} reads {_tell_range(cell)} of the characters, by seed: the average "
                "says little of a single training."
            )


def _find_heaps(scores: Sequence[float]) -> int:
    """Return how many of the sorted scores lie in the lower of two heaps; 0 where there are none.

    Two heaps are parted by a gap of more than half of the whole range, with two seeds or more on
    either side.
    """
    gaps = [high - low for low, high in pairwise(scores)]
    widest = max(range(len(gaps)), key=gaps.__getitem__, default=0)
    is_between = 2 <= widest + 1 <= len(scores) - 2
    is_wide = bool(gaps) and gaps[widest] > HEAPS * (scores[-1] - scores[0])
    return widest + 1 if is_between and is_wide else 0


def _tell_range(cell: Cell) -> str:
    """Return what the seeds read: `10.1 % to 62.4 %`, or the one number that all do."""
    low, high = percent(min(cell.by_seed.values())), percent(max(cell.by_seed.values()))
    return low if low == high else f"{low} to {high}"
