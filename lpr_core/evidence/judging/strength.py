"""Was the noise in training too strong? What it costs on clean plates, what it buys on noisy."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict

from lpr_core.evidence.judging.noisy_plates import read_at
from lpr_core.evidence.noise import Knee
from lpr_core.evidence.units import count, percent, points, three
from lpr_core.evidence.vocabulary import VerdictWord
from lpr_core.evidence.wording import SCOPES, SIMULTANEOUS

Answer = Literal["too strong", "not too strong", "undecided"]
_ANSWERS: dict[VerdictWord, Answer] = {
    VerdictWord.WORSE: "too strong",
    VerdictWord.NO_DIFFERENT: "not too strong",
    VerdictWord.BETTER: "not too strong",
}


class NoiseFinding(BaseModel):
    """One strength of noise in training, against the same training without.

    Attributes:
        variant: Trained with noise.
        reference: Trained without.
        strength: Of the noise in training.
        answer: Too strong is what makes a network read fewer characters of clean plates; that it
            makes no difference, or that it reads more, is not too strong.
        cost: Difference on clean plates, in shares of characters, as in the verdict or finding.
        low: Lower end, as there.
        high: Upper end.
        num_seeds: Paired seeds; with one, all intervals are over plates alone.
        knee: Strength where the network trained without noise has lost a tenth.
        knee_with: The same of the network trained with noise.
        read_without: What the network trained without noise reads of plates with this noise.
        read_with: The same of the network trained with it.
        sentence: All that in words.
    """

    model_config = ConfigDict(frozen=True)

    variant: str
    reference: str
    strength: float
    answer: Answer
    cost: float
    low: float
    high: float
    num_seeds: int
    knee: Knee | None
    knee_with: Knee | None
    read_without: float | None
    read_with: float | None
    sentence: str


def judge_strength(
    difference: Mapping[str, Any],
    levels: Mapping[str, Any],
    knees: Sequence[Knee],
    response: pd.DataFrame,
) -> NoiseFinding:
    """Return the answer for one variant that was trained with noise.

    Args:
        difference: `variant, reference, effect, low, high, by_seed, outcome` on clean plates, as
            decided elsewhere: nothing is tested twice.
        levels: Factors of the variant.
        knees: Of all variants.
        response: From `tabulate_response`.
    """
    variant, reference = difference["variant"], difference["reference"]
    by_variant = {knee.variant: knee for knee in knees}
    strength = float(levels["noise"])
    finding = NoiseFinding(
        variant=variant,
        reference=reference,
        strength=strength,
        answer=_ANSWERS.get(difference["outcome"], "undecided"),
        cost=difference["effect"],
        low=difference["low"],
        high=difference["high"],
        num_seeds=len(difference["by_seed"]),
        knee=by_variant.get(reference),
        knee_with=by_variant.get(variant),
        read_without=read_at(response, reference, strength),
        read_with=read_at(response, variant, strength),
        sentence="",
    )
    return finding.model_copy(update={"sentence": _phrase(finding, levels)})


def describe_knee(knee: Knee) -> str:
    """Return where a tenth is lost, in words."""
    if knee.strength is None:
        return f"not even at {knee.tried_to:g}"
    low = three(knee.low) if knee.low is not None else f"beyond {knee.tried_to:g}"
    high = three(knee.high) if knee.high is not None else f"beyond {knee.tried_to:g}"
    return f"at {three(knee.strength)} (95 % interval {low} to {high})"


def _phrase(found: NoiseFinding, levels: Mapping[str, Any]) -> str:
    scope = SCOPES.get(str(levels.get("transfer")), "trained alike")
    basis = count(found.num_seeds, "seed")
    if found.num_seeds == 1:
        basis += ", all intervals over plates alone"
    told = (
        f"Noise of strength {found.strength:g} in training ({scope}): {points(found.cost)} "
        f"percentage points on clean plates ({SIMULTANEOUS} {points(found.low)} to "
        f"{points(found.high)}; {basis}): {found.answer}"
    )
    if found.knee is not None:
        told += f". Trained without noise, a tenth is lost {describe_knee(found.knee)}"
    if found.knee_with is not None:
        told += f"; trained with it, {describe_knee(found.knee_with)}"
    if found.read_without is not None and found.read_with is not None:
        told += (
            f". Of plates with just this noise they read {percent(found.read_without)} and "
            f"{percent(found.read_with)} of the characters"
        )
    return told + "."
