"""What an average over seeds and plates owes to which of the two."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class CrossedMean:
    """The mean of a table of seeds x plates, and the parts of its variance.

    Every seed was measured on every plate, and both are samples: other seeds and other plates would
    have given another mean. Model: value = mean + seed + plate + rest, all independent (two-way
    random effects; Searle, Casella, McCulloch, Variance Components, 1992, chapter 4).

    Attributes:
        mean: Of all values.
        num_seeds: R.
        num_plates: P.
        seed_square: Variance of the R averages over plates.
        plate_square: Variance of the P averages over seeds.
        rest_square: Variance of what neither explains.
    """

    mean: float
    num_seeds: int
    num_plates: int
    seed_square: float
    plate_square: float
    rest_square: float

    @property
    def variance(self) -> float:
        """Variance of the mean over other seeds and other plates.

        The averages over plates hold a share of the rest, and so do those over seeds: it is taken
        off once. No less than either part alone.
        """
        by_seed, by_plate, by_both = self._parts
        return max(by_seed + by_plate - by_both, by_seed, by_plate)

    @property
    def degrees(self) -> float:
        """Degrees of freedom of the variance, after Satterthwaite (doi.org/10.2307/3002019).

        A sum has no fewer than its poorest part; what is taken off must not change that.
        """
        by_seed, by_plate, by_both = self._parts
        seeds, plates = max(self.num_seeds - 1, 1), max(self.num_plates - 1, 1)
        spread = by_seed**2 / seeds + by_plate**2 / plates + by_both**2 / (seeds * plates)
        fewest = float(min(seeds, plates))
        return max(self.variance**2 / spread, fewest) if spread > 0 else fewest

    @property
    def _parts(self) -> tuple[float, float, float]:
        return (
            self.seed_square / self.num_seeds,
            self.plate_square / self.num_plates,
            self.rest_square / (self.num_seeds * self.num_plates),
        )

    def with_seeds(self, num_seeds: int) -> "CrossedMean":
        """Return what more seeds of the same kind on the same number of plates would give."""
        rest_change = self.rest_square / num_seeds - self.rest_square / self.num_seeds
        return replace(
            self, num_seeds=num_seeds, plate_square=max(self.plate_square + rest_change, 0.0)
        )


def average_crossed(values: NDArray[np.float64]) -> CrossedMean:
    """Return the mean of `(R, P)` values, seeds x plates, with its variance taken apart.

    With one seed its part is unknown and counts as 0; so does that of a single plate.

    Raises:
        ValueError: There is no value, or the shape is another.
    """
    if values.ndim != 2 or values.size == 0:
        raise ValueError(f"values must be (seeds, plates) and not empty. Received: {values.shape}")
    num_seeds, num_plates = values.shape
    by_seed, by_plate, mean = values.mean(axis=1), values.mean(axis=0), float(values.mean())
    rest = values - by_seed[:, None] - by_plate + mean
    rest_degrees = (num_seeds - 1) * (num_plates - 1)
    return CrossedMean(
        mean=mean,
        num_seeds=num_seeds,
        num_plates=num_plates,
        seed_square=float(by_seed.var(ddof=1)) if num_seeds > 1 else 0.0,
        plate_square=float(by_plate.var(ddof=1)) if num_plates > 1 else 0.0,
        rest_square=float((rest**2).sum() / rest_degrees) if rest_degrees else 0.0,
    )
