"""Condition as a task: from a crop to one of two classes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.data.samples import read_crop
from lpr_core.pictures.decoding import fit_picture
from lpr_core.tasks.condition.config import ConditionConfig
from lpr_core.tasks.condition.examples import read_labelled
from lpr_core.tasks.condition.scores import SCORES, measure_loss, score_chances
from lpr_core.tasks.task import NetworkConfig, TaskWords

if TYPE_CHECKING:
    import keras

    from lpr_core.augment.photo_options import PhotoOptions
    from lpr_core.data.batches import BatchOptions, PictureBatches


class ConditionTask:
    """From a crop to one of two classes; see `lpr_core.tasks.task.Task` for each promise."""

    name = "condition"
    words = TaskWords(
        unit="picture",
        units="pictures",
        headline="Area under the curve",
        score="Pictures right",
    )
    config: type[NetworkConfig] = ConditionConfig
    scores = SCORES
    watched = ("picture_accuracy",)
    group = "image_path"
    truth_columns = ("image_path", "truth")
    prediction_columns = (*truth_columns, "said", "chance")
    text_columns = (*truth_columns, "said")
    noisy_columns = ("said", "chance")

    def read_examples(self, manifest_path: Path, network: ConditionConfig) -> pd.DataFrame:
        """Return the rows of a table, or the pictures of folders; see `read_labelled`."""
        return read_labelled(manifest_path, network)

    def prepare_network(
        self,
        network: ConditionConfig,
        train: pd.DataFrame,
        changes: "PhotoOptions | None",  # noqa: ARG002
    ) -> ConditionConfig:
        """Return the network with the weight that makes both classes count alike, if asked for."""
        if not network.balance:
            return network
        seconds = int((train["label"] == network.classes[1]).sum())
        firsts = len(train) - seconds
        if not seconds or not firsts:
            raise ValueError(
                f"to balance {' and '.join(network.classes)} there must be examples of both. "
                f"Received: {firsts} and {seconds}"
            )
        return network.model_copy(update={"second_weight": firsts / seconds})

    def read_pictures(self, examples: pd.DataFrame, network: ConditionConfig) -> NDArray[np.uint8]:
        """Return the crops, stretched to the network's size `(N, H, W, 3)`."""
        size = (network.height, network.width)
        return np.stack([fit_picture(read_crop(row), *size) for _, row in examples.iterrows()])

    def encode_targets(
        self, examples: pd.DataFrame, network: ConditionConfig
    ) -> NDArray[np.float32]:
        """Return 0 or 1 `(N, 1)`."""
        indices = [network.classes.index(label) for label in examples["label"]]
        return np.array(indices, np.float32)[:, None]

    def make_batches(
        self, examples: pd.DataFrame, network: ConditionConfig, options: "BatchOptions"
    ) -> "PictureBatches":
        """Return batches of crops and classes `(N, 1)`."""
        from lpr_core.data.batches import PictureBatches
        from lpr_core.data.crops import CropSource

        truth = self.encode_targets(examples, network)
        source = CropSource(examples, truth, (network.height, network.width), options)
        return PictureBatches(source, len(examples), truth, options)

    def build_graph(self, network: ConditionConfig) -> "keras.Model":
        """Return the network with random weights; see `lpr_core.tasks.condition.network`."""
        from lpr_core.tasks.condition.network import build_graph

        return build_graph(network)

    def make_loss(self, network: ConditionConfig, label_smoothing: float) -> Any:
        """Return the binary cross-entropy, its second class weighted."""
        from lpr_core.tasks.condition.network import WeightedCrossentropy

        return WeightedCrossentropy(network.second_weight, label_smoothing)

    def make_metrics(self, network: ConditionConfig) -> list["keras.metrics.Metric"]:  # noqa: ARG002
        """Return the accuracy."""
        import keras

        return [keras.metrics.BinaryAccuracy(name="picture_accuracy")]

    def measure(
        self,
        truth: NDArray[np.float32],
        outputs: NDArray[np.float32],
        label_smoothing: float,
        network: ConditionConfig,
    ) -> dict[str, float]:
        """Return the loss and the scores of validation pictures."""
        return measure_loss(truth, outputs, label_smoothing, network.second_weight)

    def score(
        self,
        truth: NDArray[np.float32],
        outputs: NDArray[np.float32],
        network: ConditionConfig,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return the scores of a finished run, with intervals."""
        return score_chances(truth, outputs)

    def tabulate_truth(self, examples: pd.DataFrame) -> pd.DataFrame:
        """Return `image_path, truth` of a table's rows."""
        names = {"image_path": "image_path", "label": "truth"}
        return examples[list(names)].rename(columns=names).reset_index(drop=True)

    def tabulate_outputs(
        self, outputs: NDArray[np.float32], network: ConditionConfig
    ) -> pd.DataFrame:
        """Return `said, chance` of each picture; the chance is of the second class."""
        chances = outputs[:, 0].astype(float)
        said = [network.classes[int(chance > 0.5)] for chance in chances]
        return pd.DataFrame({"said": said, "chance": chances})

    def score_units(self, truth: pd.DataFrame, said: pd.DataFrame) -> NDArray[np.bool_]:
        """Return which pictures were told right `(P, 1)`."""
        right = truth["truth"].to_numpy() == said["said"].to_numpy()
        return np.asarray(right)[:, None]

    def measure_baseline(
        self,
        train: pd.DataFrame,
        validation: pd.DataFrame,
        network: ConditionConfig,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return what always saying the training pictures' more frequent class reaches."""
        usual = str(train["label"].mode()[0])
        return {"picture_accuracy": float((validation["label"] == usual).mean()), "label": usual}


TASK = ConditionTask()
