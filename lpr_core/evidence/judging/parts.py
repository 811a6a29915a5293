"""Verdicts as values: what holds of each hypothesis, and in each way of transfer."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from lpr_core.evidence.judging.comparisons import Comparison
from lpr_core.evidence.vocabulary import VerdictWord
from lpr_core.evidence.wording import SCOPES

Name = Literal["H1", "H2", "H3", "H4"]


class Part(BaseModel):
    """What holds in one way of transfer.

    Attributes:
        scope: `none`, `frozen` or `fine-tuned`.
        outcome: What holds.
        effect: In shares of characters; of H1 the accuracy itself.
        low: Lower end, over other seeds and other plates; of one seed, over plates alone. Those of
            all parts of all hypotheses hold together at 95 %. Of H4, of the effect against
            whichever cell is truly the best.
        high: Upper end.
        target: The number that the effect has to beat.
        p_value: Of this part alone.
        p_holm: Adjusted for all parts of all hypotheses.
        num_seeds: Paired seeds.
        num_plates: Plates of each run.
        further_seeds: How many more would decide it; of one seed, how many it takes at least;
            `None` when it is decided, or when not even 100 more would do.
        sentence: All that in words.
        comparisons: One, or of H4 one with each other cell.
        rival: Of H2 to H4, the cell that the smallest effect is against, in words.
        missing: What the study lacks for it, in words.
        untrained: Which of its cells were not trained far enough, and why, in words.
    """

    model_config = ConfigDict(frozen=True)

    scope: str
    outcome: VerdictWord
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    target: float = 0.0
    p_value: float = 1.0
    p_holm: float = 1.0
    num_seeds: int = 0
    num_plates: int = 0
    further_seeds: int | None = None
    sentence: str = ""
    comparisons: tuple[Comparison, ...] = ()
    rival: str = ""
    missing: tuple[str, ...] = ()
    untrained: tuple[str, ...] = ()

    @property
    def weakest(self) -> Comparison:
        """The comparison with the smallest effect."""
        return min(self.comparisons, key=lambda comparison: comparison.effect)


class Verdict(BaseModel):
    """What holds of one hypothesis, in each way of transfer; there is no word for all of them.

    Attributes:
        hypothesis: `H1` to `H4`.
        title: What it claims.
        parts: All ways, in a fixed order.
        on_noise: What the same cells read of plates with noise, a sentence for each way; only of
            hypotheses about noise, which are judged on clean plates.
        method: How it was found.
        details: Numbers that stand behind it.
    """

    model_config = ConfigDict(frozen=True)

    hypothesis: Name
    title: str
    parts: tuple[Part, ...]
    on_noise: tuple[str, ...] = ()
    method: str
    details: dict[str, Any]

    @property
    def words(self) -> str:
        """The word of each way: `From scratch below usable, fine-tuned better`."""
        told = ", ".join(f"{SCOPES[part.scope]} {part.outcome}" for part in self.parts)
        return told[:1].upper() + told[1:]

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentence of each way with its numbers, then what is read of noisy plates."""
        return (*(part.sentence for part in self.parts), *self.on_noise)
