"""Refining as a task: from the surroundings of a found plate to its exact edges."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.tasks.refining import examples as plates
from lpr_core.tasks.refining.config import RefiningConfig
from lpr_core.tasks.refining.cuts import NUM_POINTS
from lpr_core.tasks.refining.scores import measure_unrefined, overlap_plates, score_plates
from lpr_core.tasks.task import NetworkConfig, TaskWords

if TYPE_CHECKING:
    import keras

    from lpr_core.augment.photo_options import PhotoOptions
    from lpr_core.data.batches import BatchOptions, PictureBatches

_EDGES = ("left", "top", "right", "bottom")


class RefiningTask:
    """From a cut to edges; see `lpr_core.tasks.task.Task` for each promise."""

    name = "refining"
    words = TaskWords(
        unit="plate",
        units="plates",
        headline="Left and right edges within 3 % of the width on validation plates",
        score="Overlap of the refined box",
    )
    config: type[NetworkConfig] = RefiningConfig
    scores = ("overlap", "told_apart", "near_edges")
    watched = ("overlap",)
    group = "image_path"
    truth_columns = ("image_path", "country", "is_plate", *(f"true_{edge}" for edge in _EDGES))
    prediction_columns = (*truth_columns, *_EDGES, "confidence")
    text_columns = ("image_path", "country")
    noisy_columns = (*_EDGES, "confidence")

    def read_examples(self, manifest_path: Path, network: RefiningConfig) -> pd.DataFrame:
        """Return one row a box; see `lpr_core.tasks.refining.examples.read_examples`."""
        frame = plates.read_examples(manifest_path, network)
        targets = self.encode_targets(frame, network)
        return frame.assign(
            **{f"true_{edge}": targets[:, index] for index, edge in enumerate(_EDGES)}
        )

    def prepare_network(
        self,
        network: RefiningConfig,
        train: pd.DataFrame,  # noqa: ARG002
        changes: "PhotoOptions | None",  # noqa: ARG002
    ) -> RefiningConfig:
        """Return the network as it was asked for."""
        return network

    def read_pictures(self, examples: pd.DataFrame, network: RefiningConfig) -> NDArray[np.uint8]:
        """Return the cuts `(N, H, W, 3)` with the edges off by each row's shifts."""
        from lpr_core.data.batches import BatchOptions
        from lpr_core.tasks.refining.batches import CutSource

        source, rng = CutSource(examples, network, BatchOptions(1)), np.random.default_rng(0)
        return np.stack([source.make(row, None, rng)[0] for row in range(len(examples))])

    def encode_targets(
        self, examples: pd.DataFrame, network: RefiningConfig
    ) -> NDArray[np.float32]:
        """Return the targets `(N, TARGET_WIDTH)` of those cuts."""
        return np.stack([plates.encode_row(row, network) for _, row in examples.iterrows()])

    def make_batches(
        self, examples: pd.DataFrame, network: RefiningConfig, options: "BatchOptions"
    ) -> "PictureBatches":
        """Return batches of cuts and targets."""
        from lpr_core.data.batches import PictureBatches
        from lpr_core.tasks.refining.batches import CutSource

        source = CutSource(examples, network, options)
        return PictureBatches(
            source, len(examples), self.encode_targets(examples, network), options
        )

    def build_graph(self, network: RefiningConfig) -> "keras.Model":
        """Return the network with random weights; see `lpr_core.tasks.refining.network`."""
        from lpr_core.tasks.refining.network import build_graph

        return build_graph(network)

    def make_loss(self, network: RefiningConfig, label_smoothing: float) -> Any:  # noqa: ARG002
        """Return the distance of edges and corners."""
        from lpr_core.tasks.refining.network import RefiningLoss

        return RefiningLoss(network.corner_weight, network.verify_weight)

    def make_metrics(self, network: RefiningConfig) -> list["keras.metrics.Metric"]:  # noqa: ARG002
        """Return the overlap."""
        import keras

        from lpr_core.tasks.refining.network import overlap_of

        return [keras.metrics.MeanMetricWrapper(overlap_of, name="overlap")]

    def measure(
        self,
        truth: NDArray[np.float32],
        outputs: NDArray[np.float32],
        label_smoothing: float,
        network: RefiningConfig,
    ) -> dict[str, float]:
        """Return the loss and both scores of validation plates."""
        loss = self.make_loss(network, label_smoothing)(truth, outputs)
        scores = score_plates(truth, outputs)
        return {"loss": float(loss), **{name: scores[name] for name in self.scores}}

    def score(
        self,
        truth: NDArray[np.float32],
        outputs: NDArray[np.float32],
        network: RefiningConfig,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Return the scores of a finished run; see `score_plates`."""
        return score_plates(truth, outputs)

    def tabulate_truth(self, examples: pd.DataFrame) -> pd.DataFrame:
        """Return `image_path, country, is_plate` (1 or 0) and the true edges in each cut."""
        truth = examples[list(self.truth_columns)].reset_index(drop=True)
        return truth.assign(is_plate=truth["is_plate"].astype(int))

    def tabulate_outputs(
        self,
        outputs: NDArray[np.float32],
        network: RefiningConfig,  # noqa: ARG002
    ) -> pd.DataFrame:
        """Return the four edges that are said of each cut, and the chance of a plate."""
        logits = outputs[:, 12] if outputs.shape[1] > NUM_POINTS else np.full(len(outputs), 9.0)
        said = pd.DataFrame(outputs[:, :4].round(5), columns=list(_EDGES))
        return said.assign(confidence=(1 / (1 + np.exp(-logits))).round(5))

    def score_units(self, truth: pd.DataFrame, said: pd.DataFrame) -> NDArray[np.float64]:
        """Return the overlap of each plate `(P, 1)`; of other things, how sure it is of none."""
        true = truth[[f"true_{edge}" for edge in _EDGES]].to_numpy(float)
        overlaps = overlap_plates(true, said[list(_EDGES)].to_numpy(float))
        is_plate = truth["is_plate"].to_numpy(float) > 0
        return np.where(is_plate, overlaps, 1 - said["confidence"].to_numpy(float))[:, None]

    def measure_baseline(
        self,
        train: pd.DataFrame,  # noqa: ARG002
        validation: pd.DataFrame,
        network: RefiningConfig,
    ) -> dict[str, Any]:
        """Return how far one gets by leaving each box as it was given."""
        return measure_unrefined(self.encode_targets(validation, network), network.margin)


TASK = RefiningTask()
