"""The four hypotheses of the first account as comparisons of cells."""

from dataclasses import dataclass

from lpr_core.evidence.judging.comparisons import Contrast, contrast_number, contrast_variants
from lpr_core.evidence.judging.parts import Name
from lpr_core.evidence.readings import Correct, Factors
from lpr_core.evidence.wording import SCOPES, tell_method

Cell = tuple[str, bool]
"""Way of transfer, and whether it was trained with noise."""

TITLES: dict[Name, str] = {
    "H1": "The network suits licence plates",
    "H2": "Transfer learning reads better than none",
    "H3": "Noise in training reads clean plates better than none",
    "H4": "Transfer and noise together read clean plates best",
}

TRANSFERS = ("none", "frozen", "fine-tuned")
"""In the order of the accounts: the first two were tried, the third was advised."""

_COMMON = (
    f"{tell_method('parts, which are the hypotheses in each way of transfer')} "
    "'No different' means that the whole interval lies within one percentage point of 0. "
    "'Undecided' names the further seeds that would decide with a chance of 80 %, were the "
    "estimates true (with one seed: those without which nothing is decided); where even 100 would "
    "not, seeds differ too much or more validation plates are needed. The ways of transfer are "
    "judged apart, and each has a word of its own. 'Not trained far enough' is an arm that knows "
    "less than half of the usable accuracy of its own training plates, or that still gained more "
    "than five percentage points in the last fifth of its training: more steps would tell."
)

METHODS: dict[Name, str] = {
    "H1": "Character accuracy on validation plates of networks trained without noise. Better: "
    "the lower end of the interval beats both the most frequent symbol of each slot and the stated "
    "usable level. Below usable: the upper end stays below. " + _COMMON,
    "H2": "Character accuracy with transfer less that without, both trained without noise, paired "
    "by seed and plate. " + _COMMON,
    "H3": "Character accuracy with noise in training less that without, the same way of transfer, "
    "paired by seed and plate, on clean plates. " + _COMMON,
    "H4": "The cell with transfer and noise less each of the three other cells of its 2 x 2; the "
    "smallest of the three differences counts (intersection-union): what it is against whichever "
    "cell is truly the best lies between the smallest of the lower ends and the smallest of the "
    "upper ends, these at a third of its error each (Bonferroni), for any of the three may fall "
    "short. " + _COMMON,
}


@dataclass(frozen=True)
class Claim:
    """A hypothesis in one way of transfer.

    Attributes:
        scope: One of `TRANSFERS`.
        contrasts: What has to be positive.
        rivals: Of each contrast, the cell that it is with, in words; none for H1.
        missing: What the study lacks for it, in words.
    """

    scope: str
    contrasts: tuple[Contrast, ...] = ()
    rivals: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def find_cells(factors: Factors) -> dict[Cell, str]:
    """Return the variant of each cell; the first one where several share it."""
    cells: dict[Cell, str] = {}
    for variant, levels in factors.items():
        if "transfer" in levels and "noise" in levels:
            cells.setdefault((levels["transfer"], float(levels["noise"]) > 0), variant)
    return cells


def list_claims(correct: Correct, factors: Factors, to_beat: float) -> dict[Name, list[Claim]]:
    """Return what has to be compared for each hypothesis, in each way of transfer.

    Ways that the study does not have at all are left out, unless none would be left.
    """
    cells = find_cells(factors)
    study = _Study(correct, cells)
    present = [way for way in TRANSFERS if any(way == transfer for transfer, _ in cells)]
    ways = [way for way in present if way != "none"] or ["frozen"]
    return {
        "H1": [study.claim_level(way, to_beat) for way in present or ["none"]],
        "H2": [study.claim(way, (way, False), [("none", False)]) for way in ways],
        "H3": [study.claim(way, (way, True), [(way, False)]) for way in present or ["none"]],
        "H4": [
            study.claim(way, (way, True), [("none", False), ("none", True), (way, False)])
            for way in ways
        ],
    }


@dataclass(frozen=True)
class _Study:
    correct: Correct
    cells: dict[Cell, str]

    def claim_level(self, way: str, to_beat: float) -> Claim:
        """Return the claim that a cell beats a number."""
        cell = (way, False)
        if missing := self._list_missing(cell):
            return Claim(way, missing=missing)
        contrast = contrast_number(self.correct, self.cells[cell], "usable level", to_beat)
        assert contrast is not None  # it has a run
        return Claim(way, (contrast,))

    def claim(self, way: str, cell: Cell, others: list[Cell]) -> Claim:
        """Return the claim that a cell beats each of some others."""
        if missing := self._list_missing(cell, *others):
            return Claim(way, missing=missing)
        contrasts = [
            contrast_variants(self.correct, self.cells[cell], self.cells[other]) for other in others
        ]
        found = tuple(contrast for contrast in contrasts if contrast is not None)
        if len(found) < len(others):
            return Claim(way, missing=("a seed that all of its cells have",))
        return Claim(way, found, tuple(map(describe_cell, others)))

    def _list_missing(self, *cells: Cell) -> tuple[str, ...]:
        run = {variant for variant, _ in self.correct}
        return tuple(
            f"runs {describe_cell(cell)}" for cell in cells if self.cells.get(cell) not in run
        )


def describe_cell(cell: Cell) -> str:
    """Return a cell in words: `from scratch with noise`."""
    transfer, noisy = cell
    return f"{SCOPES[transfer]} {'with' if noisy else 'without'} noise"
