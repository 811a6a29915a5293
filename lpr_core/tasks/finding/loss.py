"""The loss of a Single Shot Detector, whole and in parts (https://arxiv.org/abs/1512.02325).

Targets are `(N, A, TRUTH_WIDTH)`, outputs `(N, A, 1 + C + 4 [+ 8])`. Each part is summed over the
whole batch and divided by the default boxes that say a thing; without any it is 0.
"""

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from lpr_core.tasks.finding.boxes.geometry import Floats
from lpr_core.tasks.finding.boxes.matching import encode_truth
from lpr_core.tasks.finding.config import FindingConfig


class LossParts(NamedTuple):
    """The parts, not yet weighted."""

    class_loss: Any
    box_loss: Any
    corner_loss: Any


def split_loss(targets: Any, outputs: Any, config: FindingConfig) -> LossParts:
    """Return the parts of a batch's loss."""
    classes = targets[..., 0]
    positive = ops.cast(classes > 0, outputs.dtype)  # (N, A)
    count = ops.maximum(ops.sum(positive), 1.0)
    num_classes = 1 + len(config.classes)
    offsets = outputs[..., num_classes:]
    box = ops.sum(smooth_l1(targets[..., 1:5] - offsets[..., :4]) * positive)
    corner = ops.zeros(())
    if config.corners:
        known = positive * targets[..., 13]
        corner = ops.sum(smooth_l1(targets[..., 5:13] - offsets[..., 4:12]) * known)
    classed = _sum_classes(classes, outputs[..., :num_classes], positive, config.negatives)
    return LossParts(classed / count, box / count, corner / count)


def smooth_l1(differences: Any) -> Any:
    """Return the loss of differences `(..., K)`, summed over the last axis."""
    size = ops.abs(differences)
    return ops.sum(ops.where(size < 1, 0.5 * size * size, size - 0.5), axis=-1)


def _sum_classes(classes: Any, logits: Any, positive: Any, negatives: float) -> Any:
    """Return the cross-entropy of all that say a thing and of the worst that say background."""
    wanted = ops.one_hot(ops.cast(ops.maximum(classes, 0), "int32"), logits.shape[-1])
    losses = -ops.sum(wanted * ops.log_softmax(logits, axis=-1), axis=-1)  # (N, A)
    background = ops.cast(ops.equal(classes, 0), losses.dtype)
    ranked = ops.flip(ops.sort(ops.reshape(losses * background, (-1,))), axis=0)
    allowed = ops.minimum(negatives * ops.sum(positive), ops.sum(background))
    rank = ops.cumsum(ops.ones_like(ranked)) - 1.0
    mined = ops.where(rank < allowed, ranked, 0.0)
    return ops.sum(losses * positive) + ops.sum(mined)


@keras.saving.register_keras_serializable(package="lpr")
class FindingLoss(keras.losses.Loss):
    """The weighted sum of the parts.

    Args:
        network: A `FindingConfig`, or its values.
    """

    def __init__(self, network: Any, name: str = "finding_loss") -> None:
        super().__init__(name=name, reduction=None)
        self.network = FindingConfig.model_validate(network)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return a batch's loss."""
        parts = split_loss(y_true, y_pred, self.network)
        weights = (1.0, self.network.box_weight, self.network.corner_weight)
        return sum(part * weight for part, weight in zip(parts, weights, strict=True))

    def get_config(self) -> dict[str, Any]:
        """Return what makes the same loss again."""
        return {"network": self.network.model_dump(mode="json"), "name": self.name}


def make_part_metrics(config: FindingConfig) -> list[keras.metrics.Metric]:
    """Return a metric for each part, with the part's name."""
    return [_make_metric(config, name) for name in LossParts._fields]


def _make_metric(config: FindingConfig, name: str) -> keras.metrics.Metric:
    def measure(y_true: Any, y_pred: Any) -> Any:
        return getattr(split_loss(y_true, y_pred, config), name)

    return keras.metrics.MeanMetricWrapper(measure, name=name)


def measure_loss(
    truth: Floats, outputs: Floats, defaults: Floats, config: FindingConfig, chunk: int
) -> dict[str, float]:
    """Return `loss` and its parts, averaged over batches of `chunk` photos.

    Args:
        truth: `(N, M, TRUTH_WIDTH)`.
        outputs: `(N, A, num_outputs)`.
        defaults: Centred default boxes `(A, 4)`.
        config: The network.
        chunk: Photos N' that negatives are mined over together.
    """
    parts = []
    for start in range(0, len(truth), chunk):
        rows = truth[start : start + chunk]
        targets = np.stack([encode_truth(row, defaults, config) for row in rows])
        split = split_loss(
            ops.convert_to_tensor(targets),
            ops.convert_to_tensor(outputs[start : start + chunk]),
            config,
        )
        parts.append([float(part) for part in split])
    means = dict(zip(LossParts._fields, np.mean(parts, axis=0).tolist(), strict=True))
    weights = (1.0, config.box_weight, config.corner_weight)
    loss = sum(part * weight for part, weight in zip(means.values(), weights, strict=True))
    return {"loss": float(loss), **means}
