"""Finding as a task: from a photo to the boxes of the things in it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.tasks.finding import examples as photos
from lpr_core.tasks.finding.boxes.decoding import BoxDecoder, Found
from lpr_core.tasks.finding.config import FindingConfig
from lpr_core.tasks.finding.measures import measure_fixed_box, score_found, score_said
from lpr_core.tasks.finding.predictions import tabulate_found
from lpr_core.tasks.task import PENALTIES, NetworkConfig, TaskWords

if TYPE_CHECKING:
    import keras

    from lpr_core.augment.photo_options import PhotoOptions
    from lpr_core.data.batches import BatchOptions, PictureBatches

_CHUNK = 32  # photos whose loss is measured together, as in training


class FindingTask:
    """From a photo to boxes; see `lpr_core.tasks.task.Task` for each promise."""

    name = "finding"
    words = TaskWords(
        unit="photo",
        units="photos",
        headline="Average precision at an overlap of 0.5 on validation photos",
        score="Boxes right (F1 at an overlap of 0.7)",
    )
    config: type[NetworkConfig] = FindingConfig
    scores = ("photo_f1", "ap_70", "ap_50")
    watched = ("class_loss", "box_loss", "corner_loss", *PENALTIES)
    group = "image_path"
    truth_columns = ("image_path", "country", "truth")
    prediction_columns = (*truth_columns, "found", "confidence")
    text_columns = (*truth_columns, "found")
    noisy_columns = ("found", "confidence")

    def read_examples(self, manifest_path: Path, network: FindingConfig) -> pd.DataFrame:
        """Return one row a photo; see `lpr_core.tasks.finding.examples.read_examples`."""
        return photos.read_examples(manifest_path, network)

    def prepare_network(
        self, network: FindingConfig, train: pd.DataFrame, changes: "PhotoOptions | None"
    ) -> FindingConfig:
        """Return the network with classes and default boxes, those of the run that it starts from.

        Without such a run all classes of the photos, and boxes fitted to them.
        """
        return photos.fit_network(train, _take_boxes(network), changes)

    def read_pictures(self, examples: pd.DataFrame, network: FindingConfig) -> NDArray[np.uint8]:
        """Return the photos on the network's canvas `(N, H, W, 3)`."""
        from lpr_core.augment.photos import letterbox_photo

        size, none = (network.height, network.width), np.zeros((0, 4))
        paths = map(Path, examples["image_path"])
        pictures = [letterbox_photo(photos.read_photo(path), none, None, size) for path in paths]
        return np.stack([moved.picture for moved in pictures])

    def encode_targets(self, examples: pd.DataFrame, network: FindingConfig) -> NDArray[np.float32]:
        """Return what is in each photo `(N, M, TRUTH_WIDTH)`; see `encode_things`."""
        return photos.encode_things(examples, network)

    def make_batches(
        self, examples: pd.DataFrame, network: FindingConfig, options: "BatchOptions"
    ) -> "PictureBatches":
        """Return batches of photos and the targets of all default boxes."""
        from lpr_core.data.batches import PictureBatches
        from lpr_core.tasks.finding.batches import PhotoSource
        from lpr_core.tasks.finding.network import find_default_boxes

        truth = self.encode_targets(examples, network)
        source = PhotoSource(examples, truth, find_default_boxes(network), network, options)
        return PictureBatches(source, len(examples), truth, options)

    def build_graph(self, network: FindingConfig) -> "keras.Model":
        """Return the network with random weights; see `lpr_core.tasks.finding.network`."""
        from lpr_core.tasks.finding.network import build_graph

        return build_graph(network)

    def make_loss(self, network: FindingConfig, label_smoothing: float) -> Any:  # noqa: ARG002
        """Return the detector's loss; labels are not smoothed."""
        from lpr_core.tasks.finding.loss import FindingLoss

        return FindingLoss(network)

    def make_metrics(self, network: FindingConfig) -> list["keras.metrics.Metric"]:
        """Return the parts of the loss."""
        from lpr_core.tasks.finding.loss import make_part_metrics

        return make_part_metrics(network)

    def measure(
        self,
        truth: NDArray[np.float32],
        outputs: NDArray[np.float32],
        label_smoothing: float,  # noqa: ARG002
        network: FindingConfig,
    ) -> dict[str, float]:
        """Return the loss, its parts and all scores of validation photos, without any penalty."""
        from lpr_core.tasks.finding.loss import measure_loss
        from lpr_core.tasks.finding.network import find_default_boxes

        losses = measure_loss(truth, outputs, find_default_boxes(network), network, _CHUNK)
        scores = score_found(self.decode(outputs, network), truth)
        return {**losses, **{name: scores[name] for name in self.scores}}

    def score(
        self, truth: NDArray[np.float32], outputs: NDArray[np.float32], network: FindingConfig
    ) -> dict[str, Any]:
        """Return the scores of a finished run; see `score_found`."""
        return score_found(self.decode(outputs, network), truth)

    def decode(self, outputs: NDArray[np.float32], network: FindingConfig) -> list[Found]:
        """Return what was found in each photo."""
        from lpr_core.tasks.finding.network import find_default_boxes

        decoding = BoxDecoder(
            find_default_boxes(network),
            len(network.classes),
            network.corners,
            network.variances,
        )
        return [decoding.decode(said) for said in outputs]

    def tabulate_truth(self, examples: pd.DataFrame) -> pd.DataFrame:
        """Return `image_path, country, truth` of photos."""
        return examples[list(self.truth_columns)].reset_index(drop=True)

    def tabulate_outputs(
        self, outputs: NDArray[np.float32], network: FindingConfig
    ) -> pd.DataFrame:
        """Return `found, confidence` of each photo."""
        return tabulate_found(self.decode(outputs, network))

    def score_units(self, truth: pd.DataFrame, said: pd.DataFrame) -> NDArray[np.float64]:
        """Return the F1 of each photo's boxes `(P, 1)` at an overlap of 0.7.

        A photo's threshold is chosen on the other half of the photos.
        """
        return score_said(truth["truth"], said["found"])[:, None]

    def measure_baseline(
        self, train: pd.DataFrame, validation: pd.DataFrame, network: FindingConfig
    ) -> dict[str, Any]:
        """Return how far one gets by always saying the middle one of the training boxes."""
        known, asked = (self.encode_targets(frame, network) for frame in (train, validation))
        return measure_fixed_box(known, asked)


def _take_boxes(network: FindingConfig) -> FindingConfig:
    """Return the network with what it lacks of the run that it starts from, if there is one."""
    from lpr_core.tasks.saved import read_network_config

    if not Path(network.weights).is_dir():
        return network
    donor = read_network_config(Path(network.weights))
    if not isinstance(donor, FindingConfig) or donor.head != network.head:
        return network
    known: dict[str, Any] = {"default_boxes": network.default_boxes or donor.default_boxes}
    if network.weights_scope == "network":
        known["classes"] = network.classes or donor.classes
    return network.model_copy(update=known)


TASK = FindingTask()
