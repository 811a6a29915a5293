"""Judges what a diagnosis measured: each measurement to a suspect with its verdict, in words."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from lpr_core.evidence.suspects.measurements import (
    Difference,
    DriftMeasurement,
    FeaturesMeasurement,
    GapMeasurement,
    MemoryMeasurement,
    NormMeasurement,
    PositionMeasurement,
    ScaleMeasurement,
)
from lpr_core.evidence.suspects.suspects import (
    GUILTY,
    PARTLY,
    QUESTIONS,
    Suspect,
    name_suspect,
    not_measured,
    rank_suspects,
    weigh,
)
from lpr_core.evidence.units import POINTS, count, percent

STILL = 1e-4
"""Frozen features may differ by rounding between `training=True` and `False`, by no more."""


def judge_suspects(
    measurements: Mapping[str, Any], reasons: Mapping[str, str] = MappingProxyType({})
) -> list[Suspect]:
    """Judge what `diagnosis.json` holds, ranked; what was not measured says so.

    Args:
        measurements: By name, as in `QUESTIONS`: a measurement, or what its `model_dump` gave.
        reasons: Why the others were not measured.

    Raises:
        ValueError: A measurement is not of its shape.
    """
    suspects = [
        _JUDGES[name](measurements[name])
        if name in measurements
        else not_measured(name, reasons.get(name, "It has not been measured yet."))
        for name in QUESTIONS
    ]
    return rank_suspects(suspects)


def judge_gap(found: GapMeasurement) -> Suspect:
    """Judge whether there is a gap at all: the symptom that the causes must explain."""
    gap = _points(found.gap) if found.seeds > 1 else f"{100 * found.gap.value:.1f} {POINTS}"
    measured = (
        f"{found.variant}, {count(found.seeds, 'run')}: {percent(found.train)} of the characters "
        f"on training plates, {percent(found.validation)} on validation plates, "
        f"{percent(found.baseline)} by the most frequent symbols alone; "
        f"gap {gap}."
    )
    verdict = weigh(found.gap)
    words = {
        "guilty": "The gap is real: it knows its training plates much better than others.",
        "partly": "There is a gap, but a small one.",
        "cleared": "There is no gap to speak of: "
        + (
            "it reads both about equally."
            if found.train - found.baseline >= GUILTY
            else "it did not learn its training plates either."
        ),
    }
    return name_suspect("gap", measured, verdict, found.gap.value, words[verdict])


def judge_memory(found: MemoryMeasurement) -> Suspect:
    """Judge whether memory alone can produce the gap of the head.

    That a head can memorise accuses nobody: networks that generalise can, too
    (https://arxiv.org/abs/1611.03530). So the charge is the gap, as far as memory reaches.
    """
    measured = (
        f"After {count(found.epochs, 'epoch')} on {found.num_train:,} plates the head gets "
        f"{percent(found.train_shuffled)} of shuffled labels right on its training plates "
        f"({percent(found.baseline)} without learning, {percent(found.train_true)} with true "
        f"labels), and reads {percent(found.validation_true)} of validation characters; "
        f"with shuffled labels {percent(found.validation_shuffled)}."
    )
    charge = min(found.gap, found.memorised, key=lambda difference: difference.value)
    verdict = weigh(charge)
    share = percent(max(found.memorised.value, 0.0))
    words = {
        "guilty": f"Memory alone is worth {share} of the characters: the head is large enough to "
        "learn plates by heart, and its gap shows that it does.",
        "partly": f"Memory is worth {share} of the characters; it explains a part of the gap.",
        "cleared": "It can memorise, but what it learns from true labels carries over."
        if found.memorised.value >= PARTLY
        else "In this time it cannot learn plates by heart.",
    }
    return name_suspect("memory", measured, verdict, charge.value, words[verdict])


def judge_position(found: PositionMeasurement) -> Suspect:
    """Judge whether the head's pooling loses the order of the symbols."""
    measured = (
        f"A linear probe reads {percent(found.unpooled.accuracy)} of the characters from the "
        f"whole map, {percent(found.pooled.accuracy)} from the pooled vector and "
        f"{percent(found.scrambled.accuracy)} from the map with its places in disorder. "
        f"Pooled, it tells whether a symbol is anywhere on the plate with an area of "
        f"{found.pooled.anywhere:.2f}, and where it stands with {found.pooled.place:.2f} "
        f"(unpooled {found.unpooled.place:.2f}; 0.5 is chance)."
    )
    if found.head != "pooled":
        sentence = (
            f"The head {found.head} keeps the places; pooling would cost {_points(found.lost)}."
        )
        return name_suspect("position", measured, "cleared", 0.0, sentence)
    verdict = weigh(found.lost)
    words = {
        "guilty": f"Pooling costs {_points(found.lost)} that the map still has.",
        "partly": f"Pooling costs {_points(found.lost)}.",
        "cleared": "The map can be read no better than the pooled vector: "
        f"position adds {_points(found.lost)}.",
    }
    return name_suspect("position", measured, verdict, found.lost.value, words[verdict])


def judge_features(found: FeaturesMeasurement) -> Suspect:
    """Judge whether better features than the frozen last stage's are to be had for nothing."""
    scores = {stage.name: stage.unpooled for stage in found.stages}
    measured = "A linear probe on the map of each stage reads " + ", ".join(
        f"{percent(accuracy)} ({name})" for name, accuracy in scores.items()
    )
    verdict = weigh(found.missed)
    best = "the bare picture" if found.best == "picture" else f"stage {found.best}"
    words = {
        "guilty": f"The head sits on the wrong features: {best} can be read better by "
        f"{_points(found.missed)}.",
        "partly": f"The last stage has lost a little: {best} can be read better by "
        f"{_points(found.missed)}.",
        "cleared": f"Nothing that costs no training is clearly better than stage {found.last}.",
    }
    return name_suspect("features", measured + ".", verdict, found.missed.value, words[verdict])


def judge_drift(found: DriftMeasurement) -> Suspect:
    """Judge whether freezing held back features that fine-tuning finds."""
    compared = [layer for layer in found.layers if layer.cka is not None]
    first, last = compared[0], compared[-1]
    most = max(found.layers, key=lambda layer: layer.weight_change)
    measured = (
        f"After fine-tuning ({found.source}) the same probe reads {percent(found.tuned)} instead "
        f"of {percent(found.frozen)}. Linear CKA to the start is {first.cka:.2f} at {first.name} "
        f"and {last.cka:.2f} at {last.name}; the weights of {most.name} moved most, by "
        f"{percent(most.weight_change)} of their length."
    )
    verdict = weigh(found.gained)
    words = {
        "guilty": f"Freezing is what hurts: features that may move are read better by "
        f"{_points(found.gained)}.",
        "partly": f"Features that may move are a little better: {_points(found.gained)}.",
        "cleared": f"Fine-tuning finds nothing better: {_points(found.gained)}.",
    }
    return name_suspect("drift", measured, verdict, found.gained.value, words[verdict])


def judge_norms(found: NormMeasurement) -> Suspect:
    """Judge whether stored statistics, or a change of mode, spoil the features."""
    measured = (
        f"A probe reads {percent(found.inference)} with the stored statistics, "
        f"{percent(found.batch)} with each batch's own; fitted on batch statistics and used with "
        f"stored ones, as old Keras did, {percent(found.mixed)}."
    )
    if found.layers:
        furthest = max(found.layers, key=lambda layer: layer.mean_shift)
        measured += (
            f" The plates lie furthest off at {furthest.name}: {furthest.mean_shift:.2f} standard "
            "deviations from the stored mean."
        )
    if found.frozen_moves > STILL:
        sentence = (
            "A frozen layer answers differently in training and in use: its features move by up to "
            f"{found.frozen_moves:.3g}."
        )
        lost = found.inference - found.mixed
        return name_suspect("batch_statistics", measured, "guilty", lost, sentence)
    verdict = weigh(found.gained)
    words = {
        "guilty": "The stored statistics do not fit: "
        f"the plates' own gain {_points(found.gained)}.",
        "partly": f"The plates' own statistics gain a little: {_points(found.gained)}.",
        "cleared": "The plates' own statistics gain nothing, and frozen layers answer alike in "
        "training and in use.",
    }
    return name_suspect("batch_statistics", measured, verdict, found.gained.value, words[verdict])


def judge_scale(found: ScaleMeasurement) -> Suspect:
    """Judge whether pictures arrive in the range that the backbone's weights expect."""
    measured = "; ".join(
        f"{scale.name}: a probe reads {percent(scale.accuracy)}, features vary by "
        f"{scale.spread:.3g} over plates, values of {scale.inputs[0]:.3g} to {scale.inputs[1]:.3g} "
        "reach the first layer"
        for scale in found.scales
    )
    verdict = weigh(found.gained)
    words = {
        "guilty": f"Another range is read better, by {_points(found.gained)}: the preprocessing is "
        "wrong.",
        "partly": f"Another range is read a little better, by {_points(found.gained)}.",
        "cleared": "The preprocessing belongs to the network, and no other range is read better.",
    }
    return name_suspect(
        "input_scale", _capitalise(measured) + ".", verdict, found.gained.value, words[verdict]
    )


def _points(difference: Difference) -> str:
    """Return `12.3 pp (10.1 to 14.5)`: hundredths of all characters, with the interval."""
    value, low, high = (100 * end for end in (difference.value, difference.low, difference.high))
    return f"{value:.1f} {POINTS} ({low:.1f} to {high:.1f})"


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


_JUDGES: dict[str, Callable[[Any], Suspect]] = {
    "gap": lambda found: judge_gap(GapMeasurement.model_validate(found)),
    "memory": lambda found: judge_memory(MemoryMeasurement.model_validate(found)),
    "position": lambda found: judge_position(PositionMeasurement.model_validate(found)),
    "features": lambda found: judge_features(FeaturesMeasurement.model_validate(found)),
    "drift": lambda found: judge_drift(DriftMeasurement.model_validate(found)),
    "batch_statistics": lambda found: judge_norms(NormMeasurement.model_validate(found)),
    "input_scale": lambda found: judge_scale(ScaleMeasurement.model_validate(found)),
}
