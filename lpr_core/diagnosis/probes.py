"""Linear probes: what can be read from features by a straight line, and no training to blame.

A probe is ridge regression from standardised features to one-hot targets, solved in closed form
with NumPy (Alain and Bengio 2016, https://arxiv.org/abs/1610.01644, with least squares in the place
of cross entropy: it has one optimum, no learning rate and no number of steps, so a poor score is
the features' fault). The penalty is chosen on a fifth of the training plates, never on validation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Score = Callable[[NDArray[np.float32], NDArray[np.float32]], float]
"""Targets and predictions `(N, T)` to a number that is higher for better ones."""

PENALTIES = tuple(10.0**power for power in range(-3, 5))
"""Of the mean squared length of a principal axis."""

_HELD_OUT = 0.2
_SMALLEST_AXIS = 1e-6  # of the longest one: below lies the rounding of float32


class Parts(NamedTuple):
    """The same thing of the training plates and of the validation plates, a row for each plate."""

    train: NDArray
    validation: NDArray


@dataclass(frozen=True)
class ProbeResult:
    """A probe for the symbol in each slot.

    Attributes:
        scores: `(N, S, V)` of the validation plates; the highest one of a slot is its reading.
        correct: `(N, S)`, which validation characters were right.
        train_accuracy: On the training plates.
        penalty: The one of `PENALTIES` that was chosen.
    """

    scores: Array
    correct: NDArray[np.bool_]
    train_accuracy: float
    penalty: float

    @property
    def accuracy(self) -> float:
        """Character accuracy on the validation plates."""
        return float(self.correct.mean())


def probe_slots(features: Parts, truth: Parts, num_symbols: int) -> ProbeResult:
    """Fit a probe for each slot at once.

    Args:
        features: `(N, ...)`; all that follows the first axis is one row of numbers.
        truth: Alphabet positions `(N, S)`.
        num_symbols: Length V of the alphabet.

    Raises:
        ValueError: Features and truth differ in their plates, or there are fewer than 5 to learn
            from.
    """
    _check_plates(features, truth)
    slots = truth.train.shape[1]
    shape = (-1, slots, num_symbols)
    one_hot = np.eye(num_symbols, dtype=np.float32)

    def accuracy(targets: Array, predictions: Array) -> float:
        best = predictions.reshape(shape).argmax(axis=2)
        return float((best == targets.reshape(shape).argmax(axis=2)).mean())

    targets = one_hot[truth.train].reshape(len(truth.train), -1)  # (N, S * V)
    fit = fit_ridge(features, targets, accuracy)
    scores = fit.predictions.validation.reshape(shape)
    return ProbeResult(
        scores=scores,
        correct=scores.argmax(axis=2) == truth.validation,
        train_accuracy=accuracy(targets, fit.predictions.train),
        penalty=fit.penalty,
    )


class RidgeFit(NamedTuple):
    """Predictions `(N, T)` of a ridge regression and the penalty that it used."""

    predictions: Parts
    penalty: float


def fit_ridge(features: Parts, targets: Array, score: Score) -> RidgeFit:
    """Fit targets `(N, T)` of the training plates; the penalty with the best held-out score wins.

    Which plates are held out does not depend on the features, so that all probes on the same plates
    are chosen on the same ones.
    """
    rows = [part.reshape(len(part), -1).astype(np.float32) for part in features]
    held = np.arange(len(targets)) % round(1 / _HELD_OUT) == 0
    trial = _Ridge(Parts(rows[0][~held], rows[0][held]), targets[~held])
    scores = [score(targets[held], trial.predict(penalty).validation) for penalty in PENALTIES]
    penalty = PENALTIES[int(np.argmax(scores))]
    return RidgeFit(_Ridge(Parts(*rows), targets).predict(penalty), penalty)


class _Ridge:
    """One decomposition, from which every penalty's predictions follow."""

    def __init__(self, features: Parts, targets: Array) -> None:
        self._lengths, self._train, self._other = _rotate(_standardise(features))
        self._mean = targets.mean(axis=0)
        self._products = self._train.T @ (targets - self._mean)  # (axes, T)

    def predict(self, penalty: float) -> Parts:
        size = penalty * (self._lengths.mean() if len(self._lengths) else 1.0)
        weights = self._products / (self._lengths + size)[:, None]
        return Parts(self._train @ weights + self._mean, self._other @ weights + self._mean)


def _standardise(features: Parts) -> Parts:
    mean = features.train.mean(axis=0, dtype=np.float64).astype(np.float32)
    spread = features.train.std(axis=0, dtype=np.float64).astype(np.float32)
    # What never varies in training is 0 there; 1 keeps it small on other plates as well.
    spread[spread <= 1e-6 * np.maximum(np.abs(mean), 1e-6)] = 1
    return Parts(*((part - mean) / spread for part in features))


def _rotate(features: Parts) -> tuple[Array, Array, Array]:
    """Return squared lengths of the training rows' principal axes, and both parts along them.

    Through the smaller of the two products, so that a map of 60,000 numbers costs no more than the
    plates are many.
    """
    train, other = features
    if train.shape[1] <= len(train):
        lengths, axes = _decompose(train.T @ train)
        return lengths, train @ axes, other @ axes
    lengths, axes = _decompose(train @ train.T)
    roots = np.sqrt(lengths)
    return lengths, axes * roots, (other @ train.T) @ (axes / roots)


def _decompose(product: Array) -> tuple[Array, Array]:
    lengths, axes = np.linalg.eigh(product.astype(np.float64))
    kept = lengths > max(lengths[-1], 0.0) * _SMALLEST_AXIS
    return lengths[kept].astype(np.float32), axes[:, kept].astype(np.float32)


def _check_plates(features: Parts, truth: Parts) -> None:
    counts = [(len(rows), len(texts)) for rows, texts in zip(features, truth, strict=True)]
    if any(rows != texts for rows, texts in counts):
        raise ValueError(f"features and truth must have the same plates. Received: {counts}")
    if len(truth.train) < 5:
        raise ValueError(f"a probe needs at least 5 plates. Received: {len(truth.train)}")
