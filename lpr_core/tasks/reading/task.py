"""Reading as a task: from a crop of a plate to its text, slot by slot."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.data.manifest import read_manifest
from lpr_core.data.samples import read_crop
from lpr_core.pictures.decoding import fit_picture
from lpr_core.plates.format import encode_plates, one_hot
from lpr_core.plates.metrics import score_plates
from lpr_core.tasks.reading.config import ReadingConfig
from lpr_core.tasks.reading.predictions import tabulate_readings, tabulate_truth
from lpr_core.tasks.reading.scores import compare_texts, measure_baseline, measure_loss
from lpr_core.tasks.task import NetworkConfig, TaskWords

if TYPE_CHECKING:
    import keras

    from lpr_core.augment.photo_options import PhotoOptions
    from lpr_core.data.batches import BatchOptions, PictureBatches


class ReadingTask:
    """From a crop of a plate to its text; see `lpr_core.tasks.task.Task` for each promise."""

    name = "reading"
    words = TaskWords(
        unit="plate",
        units="plates",
        headline="Validation plates read whole",
        score="Characters right",
        whole="Plates right",
    )
    config: type[NetworkConfig] = ReadingConfig
    scores = ("character_accuracy", "plate_accuracy")
    watched = scores
    group = "plate_text"
    truth_columns = ("image_path", "plate_region", "truth")
    prediction_columns = (*truth_columns, "text", "confidence")
    text_columns = (*truth_columns, "text")
    noisy_columns = ("text", "confidence")

    def read_examples(self, manifest_path: Path, network: ReadingConfig) -> pd.DataFrame:
        """Return the rows of a manifest, as `lpr_core.data.manifest.read_manifest` does."""
        return read_manifest(manifest_path, network.plate_format)

    def prepare_network(
        self,
        network: ReadingConfig,
        train: pd.DataFrame,  # noqa: ARG002
        changes: "PhotoOptions | None",  # noqa: ARG002
    ) -> ReadingConfig:
        """Return the network as it was asked for."""
        return network

    def read_pictures(self, examples: pd.DataFrame, network: ReadingConfig) -> NDArray[np.uint8]:
        """Return the crops, stretched to the network's size `(N, H, W, 3)`."""
        size = (network.height, network.width)
        return np.stack([fit_picture(read_crop(row), *size) for _, row in examples.iterrows()])

    def encode_targets(self, examples: pd.DataFrame, network: ReadingConfig) -> NDArray[np.int64]:
        """Return alphabet positions `(N, S)`."""
        return encode_plates(list(examples["plate_text"]), network.plate_format)

    def make_batches(
        self, examples: pd.DataFrame, network: ReadingConfig, options: "BatchOptions"
    ) -> "PictureBatches":
        """Return batches of crops and one-hot symbols `(N, S, V)`."""
        from lpr_core.data.batches import PictureBatches
        from lpr_core.data.crops import CropSource

        truth = self.encode_targets(examples, network)
        targets = one_hot(truth, network.plate_format)
        source = CropSource(examples, targets, (network.height, network.width), options)
        return PictureBatches(source, len(examples), truth, options)

    def build_graph(self, network: ReadingConfig) -> "keras.Model":
        """Return the network with random weights; see `lpr_core.tasks.reading.network`."""
        from lpr_core.tasks.reading.network import build_graph

        return build_graph(network)

    def make_loss(self, network: ReadingConfig, label_smoothing: float) -> Any:  # noqa: ARG002
        """Return the cross-entropy, averaged over slots."""
        import keras

        return keras.losses.CategoricalCrossentropy(label_smoothing=label_smoothing)

    def make_metrics(self, network: ReadingConfig) -> list["keras.metrics.Metric"]:  # noqa: ARG002
        """Return both accuracies."""
        import keras

        from lpr_core.tasks.reading.network import plate_accuracy

        return [
            keras.metrics.CategoricalAccuracy(name="character_accuracy"),
            keras.metrics.MeanMetricWrapper(plate_accuracy, name="plate_accuracy"),
        ]

    def measure(
        self,
        truth: NDArray[np.int64],
        outputs: NDArray[np.float32],
        label_smoothing: float,
        network: ReadingConfig,  # noqa: ARG002
    ) -> dict[str, float]:
        """Return the loss and both accuracies of validation plates."""
        return measure_loss(truth, outputs, label_smoothing)

    def score(
        self,
        truth: NDArray[np.int64],
        outputs: NDArray[np.float32],
        network: ReadingConfig,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return the scores of a finished run, with intervals."""
        return dict(score_plates(truth, outputs))

    def tabulate_truth(self, examples: pd.DataFrame) -> pd.DataFrame:
        """Return `image_path, plate_region, truth` of a manifest's rows."""
        return tabulate_truth(examples)

    def tabulate_outputs(
        self, outputs: NDArray[np.float32], network: ReadingConfig
    ) -> pd.DataFrame:
        """Return `text, confidence, slot_confidences` of each plate."""
        return tabulate_readings(outputs, network.plate_format)

    def score_units(self, truth: pd.DataFrame, said: pd.DataFrame) -> NDArray[np.bool_]:
        """Return which characters are right `(P, S)`."""
        return compare_texts(truth["truth"], said["text"])

    def measure_baseline(
        self, train: pd.DataFrame, validation: pd.DataFrame, network: ReadingConfig
    ) -> dict[str, Any]:
        """Return what the most frequent symbols of the training plates reach, and these."""
        return dict(measure_baseline(train, validation, network.plate_format))


TASK = ReadingTask()
