"""A task in one file outside the package: is the picture dark or bright?

Its manifest has `image_path, label, split`; a label is `dark` or `bright`.
"""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from lpr_core.data.samples import read_crop
from lpr_core.pictures.decoding import fit_picture
from lpr_core.tasks.task import NetworkConfig, TaskWords

LABELS = ("dark", "bright")


class ToyConfig(NetworkConfig):
    """The network of the toy task."""

    task: Literal["tests.kit.toy_task"] = "tests.kit.toy_task"


class ToyTask:
    """See `lpr_core.tasks.task.Task` for each promise."""

    name = "tests.kit.toy_task"
    words = TaskWords("picture", "pictures", "Validation pictures told right", "Pictures right")
    config = ToyConfig
    scores = ("picture_accuracy",)
    watched = scores
    group = "image_path"
    truth_columns = ("image_path", "truth")
    prediction_columns = (*truth_columns, "said", "sureness")
    text_columns = (*truth_columns, "said")
    noisy_columns = ("said", "sureness")

    def read_examples(self, manifest_path: Path, network) -> pd.DataFrame:
        table = pd.read_csv(manifest_path, dtype=str, keep_default_na=False)
        if unknown := sorted(set(table["label"]) - set(LABELS)):
            raise ValueError(f"labels are {', '.join(LABELS)}. Received: {', '.join(unknown)}")
        paths = [str(manifest_path.parent / name) for name in table["image_path"]]
        return table.assign(image_path=paths)

    def prepare_network(self, network, train, changes):
        return network

    def read_pictures(self, examples, network):
        size = (network.height, network.width)
        return np.stack([fit_picture(read_crop(row), *size) for _, row in examples.iterrows()])

    def encode_targets(self, examples, network):
        return np.array([LABELS.index(label) for label in examples["label"]], np.float32)[:, None]

    def make_batches(self, examples, network, options):
        from lpr_core.data.batches import PictureBatches
        from lpr_core.data.crops import CropSource

        truth = self.encode_targets(examples, network)
        source = CropSource(examples, truth, (network.height, network.width), options)
        return PictureBatches(source, len(examples), truth, options)

    def build_graph(self, network):
        import keras

        from lpr_core.backbones.build import build_backbone

        image = keras.Input((network.height, network.width, 3), name="image")
        features = build_backbone(network.backbone, network.height, network.width)(image)
        pooled = keras.layers.GlobalAveragePooling2D(name="pool")(features)
        return keras.Model(image, keras.layers.Dense(1, activation="sigmoid", name="top")(pooled))

    def make_loss(self, network, label_smoothing):
        import keras

        return keras.losses.BinaryCrossentropy(label_smoothing=label_smoothing)

    def make_metrics(self, network):
        import keras

        return [keras.metrics.BinaryAccuracy(name="picture_accuracy")]

    def measure(self, truth, outputs, label_smoothing, network):
        sure = np.clip(outputs.astype(float), 1e-7, 1 - 1e-7)
        loss = -(truth * np.log(sure) + (1 - truth) * np.log(1 - sure)).mean()
        return {"loss": float(loss), **self._share(truth, outputs)}

    def score(self, truth, outputs, network):
        return {"count": len(truth), **self._share(truth, outputs)}

    def tabulate_truth(self, examples):
        names = {"image_path": "image_path", "label": "truth"}
        return examples[list(names)].rename(columns=names).reset_index(drop=True)

    def tabulate_outputs(self, outputs, network):
        said = [LABELS[int(value > 0.5)] for value in outputs[:, 0]]
        return pd.DataFrame({"said": said, "sureness": np.abs(outputs[:, 0] - 0.5) * 2})

    def score_units(self, truth, said):
        right = truth["truth"].to_numpy() == said["said"].to_numpy()
        return right.astype(float)[:, None]

    def measure_baseline(self, train, validation, network):
        return {"picture_accuracy": float((validation["label"] == train["label"].mode()[0]).mean())}

    def _share(self, truth, outputs):
        return {"picture_accuracy": float(((outputs > 0.5) == truth).mean())}


TASK = ToyTask()
