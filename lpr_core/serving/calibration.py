"""Make a reader's probabilities mean what they say.

Two monotone maps, three numbers in all, so that a few hundred held-out plates fix them:

1. A *temperature* for the slot probabilities (Guo et al. 2017, https://arxiv.org/abs/1706.04599).
2. A *plate map* from the posterior of the whole text to the chance that the plate is right: slope
   and intercept on the log-odds (Platt scaling with the identity among its maps). It mends what a
   temperature cannot, slots that fail together. The fit is drawn gently to the identity, so that
   three plates, or plates that were all read right, cannot throw it off.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, logit, softmax, xlogy

from lpr_core.plates.format import PlateFormat, decode_plate
from lpr_core.plates.grammar import decode_probabilities

Floats = NDArray[np.floating[Any]]

_TINIEST = 1e-12  # float32 softmax gives zeros, whose logarithm would be lost for any temperature
_SUREST = 1 - 1e-6
_TEMPERATURES = (0.05, 20.0)


class Calibration(BaseModel):
    """The fitted maps; the defaults change nothing.

    Attributes:
        temperature: Divides the log-probabilities of each slot; above 1 makes them less sure.
        plate_slope: Factor on the log-odds of the whole text.
        plate_intercept: Added to the log-odds of the whole text.
        num_plates: How many held-out plates the numbers were fitted on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    temperature: float = Field(default=1.0, gt=0, le=1e6)
    plate_slope: float = Field(default=1.0, gt=0, le=1e6)
    plate_intercept: float = Field(default=0.0, ge=-1e6, le=1e6)
    num_plates: int = Field(default=0, ge=0, lt=2**63)

    def slot_probabilities(self, probabilities: Floats) -> Floats:
        """Return probabilities `(..., V)` at this temperature; rows sum to 1, the order stays."""
        return apply_temperature(probabilities, self.temperature)

    def plate_confidence(self, log_probability: float) -> float:
        """Return the chance in (0, 1) that a text of this log posterior is right in every slot."""
        log_odds = self.plate_slope * _log_odds(np.array(log_probability)) + self.plate_intercept
        return float(expit(log_odds))


def apply_temperature(probabilities: Floats, temperature: float) -> Floats:
    """Return `softmax(log(probabilities) / temperature)` over the last axis, in float64."""
    logits = np.log(np.clip(np.asarray(probabilities, np.float64), _TINIEST, 1.0))
    calibrated: Floats = softmax(logits / temperature, axis=-1)
    return calibrated


def fit_temperature(probabilities: Floats, truth: NDArray[np.integer[Any]]) -> float:
    """Return the temperature under which the truth is most probable.

    Args:
        probabilities: `(N, S, V)` as the model gives them, for held-out plates.
        truth: `(N, S)` indices of the right symbols.

    Raises:
        ValueError: There is no plate, or the shapes do not belong together.
    """
    if len(truth) == 0 or probabilities.shape[:2] != truth.shape:
        raise ValueError(
            "A temperature needs probabilities (N, S, V) and truth (N, S) of at least one plate. "
            f"Received: {probabilities.shape} and {truth.shape}."
        )

    def loss(log_temperature: float) -> float:
        calibrated = apply_temperature(probabilities, float(np.exp(log_temperature)))
        return float(-np.log(np.take_along_axis(calibrated, truth[..., None], axis=-1)).mean())

    found = minimize_scalar(loss, bounds=tuple(np.log(_TEMPERATURES)), method="bounded")
    return float(np.exp(found.x))


def fit_plate_map(log_probabilities: Floats, right: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and intercept on the log-odds of whole plates.

    The most probable pair under a unit normal prior on log slope and intercept: the slope stays
    positive, so the order of plates never changes.

    Args:
        log_probabilities: `(N,)` log posteriors of the texts that were read.
        right: `(N,)` whether each text equals the truth.
    """
    log_odds = _log_odds(log_probabilities)

    def loss(parameters: Floats) -> float:
        log_slope, intercept = parameters
        chance = np.clip(expit(np.exp(log_slope) * log_odds + intercept), _TINIEST, _SUREST)
        likelihood = xlogy(right, chance).sum() + xlogy(~right, 1 - chance).sum()
        return float(-likelihood + (log_slope**2 + intercept**2) / 2)

    found = minimize(loss, x0=np.zeros(2), method="Nelder-Mead")
    return float(np.exp(found.x[0])), float(found.x[1])


def fit_calibration(
    probabilities: Floats, truth: NDArray[np.integer[Any]], plate_format: PlateFormat
) -> Calibration:
    """Fit both maps on held-out plates, read without knowing their region.

    Args:
        probabilities: `(N, S, V)` as the model gives them.
        truth: `(N, S)` indices of the right symbols.
        plate_format: What slots and symbols mean.

    Raises:
        ValueError: As `fit_temperature`.
    """
    temperature = fit_temperature(probabilities, truth)
    decodings = [
        decode_probabilities(slots, plate_format)
        for slots in apply_temperature(probabilities, temperature)
    ]
    right = [
        decoding.text == decode_plate(indices, plate_format)
        for decoding, indices in zip(decodings, truth, strict=True)
    ]
    log_probabilities = np.array([decoding.log_probability for decoding in decodings])
    slope, intercept = fit_plate_map(log_probabilities, np.array(right))
    return Calibration(
        temperature=temperature,
        plate_slope=slope,
        plate_intercept=intercept,
        num_plates=len(truth),
    )


def _log_odds(log_probabilities: Floats) -> Floats:
    odds: Floats = logit(np.clip(np.exp(log_probabilities), 1 - _SUREST, _SUREST))
    return odds
