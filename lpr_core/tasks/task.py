"""What a task promises: examples, a network, a loss, a table of predictions, one score a unit.

Training, studies and evidence know tasks by these promises alone. A task of ours is a package
`lpr_core.tasks.<name>`, a task of somebody else's a module that an installed package offers in the
entry point group `lpr.tasks`; either has an object `TASK`. Nothing here imports Keras, and a task
does so only where it is asked for a network.
"""

import pkgutil
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from lpr_core.backbones.facts import BackboneName

if TYPE_CHECKING:
    import keras
    import pandas as pd

    from lpr_core.augment.photo_options import PhotoOptions
    from lpr_core.data.batches import BatchOptions, PictureBatches

GROUP = "lpr.tasks"
"""Entry points of this group name a module with a `TASK`: `toy = "my_package.toy"`."""

PENALTIES = ("penalty", "frozen_penalty")
"""What weight penalties make of the loss: on layers that learn, which counts, and on the others.

Keras 2 counted both, Keras 3 does not count frozen ones.
"""

_OURS = "lpr_core.tasks"


MOST_PIXELS = 4096
"""The longest side of a network's picture."""


class NetworkConfig(BaseModel):
    """What the networks of all tasks have: a backbone, its pictures, where its weights start.

    Attributes:
        task: Name of the task, as `find_task` knows it.
        backbone: The backbone below whatever the task puts on top.
        height: Pixels of the pictures.
        width: Likewise.
        weights: Start values of the backbone: `none` (random), `imagenet`, the path of a weight
            file, or the folder of a run with the same backbone.
        weights_scope: With the folder of a run: take its `backbone`, or its whole `network`.
        freeze: Share of the backbone's layers, from the picture upwards, that do not learn.
        open_layers: When given, only the last so many layers of the backbone learn.
        freeze_batch_norm: Keep BatchNormalization in inference mode in open layers as well.
        batch_norm_momentum: When given, the share of its moving statistics that each
            BatchNormalization keeps in a step, in the place of the layer's own. Keras'
            MobileNetV2 has 0.999: after 1,500 steps a fifth of it is still the start values.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    backbone: BackboneName = "efficientnet_b0"
    height: int = Field(default=224, ge=16, le=MOST_PIXELS)
    width: int = Field(default=224, ge=16, le=MOST_PIXELS)
    weights: str = "none"
    weights_scope: Literal["backbone", "network"] = "backbone"
    freeze: float = Field(default=0.0, ge=0, le=1)
    open_layers: int | None = Field(default=None, ge=0, le=100_000)
    freeze_batch_norm: bool = False
    batch_norm_momentum: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="after")
    def _check_freezing(self) -> Self:
        if self.open_layers is not None and self.freeze:
            raise ValueError("`freeze` and `open_layers` exclude each other; give one of them.")
        return self

    @property
    def is_frozen(self) -> bool:
        """Whether no layer of the backbone learns."""
        return self.freeze == 1 or self.open_layers == 0


@dataclass(frozen=True)
class TaskWords:
    """What people call a task's results.

    Attributes:
        unit: What gets one score, in the singular.
        units: The same in the plural.
        headline: What the last of `scores` is, said after a training.
        score: Name of the main score in a title: `Characters right`.
        whole: Name of the share of units with all parts right; empty where a unit has one part.
    """

    unit: str
    units: str
    headline: str
    score: str
    whole: str = ""


class Task(Protocol):
    """A task; `lpr_core.tasks.reading` is one.

    Attributes:
        name: As `find_task` knows it.
        words: What people call its results.
        config: The class of its network's configuration.
        scores: Names of what is measured in each epoch, shares with 1 as the best, the one that
            decides first. They are keys of `metrics.json`, and with `val_` columns of the history.
        watched: Names of what is measured while the network learns, columns of the history beside
            `loss`: the scores themselves, or the parts of the loss where a score would cost more
            than a step. `measure` says them of validation examples too, but for `PENALTIES`, which
            follow from the weights and are no metrics.
        group: The column of examples that must not stand on both sides of a split.
        truth_columns: Columns of `tabulate_truth`.
        prediction_columns: Columns that a table of predictions has: these, and of
            `tabulate_outputs` those that somebody reads. What is no text is a number.
        text_columns: Those of them that hold texts ("0012345" stays).
        noisy_columns: Those of `tabulate_outputs` that `score_units` needs, and no more: a study
            keeps them for each strength of noise.
    """

    name: str
    words: TaskWords
    config: type[NetworkConfig]
    scores: tuple[str, ...]
    watched: tuple[str, ...]
    group: str
    truth_columns: tuple[str, ...]
    prediction_columns: tuple[str, ...]
    text_columns: tuple[str, ...]
    noisy_columns: tuple[str, ...]

    def read_examples(self, manifest_path: Path, network: Any) -> "pd.DataFrame":
        """Return the rows of a manifest, with a column `split` (empty text where unknown).

        Raises:
            ValueError: A row is bad; all bad rows are told.
            FileNotFoundError: There is no such file.
        """

    def prepare_network(
        self, network: Any, train: "pd.DataFrame", changes: "PhotoOptions | None"
    ) -> Any:
        """Return the network's configuration with all that depends on the training examples.

        Args:
            network: The configuration that was asked for.
            train: Examples to learn from.
            changes: How far photos are changed while it learns.
        """

    def read_pictures(self, examples: "pd.DataFrame", network: Any) -> NDArray[np.uint8]:
        """Return the pictures of some rows at the network's size `(N, H, W, 3)`, RGB 0..255."""

    def encode_targets(self, examples: "pd.DataFrame", network: Any) -> NDArray[Any]:
        """Return the truth of some rows `(N, ...)`, as `measure` and `score` take it."""

    def make_batches(
        self, examples: "pd.DataFrame", network: Any, options: "BatchOptions"
    ) -> "PictureBatches":
        """Return the batches that the network learns from, or is measured on.

        Raises:
            ValueError: There are too few examples.
        """

    def build_graph(self, network: Any) -> "keras.Model":
        """Return the network with random weights; its backbone is a layer called `backbone`.

        Input `image` `(N, height, width, 3)` float32 RGB of 0..255.

        Raises:
            ValueError: The configuration does not fit together.
        """

    def make_loss(self, network: Any, label_smoothing: float) -> Any:
        """Return what `keras.Model.compile` takes as `loss`."""

    def make_metrics(self, network: Any) -> list["keras.metrics.Metric"]:
        """Return Keras metrics with the names `watched`, but for `PENALTIES`."""

    def measure(
        self, truth: NDArray[Any], outputs: NDArray[Any], label_smoothing: float, network: Any
    ) -> dict[str, float]:
        """Return `loss`, all `scores` and what is `watched` of validation examples."""

    def score(self, truth: NDArray[Any], outputs: NDArray[Any], network: Any) -> dict[str, Any]:
        """Return what `metrics.json` says of a finished run: `count`, all `scores`, and more."""

    def tabulate_truth(self, examples: "pd.DataFrame") -> "pd.DataFrame":
        """Return what is known of each row: `image_path` and whatever `score_units` needs."""

    def tabulate_outputs(self, outputs: NDArray[Any], network: Any) -> "pd.DataFrame":
        """Return what the network says of each picture, one row each."""

    def score_units(self, truth: "pd.DataFrame", said: "pd.DataFrame") -> NDArray[Any]:
        """Return the score of each unit in parts `(P, S)`, each 0 to 1; a unit's is their mean.

        Args:
            truth: Rows of `tabulate_truth`.
            said: The rows of `tabulate_outputs` about the same units, with `noisy_columns` at
                least.
        """

    def measure_baseline(
        self, train: "pd.DataFrame", validation: "pd.DataFrame", network: Any
    ) -> dict[str, Any]:
        """Return how far one gets without looking: the first of `scores`, and more."""


def task_names() -> tuple[str, ...]:
    """Return the names of the tasks that come with the workbench."""
    package = import_module(_OURS)
    return tuple(
        sorted(found.name for found in pkgutil.iter_modules(package.__path__) if found.ispkg)
    )


def find_task(name: str) -> Task:
    """Return a task: one of ours, or one that an installed package offers.

    The name may stand in a stranger's study or run: nothing else is ever imported for it.

    Raises:
        ValueError: There is none; the message lists all.
    """
    known = {ours: f"{_OURS}.{ours}" for ours in task_names()}
    paths = _list_offered(tuple(sys.path)) | known
    if name not in paths:
        raise ValueError(f"The tasks are {', '.join(sorted(paths))}. Received: {name!r}")
    return cast(Task, import_module(paths[name]).TASK)


@lru_cache(maxsize=4)
def _list_offered(_places: tuple[str, ...]) -> dict[str, str]:
    """Return the modules of tasks that installed packages offer, by the tasks' names."""
    return {entry.name: entry.value for entry in entry_points(group=GROUP)}
