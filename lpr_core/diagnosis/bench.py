"""The bench of a diagnosis: the frozen backbone, some plates, and what it makes of them, once."""

from dataclasses import dataclass
from functools import cached_property

import keras
from numpy.typing import NDArray

from lpr_core.diagnosis.batch_statistics import measure_norms
from lpr_core.diagnosis.drift import compare_backbones, measure_drift
from lpr_core.diagnosis.input_scale import measure_scales
from lpr_core.diagnosis.positions import measure_position
from lpr_core.diagnosis.probes import Parts
from lpr_core.diagnosis.shuffled_labels import measure_memory
from lpr_core.diagnosis.stages import (
    extract_maps,
    extract_stages,
    measure_features,
    read_form,
)
from lpr_core.diagnosis.tuned import TunedRun
from lpr_core.evidence.suspects.measurements import (
    DriftMeasurement,
    FeaturesMeasurement,
    MemoryMeasurement,
    NormMeasurement,
    PositionMeasurement,
    ScaleMeasurement,
)
from lpr_core.tasks.networks import build_network, load_network
from lpr_core.tasks.reading.config import require_reading
from lpr_core.training.config import TrainingConfig

_NUM_COMPARED = 300  # plates for CKA; the debiased form moves by about 0.01 between such samples


@dataclass(frozen=True)
class Bench:
    """What all suspects are measured on.

    Attributes:
        config: The frozen run's.
        pictures: `(N, H, W, 3)` uint8.
        truth: Alphabet positions `(N, S)`.
    """

    config: TrainingConfig
    pictures: Parts
    truth: Parts

    @property
    def head(self) -> str:
        """Name of the study's head."""
        return require_reading(self.config.network).head

    @property
    def num_symbols(self) -> int:
        """Length of the alphabet."""
        return require_reading(self.config.network).plate_format.num_symbols

    @cached_property
    def backbone(self) -> keras.Model:
        """The frozen backbone."""
        return self.make_backbone()

    @cached_property
    def maps(self) -> Parts:
        """What it makes of the pictures, `(N, H', W', C)`."""
        return Parts(*(extract_maps(self.backbone, part) for part in self.pictures))

    def make_backbone(self, **settings: str) -> keras.Model:
        """Return the frozen backbone anew, or one with other settings of the network."""
        network = self.config.network.model_copy(update=settings)
        return build_network(network, seed=self.config.seed).get_layer("backbone")

    def measure_memory(self, pictures: NDArray, truth: NDArray) -> MemoryMeasurement:
        """Train the head with true and with shuffled labels on plates of its own.

        Args:
            pictures: `(N, H, W, 3)` uint8.
            truth: Alphabet positions `(N, S)`.
        """
        maps = Parts(extract_maps(self.backbone, pictures), self.maps.validation)
        return measure_memory(self.config, maps, Parts(truth, self.truth.validation))

    def measure_position(self) -> PositionMeasurement:
        """Probe the last maps with and without their places."""
        return measure_position(
            self.maps, self.truth, self.num_symbols, self.head, seed=self.config.seed
        )

    def measure_features(self) -> FeaturesMeasurement:
        """Probe each stage, and the last one with random weights."""
        train, validation = (extract_stages(self.backbone, part) for part in self.pictures)
        stages = {name: Parts(train[name], validation[name]) for name in train}
        untrained = self.make_backbone(weights="none")
        last = list(stages)[-1]
        random = Parts(*(extract_stages(untrained, part)[last] for part in self.pictures))
        return measure_features(stages, random, self.pictures, self.truth, self.num_symbols)

    def measure_drift(self, tuned: TunedRun) -> DriftMeasurement:
        """Compare the backbone with a fine-tuned one."""
        network = load_network(tuned.path).get_layer("backbone")
        compared = self.pictures.validation[:_NUM_COMPARED]
        maps = Parts(*(extract_maps(network, part) for part in self.pictures))
        return measure_drift(
            compare_backbones(self.backbone, network, compared),
            read_form(self.maps, self.head),
            read_form(maps, self.head),
            self.truth,
            self.num_symbols,
            tuned.source,
        )

    def measure_norms(self) -> NormMeasurement:
        """Compare stored statistics with the plates' own."""
        return measure_norms(
            self.make_backbone,
            self.pictures,
            self.maps,
            self.truth,
            self.num_symbols,
            self.head,
        )

    def measure_scales(self) -> ScaleMeasurement:
        """Feed the backbone with three ranges."""
        return measure_scales(self.backbone, self.pictures, self.truth, self.num_symbols, self.head)
