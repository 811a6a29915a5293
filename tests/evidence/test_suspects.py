import json

import pytest

from lpr_core.evidence.suspects.judges import (
    judge_drift,
    judge_features,
    judge_gap,
    judge_memory,
    judge_norms,
    judge_position,
    judge_scale,
    judge_suspects,
)
from lpr_core.evidence.suspects.measurements import (
    Difference,
    DriftMeasurement,
    FeaturesMeasurement,
    FormScore,
    GapMeasurement,
    LayerDrift,
    MemoryMeasurement,
    NormDistance,
    NormMeasurement,
    PositionMeasurement,
    ScaleMeasurement,
    ScaleScore,
    StageScore,
)
from lpr_core.evidence.suspects.suspects import (
    QUESTIONS,
    Suspect,
    not_measured,
    rank_suspects,
    summarize,
    weigh,
)


def about(value, half=0.01):
    return Difference(value=value, low=value - half, high=value + half)


def gap(train=0.9, validation=0.4, **others):
    values = {"variant": "frozen", "seeds": 8, "baseline": 0.07, "gap": about(train - validation)}
    return GapMeasurement(train=train, validation=validation, **values | others)


def memory(gap_value, memorised):
    return MemoryMeasurement(
        epochs=10,
        num_train=10_000,
        baseline=0.07,
        train_true=0.4 + gap_value,
        validation_true=0.4,
        train_shuffled=0.07 + memorised,
        validation_shuffled=0.05,
        gap=about(gap_value),
        memorised=about(memorised),
    )


def form(accuracy, place=0.5):
    return FormScore(accuracy=accuracy, slots=[accuracy] * 7, anywhere=0.8, place=place)


def position(lost=0.3, head="pooled"):
    return PositionMeasurement(
        head=head,
        pooled=form(0.3),
        unpooled=form(0.3 + lost, 0.9),
        scrambled=form(0.25),
        lost=about(lost),
    )


def features(missed):
    scores = (("picture", 0.2), ("1/8", 0.4 + missed), ("1/32", 0.4), ("random 1/32", 0.1))
    stages = [StageScore(name=name, pooled=0.1, unpooled=value) for name, value in scores]
    return FeaturesMeasurement(stages=stages, last="1/32", best="1/8", missed=about(missed))


def drift(gained):
    layers = [
        LayerDrift(name="stem", weight_change=0.01, cka=0.99),
        LayerDrift(name="middle", weight_change=0.5),
        LayerDrift(name="top", weight_change=0.2, cka=0.31),
    ]
    return DriftMeasurement(
        source="planted", layers=layers, frozen=0.4, tuned=0.4 + gained, gained=about(gained)
    )


def norms(gained, moves=0.0):
    return NormMeasurement(
        layers=[
            NormDistance(name="near", mean_shift=0.1, scale_shift=0.1),
            NormDistance(name="far", mean_shift=1.5, scale_shift=0.2),
        ],
        inference=0.4,
        batch=0.4 + gained,
        mixed=0.1,
        frozen_moves=moves,
        gained=about(gained),
    )


def scales(gained):
    right = ScaleScore(name="0 to 255", inputs=(-1, 1), spread=0.3, norm_shift=0.2, accuracy=0.4)
    wrong = right.model_copy(update={"name": "0 to 1", "accuracy": 0.4 + gained})
    return ScaleMeasurement(scales=[right, wrong], backbones={}, gained=about(gained))


@pytest.mark.parametrize(
    ("charge", "verdict"),
    [
        (about(0.5), "guilty"),
        (about(0.1), "guilty"),
        (about(0.099), "partly"),
        (about(0.03), "partly"),
        (about(0.029), "cleared"),
        (about(0.0), "cleared"),
        (about(-0.4), "cleared"),
        (about(0.2, half=0.21), "cleared"),  # large, but it may be nothing
        (about(0.2, half=0.2), "cleared"),
    ],
)
def test_a_charge_counts_by_its_size_and_its_interval(charge, verdict):
    assert weigh(charge) == verdict


@pytest.mark.parametrize(
    ("judge", "plant"),
    [
        (judge_position, position),
        (judge_features, features),
        (judge_drift, drift),
        (judge_norms, norms),
        (judge_scale, scales),
        (judge_memory, lambda value: memory(value, 0.9)),
        (judge_memory, lambda value: memory(0.6, value)),
        (judge_gap, lambda value: gap(0.4 + value, 0.4)),
    ],
)
def test_the_guilty_are_found_and_the_innocent_cleared(judge, plant):
    verdicts = {value: judge(plant(value)) for value in (0.3, 0.06, 0.0, -0.2)}
    assert [suspect.verdict for suspect in verdicts.values()] == [
        "guilty",
        "partly",
        "cleared",
        "cleared",
    ]
    assert [suspect.strength for suspect in verdicts.values()] == pytest.approx([0.3, 0.06, 0, 0])
    assert len({suspect.sentence for suspect in verdicts.values()}) >= 3


def test_a_suspect_in_whole():
    assert judge_position(position()).model_dump() == {
        "name": "position",
        "question": "Does pooling throw away where a symbol stands?",
        "measured": "A linear probe reads 60.0 % of the characters from the whole map, 30.0 % from "
        "the pooled vector and 25.0 % from the map with its places in disorder. Pooled, it tells "
        "whether a symbol is anywhere on the plate with an area of 0.80, and where it stands with "
        "0.50 (unpooled 0.90; 0.5 is chance).",
        "guilty_if": "a probe reads the whole map much better than the pooled vector, and better "
        "than the same map with its places in disorder: the symbols are there, their order is not.",
        "verdict": "guilty",
        "strength": 0.3,
        "sentence": "Pooling costs 30.0 pp (29.0 to 31.0) that the map still has.",
        "role": "cause",
    }


def test_a_head_that_keeps_places_loses_none():
    suspect = judge_position(position(head="positional"))
    assert (suspect.verdict, suspect.strength) == ("cleared", 0)
    assert suspect.sentence == (
        "The head positional keeps the places; pooling would cost 30.0 pp (29.0 to 31.0)."
    )


def test_no_gap_because_nothing_was_learned():
    suspect = judge_gap(gap(0.1, 0.09))
    assert suspect.role == "symptom"
    assert suspect.sentence == (
        "There is no gap to speak of: it did not learn its training plates either."
    )
    assert judge_gap(gap(0.9, 0.9)).sentence == (
        "There is no gap to speak of: it reads both about equally."
    )


def test_memory_needs_both_a_gap_and_the_means():
    assert judge_memory(memory(0.0, 0.9)).sentence == (
        "It can memorise, but what it learns from true labels carries over."
    )
    assert (
        judge_memory(memory(0.5, 0.0)).sentence == "In this time it cannot learn plates by heart."
    )


def test_a_layer_that_changes_with_the_mode_is_guilty_whatever_it_costs():
    suspect = judge_norms(norms(0.0, moves=0.2))
    assert suspect.verdict == "guilty"
    assert suspect.strength == pytest.approx(0.3)  # inference less mixed
    assert "its features move by up to 0.2" in suspect.sentence


def test_a_gap_of_one_run_has_no_interval():
    assert "1 run: 90.0 %" in judge_gap(gap(seeds=1)).measured
    assert "alone; gap 50.0 pp." in judge_gap(gap(seeds=1)).measured
    assert "alone; gap 50.0 pp (49.0 to 51.0)." in judge_gap(gap()).measured


ALL = {
    "gap": gap(),
    "memory": memory(0.4, 0.05),
    "position": position(0.3),
    "features": features(0.15),
    "drift": drift(0.45),
    "batch_statistics": norms(0.0),
    "input_scale": scales(-0.3),
}


def test_the_ranking():
    suspects = judge_suspects(ALL)
    assert [(suspect.name, suspect.verdict) for suspect in suspects] == [
        ("gap", "guilty"),
        ("drift", "guilty"),
        ("position", "guilty"),
        ("features", "guilty"),
        ("memory", "partly"),
        ("batch_statistics", "cleared"),
        ("input_scale", "cleared"),
    ]
    assert summarize(suspects) == (
        "The gap is real: it knows its training plates much better than others. Freezing is what "
        "hurts: features that may move are read better by 45.0 pp (44.0 to 46.0)."
    )


def test_measurements_survive_json():
    saved = {name: json.loads(found.model_dump_json()) for name, found in ALL.items()}
    assert judge_suspects(saved) == judge_suspects(ALL)


def test_what_was_not_measured_says_why():
    suspects = judge_suspects({"gap": ALL["gap"]}, {"drift": "No weights."})
    assert {suspect.name for suspect in suspects} == set(QUESTIONS)
    reasons = {suspect.name: suspect.sentence for suspect in suspects[1:]}
    assert reasons.pop("drift") == "No weights."
    assert set(reasons.values()) == {"It has not been measured yet."}
    assert summarize(suspects).endswith("others. No cause has been measured yet.")


def test_a_damaged_measurement_is_named():
    with pytest.raises(ValueError, match="seeds"):
        judge_suspects({"gap": {"variant": "frozen"}})


def test_the_order_of_suspects_does_not_matter():
    suspects = judge_suspects(ALL)
    assert rank_suspects(reversed(suspects)) == suspects
    assert Suspect.model_validate(suspects[0].model_dump()) == suspects[0]


def test_the_partly_guilty_are_named_where_nobody_is_guilty():
    suspects = judge_suspects({"features": features(0.05), "drift": drift(0.0)})
    assert summarize(suspects) == (
        "The last stage has lost a little: stage 1/8 can be read better by 5.0 pp (4.0 to 6.0)."
    )
    assert summarize([judge_drift(drift(0.0))]) == "No suspect is guilty."


def test_the_symptom_stays_one_unmeasured():
    assert [not_measured(name, "").role for name in ("gap", "drift")] == ["symptom", "cause"]
