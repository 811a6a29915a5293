"""Dose and response: what is still read as noise grows, and where reading breaks."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from lpr_core.evidence.cells import score_crossed
from lpr_core.evidence.readings import Correct, list_seeds

LOST = 0.1
"""The knee: a tenth of what a network reads above chance is lost."""

_NUM_RESAMPLES = 1000
_SEED = 0

NoisyCorrect = Mapping[float, Correct]
"""By strength of the noise on the plates: which characters each run read right."""


class Knee(BaseModel):
    """Noise strength from which on plates become illegible to a variant.

    Attributes:
        variant: Whose.
        strength: Where a tenth of what it reads above chance is lost; `None` when that lies beyond
            the strongest noise tried.
        low: Lower end at 95 %, over other seeds and other plates; `None` as for `strength`.
        high: Upper end; likewise.
        tried_to: Strongest noise tried.
    """

    model_config = ConfigDict(frozen=True)

    variant: str
    strength: float | None
    low: float | None
    high: float | None
    tried_to: float


def tabulate_response(noisy: NoisyCorrect) -> pd.DataFrame:
    """Return what each variant reads at each strength, with intervals over seeds and plates.

    Returns:
        `variant, strength, mean, low, high, num_seeds`, shares of right characters.
    """
    rows = []
    for variant in _list_variants(noisy):
        for strength in sorted(noisy):
            runs = [r for (name, _), r in sorted(noisy[strength].items()) if name == variant]
            if runs:
                score = score_crossed(np.stack(runs).mean(axis=2))
                rows.append((variant, strength, score.mean, score.low, score.high, len(runs)))
    columns = ["variant", "strength", "mean", "low", "high", "num_seeds"]
    return pd.DataFrame(rows, columns=columns)


def arrange_response(response: pd.DataFrame) -> pd.DataFrame:
    """Return the train x test map: a row for each variant, a column for each strength."""
    order = list(dict.fromkeys(response["variant"]))
    return response.pivot(index="variant", columns="strength", values="mean").reindex(order)


def find_knees(noisy: NoisyCorrect, chance: float) -> tuple[Knee, ...]:
    """Return the knee of each variant that was measured at strength 0 and at others.

    Args:
        noisy: What was read at each strength.
        chance: Share of characters that the most frequent symbols get right.
    """
    strengths = sorted(noisy)
    if len(strengths) < 2 or strengths[0] != 0:
        return ()
    return tuple(
        knee
        for variant in _list_variants(noisy)
        if (knee := _find_knee(noisy, variant, strengths, chance)) is not None
    )


def _list_variants(noisy: NoisyCorrect) -> list[str]:
    return list(dict.fromkeys(variant for runs in noisy.values() for variant, _ in runs))


def _find_knee(
    noisy: NoisyCorrect, variant: str, strengths: Sequence[float], chance: float
) -> Knee | None:
    seeds = set.intersection(*(set(list_seeds(noisy[s], variant)) for s in strengths))
    if not seeds:
        return None
    values = np.array(
        [[noisy[s][variant, seed].mean(axis=1) for s in strengths] for seed in sorted(seeds)]
    )  # (R, K, P)
    found = cross_threshold(values.mean(axis=(0, 2))[None], np.array(strengths), chance)[0]
    drawn = cross_threshold(_resample(values), np.array(strengths), chance)
    # Without interpolation: a bound beyond the last strength is infinite.
    low, high = np.quantile(drawn, [0.025, 0.975], method="nearest")
    return Knee(
        variant=variant,
        strength=_finite(found),
        low=_finite(low),
        high=_finite(high),
        tried_to=strengths[-1],
    )


def cross_threshold(
    responses: NDArray[np.float64], strengths: NDArray[np.float64], chance: float
) -> NDArray[np.float64]:
    """Return where responses first fall by a tenth of their way from strength 0 to chance.

    Args:
        responses: `(B, K)`, shares of right characters by strength.
        strengths: `(K,)`, rising from 0.
        chance: What is read of pure noise.

    Returns:
        `(B,)`: interpolated linearly between strengths; infinite where it never happens, and 0
        where nothing is read above chance at strength 0.
    """
    limit = responses[:, 0] - LOST * (responses[:, 0] - chance)
    below = responses < limit[:, None]
    place = below.argmax(axis=1)
    rows = np.arange(len(responses))
    before = np.maximum(place - 1, 0)
    fall = responses[rows, before] - responses[rows, place]
    part = (responses[rows, before] - limit) / np.where(fall > 0, fall, 1)
    crossing = strengths[before] + part * (strengths[place] - strengths[before])
    crossing = np.where(below.any(axis=1), crossing, np.inf)
    return np.where(responses[:, 0] <= chance, 0.0, crossing)


def _resample(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return means `(B, K)` of `(R, K, P)` values, seeds and plates both drawn anew."""
    num_seeds, num_strengths, num_plates = values.shape
    rng = np.random.default_rng(_SEED)
    flat = values.reshape(num_seeds, -1)
    means = np.empty((_NUM_RESAMPLES, num_strengths))
    for row in range(_NUM_RESAMPLES):
        of_seeds = rng.multinomial(num_seeds, np.full(num_seeds, 1 / num_seeds)) / num_seeds
        of_plates = rng.multinomial(num_plates, np.full(num_plates, 1 / num_plates)) / num_plates
        means[row] = (of_seeds @ flat).reshape(num_strengths, num_plates) @ of_plates
    return means


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
