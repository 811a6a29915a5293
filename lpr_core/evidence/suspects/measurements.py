"""What a diagnosis measures about each suspect, as plain values; nothing here judges.

Every accuracy is a character accuracy, 0 to 1. Probes and heads learn from the same training plates
and are scored on the same validation plates.
"""

from pydantic import BaseModel, ConfigDict


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Difference(_Value):
    """A difference of accuracies with its 95 % interval.

    Attributes:
        value: The difference, -1 to 1.
        low: Lower end.
        high: Upper end.
    """

    value: float
    low: float
    high: float


class GapMeasurement(_Value):
    """How the study's runs read the plates that they learned from, and others.

    Attributes:
        variant: The frozen variant.
        seeds: Runs that were averaged.
        train: Accuracy on training plates, in inference mode.
        validation: Accuracy on validation plates.
        baseline: Accuracy of the most frequent symbol of each slot.
        gap: Training less validation, over seeds (over plates when there is one seed).
    """

    variant: str
    seeds: int
    train: float
    validation: float
    baseline: float
    gap: Difference


class MemoryMeasurement(_Value):
    """The study's head on frozen features, with true labels and with those of other plates.

    Attributes:
        epochs: Passes over the training plates, the same for both.
        num_train: Training plates.
        baseline: Training accuracy of the most frequent symbol of each slot.
        train_true: With true labels, on training plates.
        validation_true: With true labels, on validation plates.
        train_shuffled: With the labels shuffled among the training plates, on these.
        validation_shuffled: The same head on validation plates.
        gap: `train_true` less `validation_true`, over plates.
        memorised: `train_shuffled` less `baseline`, over plates: what can only be memory.
    """

    epochs: int
    num_train: int
    baseline: float
    train_true: float
    validation_true: float
    train_shuffled: float
    validation_shuffled: float
    gap: Difference
    memorised: Difference


class FormScore(_Value):
    """Linear probes on one form of the same features.

    Attributes:
        accuracy: Of the probe for the symbol in each slot.
        slots: The same, slot by slot.
        anywhere: How well a probe tells plates with a symbol from those without, wherever it
            stands: area under the ROC curve, mean over symbols; 0.5 is chance.
        place: Among plates that have a symbol once, how well the slots' probe tells those that
            have it in a slot from those that have it elsewhere: the same area; 0.5 is no idea of
            position.
    """

    accuracy: float
    slots: list[float]
    anywhere: float
    place: float


class PositionMeasurement(_Value):
    """Probes on the last feature map, whole and without its places.

    Attributes:
        head: The study's head; only `pooled` gives the places away.
        pooled: The average over all places.
        unpooled: The whole map.
        scrambled: The whole map with its places in another order in each picture: as many numbers
            as `unpooled`, no position.
        lost: `unpooled` less the better of the other two, over plates.
    """

    head: str
    pooled: FormScore
    unpooled: FormScore
    scrambled: FormScore
    lost: Difference


class StageScore(_Value):
    """Linear probes on one stage of a backbone.

    Attributes:
        name: `picture`, `1/4` (of the picture's height), `random 1/32`.
        pooled: Accuracy on the average over all places.
        unpooled: Accuracy on the map, averaged to at most 8 x 16 places.
    """

    name: str
    pooled: float
    unpooled: float


class FeaturesMeasurement(_Value):
    """What the frozen features tell, stage by stage, beside what costs no training at all.

    Attributes:
        stages: The picture itself, each stage, and the last stage with random weights at the end.
        last: Name of the stage that the head reads.
        best: Name of the best other one by `unpooled`.
        missed: `best` less `last`, over plates; negative when the last stage is the best.
    """

    stages: list[StageScore]
    last: str
    best: str
    missed: Difference


class LayerDrift(_Value):
    """How far fine-tuning moved one layer.

    Attributes:
        name: The layer's.
        weight_change: Norm of the change by the norm of the start weights.
        cka: Linear CKA of the layer's output before and after: 1 is the same up to rotation and
            scale, 0 has nothing in common. `None` where it was not measured.
    """

    name: str
    weight_change: float
    cka: float | None = None


class DriftMeasurement(_Value):
    """The backbone before and after fine-tuning.

    Attributes:
        source: Where the fine-tuned weights come from.
        layers: From the picture upwards.
        frozen: Accuracy of a probe on the start features, in the form that the head reads.
        tuned: The same on the fine-tuned features.
        gained: `tuned` less `frozen`, over plates.
    """

    source: str
    layers: list[LayerDrift]
    frozen: float
    tuned: float
    gained: Difference


class NormDistance(_Value):
    """How far plates lie from one BatchNormalization's stored statistics.

    Attributes:
        name: The layer's.
        mean_shift: Root mean square over channels of the difference of means, in stored standard
            deviations.
        scale_shift: Root mean square over channels of log2(standard deviation / stored one).
    """

    name: str
    mean_shift: float
    scale_shift: float


class NormMeasurement(_Value):
    """BatchNormalization with the stored statistics and with the plates' own.

    Attributes:
        layers: From the picture upwards.
        inference: Accuracy of a probe with stored statistics throughout.
        batch: With each batch's own statistics throughout.
        mixed: Fitted on batch statistics, validated on stored ones: what frozen layers did in Keras
            before TensorFlow 2 (https://github.com/keras-team/keras/pull/9965).
        frozen_moves: Largest difference that `training=True` makes to the frozen backbone's
            features, which must be 0 here.
        gained: `batch` less `inference`, over plates.
    """

    layers: list[NormDistance]
    inference: float
    batch: float
    mixed: float
    frozen_moves: float
    gained: Difference


class ScaleScore(_Value):
    """The backbone fed with pictures of one range.

    Attributes:
        name: `0 to 255`, which all backbones here expect, `0 to 1` or `-1 to 1`.
        inputs: Lowest and highest value behind the backbone's own preprocessing.
        spread: Standard deviation of the pooled features over plates, mean over channels.
        norm_shift: `NormDistance.mean_shift` of the first BatchNormalization; `None` without one.
        accuracy: Of a probe in the form that the head reads.
    """

    name: str
    inputs: tuple[float, float]
    spread: float
    norm_shift: float | None
    accuracy: float


class ScaleMeasurement(_Value):
    """The study's backbone at three input scales, and what arrives in every other one.

    Attributes:
        scales: The right one first.
        backbones: Lowest and highest value behind the preprocessing of each backbone, by scale.
        gained: The better wrong scale less the right one, over plates.
    """

    scales: list[ScaleScore]
    backbones: dict[str, dict[str, tuple[float, float]]]
    gained: Difference
