"""Judges what a diagnosis measured: what keeps a frozen network from reading plates, what not.

Each cause is charged with character accuracy that it costs, as a difference between two
measurements that differ in that cause alone. So the causes can be compared, and ranked.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lpr_core.evidence.measurements import (
    Difference,
    DriftMeasurement,
    FeaturesMeasurement,
    GapMeasurement,
    MemoryMeasurement,
    NormMeasurement,
    PositionMeasurement,
    RemedyMeasurement,
    ScaleMeasurement,
)

GUILTY = 0.10
"""A tenth of all characters: 0.90 of them is 48 of 100 seven-character plates, 0.80 is 21."""

PARTLY = 0.03
"""Below, a cause is cleared: probes on another thousand plates differ by one to two points."""

STILL = 1e-4
"""Frozen features may differ by rounding between `training=True` and `False`, by no more."""

Verdict = Literal["guilty", "partly", "cleared", "not measured"]
_ORDER: dict[str, int] = {"guilty": 0, "partly": 1, "cleared": 2, "not measured": 3}


class Suspect(BaseModel):
    """One possible reason, and what became of it.

    Attributes:
        name: Short name, as in `QUESTIONS`.
        question: What it is suspected of.
        measured: What was measured, with the numbers.
        guilty_if: What it would look like if it were guilty.
        verdict: `guilty`, `partly`, `cleared` or `not measured`.
        strength: Share of all characters that it costs, 0 to 1; the ranking's key.
        sentence: The verdict with its reason.
        role: The `symptom` says whether there is anything to explain; each `cause` may explain it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    question: str
    measured: str
    guilty_if: str
    verdict: Verdict
    strength: float = Field(ge=0, le=1)
    sentence: str
    role: Literal["symptom", "cause"] = "cause"


class Remedy(BaseModel):
    """What one change gained.

    Attributes:
        name: The variant's.
        label: What people read.
        gain: Character accuracy gained, negative when lost.
        low: Lower end of its 95 % interval over seeds.
        high: Upper end.
        seeds: Pairs of runs.
        sentence: The same in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    gain: float
    low: float
    high: float
    seeds: int
    sentence: str


QUESTIONS = {
    "gap": "Does the frozen network read the plates that it learned from better than others?",
    "memory": "Does the head learn its training plates by heart?",
    "position": "Does pooling throw away where a symbol stands?",
    "features": "Do the frozen features miss what plates are read by?",
    "drift": "Would the features have had to change?",
    "batch_statistics": "Do the stored BatchNormalization statistics fit the plates?",
    "input_scale": "Do the pictures reach the backbone in a wrong range?",
}
"""The suspects in the order in which they are measured."""

GUILTY_IF = {
    "gap": "training plates are read at least 10 points better than validation plates; with no gap "
    "the network learned too little, not too much.",
    "memory": "with shuffled labels, where there is nothing to learn, the head still gets its "
    "training plates right, and with true labels it reads new plates much worse than old ones.",
    "position": "a probe reads the whole map much better than the pooled vector, and better than "
    "the same map with its places in disorder: the symbols are there, their order is not.",
    "features": "an earlier stage, random weights or the bare picture can be read better than the "
    "last stage that the head gets.",
    "drift": "the same probe reads the fine-tuned features much better, and fine-tuning moved the "
    "layers far: low CKA, large weight change.",
    "batch_statistics": "each batch's own statistics make the features much easier to read than "
    "the stored ones, or a frozen layer gives different answers in training and in use.",
    "input_scale": "pictures of another range are read better than those of 0 to 255, which every "
    "backbone here expects and scales by itself.",
}


def judge_gap(found: GapMeasurement) -> Suspect:
    """Judge whether there is a gap at all: the symptom that the causes must explain."""
    measured = (
        f"{found.variant}, {_count(found.seeds, 'run')}: {_percent(found.train)} of the characters "
        f"on training plates, {_percent(found.validation)} on validation plates, "
        f"{_percent(found.baseline)} by the most frequent symbols alone; "
        f"gap {_points(found.gap)}."
    )
    verdict = _weigh(found.gap)
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
    return _suspect("gap", measured, verdict, found.gap.value, words[verdict], role="symptom")


def judge_memory(found: MemoryMeasurement) -> Suspect:
    """Judge whether memory alone can produce the gap of the head.

    That a head can memorise accuses nobody: networks that generalise can, too
    (https://arxiv.org/abs/1611.03530). So the charge is the gap, as far as memory reaches.
    """
    measured = (
        f"After {_count(found.epochs, 'epoch')} on {found.num_train:,} plates the head gets "
        f"{_percent(found.train_shuffled)} of shuffled labels right on its training plates "
        f"({_percent(found.baseline)} without learning, {_percent(found.train_true)} with true "
        f"labels), and reads {_percent(found.validation_true)} of validation characters; "
        f"with shuffled labels {_percent(found.validation_shuffled)}."
    )
    charge = min(found.gap, found.memorised, key=lambda difference: difference.value)
    verdict = _weigh(charge)
    share = _percent(max(found.memorised.value, 0.0))
    words = {
        "guilty": f"Memory alone is worth {share} of the characters: the head is large enough to "
        "learn plates by heart, and its gap shows that it does.",
        "partly": f"Memory is worth {share} of the characters; it explains a part of the gap.",
        "cleared": "It can memorise, but what it learns from true labels carries over."
        if found.memorised.value >= PARTLY
        else "In this time it cannot learn plates by heart.",
    }
    return _suspect("memory", measured, verdict, charge.value, words[verdict])


def judge_position(found: PositionMeasurement) -> Suspect:
    """Judge whether the head's pooling loses the order of the symbols."""
    measured = (
        f"A linear probe reads {_percent(found.unpooled.accuracy)} of the characters from the whole "
        f"map, {_percent(found.pooled.accuracy)} from the pooled vector and "
        f"{_percent(found.scrambled.accuracy)} from the map with its places in disorder. "
        f"Pooled, it tells whether a symbol is anywhere on the plate with an area of "
        f"{found.pooled.anywhere:.2f}, and where it stands with {found.pooled.place:.2f} "
        f"(unpooled {found.unpooled.place:.2f}; 0.5 is chance)."
    )
    if found.head != "pooled":
        sentence = (
            f"The head {found.head} keeps the places; pooling would cost {_points(found.lost)}."
        )
        return _suspect("position", measured, "cleared", 0.0, sentence)
    verdict = _weigh(found.lost)
    words = {
        "guilty": f"Pooling costs {_points(found.lost)} that the map still has.",
        "partly": f"Pooling costs {_points(found.lost)}.",
        "cleared": "The map can be read no better than the pooled vector: "
        f"position adds {_points(found.lost)}.",
    }
    return _suspect("position", measured, verdict, found.lost.value, words[verdict])


def judge_features(found: FeaturesMeasurement) -> Suspect:
    """Judge whether better features than the frozen last stage's are to be had for nothing."""
    scores = {stage.name: stage.unpooled for stage in found.stages}
    measured = "A linear probe on the map of each stage reads " + ", ".join(
        f"{_percent(accuracy)} ({name})" for name, accuracy in scores.items()
    )
    verdict = _weigh(found.missed)
    best = "the bare picture" if found.best == "picture" else f"stage {found.best}"
    words = {
        "guilty": f"The head sits on the wrong features: {best} can be read better by "
        f"{_points(found.missed)}.",
        "partly": f"The last stage has lost a little: {best} can be read better by "
        f"{_points(found.missed)}.",
        "cleared": f"Nothing that costs no training is clearly better than stage {found.last}.",
    }
    return _suspect("features", measured + ".", verdict, found.missed.value, words[verdict])


def judge_drift(found: DriftMeasurement) -> Suspect:
    """Judge whether freezing held back features that fine-tuning finds."""
    compared = [layer for layer in found.layers if layer.cka is not None]
    first, last = compared[0], compared[-1]
    most = max(found.layers, key=lambda layer: layer.weight_change)
    measured = (
        f"After fine-tuning ({found.source}) the same probe reads {_percent(found.tuned)} instead "
        f"of {_percent(found.frozen)}. Linear CKA to the start is {first.cka:.2f} at {first.name} "
        f"and {last.cka:.2f} at {last.name}; the weights of {most.name} moved most, by "
        f"{_percent(most.weight_change)} of their length."
    )
    verdict = _weigh(found.gained)
    words = {
        "guilty": f"Freezing is what hurts: features that may move are read better by "
        f"{_points(found.gained)}.",
        "partly": f"Features that may move are a little better: {_points(found.gained)}.",
        "cleared": f"Fine-tuning finds nothing better: {_points(found.gained)}.",
    }
    return _suspect("drift", measured, verdict, found.gained.value, words[verdict])


def judge_norms(found: NormMeasurement) -> Suspect:
    """Judge whether stored statistics, or a change of mode, spoil the features."""
    measured = (
        f"A probe reads {_percent(found.inference)} with the stored statistics, "
        f"{_percent(found.batch)} with each batch's own; fitted on batch statistics and used with "
        f"stored ones, as old Keras did, {_percent(found.mixed)}."
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
        return _suspect("batch_statistics", measured, "guilty", lost, sentence)
    verdict = _weigh(found.gained)
    words = {
        "guilty": f"The stored statistics do not fit: the plates' own gain {_points(found.gained)}.",
        "partly": f"The plates' own statistics gain a little: {_points(found.gained)}.",
        "cleared": "The plates' own statistics gain nothing, and frozen layers answer alike in "
        "training and in use.",
    }
    return _suspect("batch_statistics", measured, verdict, found.gained.value, words[verdict])


def judge_scale(found: ScaleMeasurement) -> Suspect:
    """Judge whether pictures arrive in the range that the backbone's weights expect."""
    measured = "; ".join(
        f"{scale.name}: a probe reads {_percent(scale.accuracy)}, features vary by "
        f"{scale.spread:.3g} over plates, values of {scale.inputs[0]:.3g} to {scale.inputs[1]:.3g} "
        "reach the first layer"
        for scale in found.scales
    )
    verdict = _weigh(found.gained)
    words = {
        "guilty": f"Another range is read better, by {_points(found.gained)}: the preprocessing is "
        "wrong.",
        "partly": f"Another range is read a little better, by {_points(found.gained)}.",
        "cleared": "The preprocessing belongs to the network, and no other range is read better.",
    }
    return _suspect(
        "input_scale", _capitalise(measured) + ".", verdict, found.gained.value, words[verdict]
    )


def judge_remedy(found: RemedyMeasurement) -> Remedy:
    """Say what a remedy gained."""
    gained = found.gained
    if found.seeds < 2:
        sentence = f"{found.label}: {100 * gained.value:+.1f} points, from one run only."
    elif gained.low > 0:
        sentence = f"{found.label}: gains {_points(gained)}."
    elif gained.high < 0:
        lost = Difference(value=-gained.value, low=-gained.high, high=-gained.low)
        sentence = f"{found.label}: loses {_points(lost)}."
    else:
        sentence = f"{found.label}: cannot be told from no change, {_points(gained)}."
    return Remedy(
        name=found.variant,
        label=found.label,
        gain=gained.value,
        low=gained.low,
        high=gained.high,
        seeds=found.seeds,
        sentence=sentence,
    )


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


def not_measured(name: str, reason: str) -> Suspect:
    """Return a suspect that nothing is known about, and why."""
    return _suspect(name, "Nothing.", "not measured", 0.0, reason)


def rank_suspects(suspects: Iterable[Suspect]) -> list[Suspect]:
    """Return the symptom first, then the causes: by verdict, and by strength among equals."""
    return sorted(
        suspects, key=lambda s: (s.role != "symptom", _ORDER[s.verdict], -s.strength, s.name)
    )


def summarize(suspects: Iterable[Suspect]) -> str:
    """Return the answer in one or two sentences: who is guilty, or that nobody is."""
    ranked = rank_suspects(suspects)
    causes = [suspect for suspect in ranked if suspect.role == "cause"]
    blamed = [suspect for suspect in causes if suspect.verdict == "guilty"]
    blamed = blamed or [suspect for suspect in causes if suspect.verdict == "partly"]
    symptom = [suspect.sentence for suspect in ranked if suspect.role == "symptom"]
    if not blamed:
        return " ".join([*symptom, "No suspect is guilty."])
    return " ".join([*symptom, blamed[0].sentence])


def _weigh(charge: Difference) -> Verdict:
    """An effect counts when its interval excludes 0, and weighs by its size."""
    if charge.low <= 0 or charge.value < PARTLY:
        return "cleared"
    return "guilty" if charge.value >= GUILTY else "partly"


def _suspect(
    name: str,
    measured: str,
    verdict: Verdict,
    strength: float,
    sentence: str,
    role: Literal["symptom", "cause"] = "cause",
) -> Suspect:
    return Suspect(
        name=name,
        question=QUESTIONS[name],
        measured=measured,
        guilty_if=_capitalise(GUILTY_IF[name]),
        verdict=verdict,
        strength=min(max(strength, 0.0), 1.0),
        sentence=sentence,
        role=role,
    )


def _points(difference: Difference) -> str:
    """Return `12.3 points (10.1 to 14.5)`: hundredths of all characters, with the interval."""
    value, low, high = (100 * end for end in (difference.value, difference.low, difference.high))
    return f"{value:.1f} points ({low:.1f} to {high:.1f})"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


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
