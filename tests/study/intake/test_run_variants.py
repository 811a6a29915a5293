"""Single trainings become variants: equal settings are one, others are called by what differs."""

import pytest

from lpr_core.study.designs import find_design, find_design_of
from lpr_core.study.intake.variants import tell_apart
from lpr_core.training.config import TrainingConfig
from lpr_core.training.runs import FREE_FIELDS


def record(*, seed: int = 0, train_rows: int = 500, **config) -> dict:
    network = {"backbone": "compact", **config.pop("network", {})}
    config = {"manifest": f"/{seed}.csv", "seed": seed, "network": network, **config}
    return {"config": config, "data": {"train_rows": train_rows}}


FROZEN = {"weights": "imagenet", "freeze": 1.0}


def names(*records: dict) -> list[str]:
    return [variant.name for variant in tell_apart(records)]


def labels(*records: dict) -> list[str]:
    return [variant.label for variant in tell_apart(records)]


def test_seeds_paths_and_speed_make_no_variant():
    runs = [record(seed=seed, **dict.fromkeys(FREE_FIELDS, seed)) for seed in range(3)]
    assert names(*runs) == ["none"] * 3
    assert set(TrainingConfig.model_fields) >= FREE_FIELDS


def test_the_cells_of_the_hypotheses():
    noisy = {"noise_strength": 0.1}
    tuned = {"weights": "imagenet"}
    runs = [
        record(network=network, **noise) for network in ({}, FROZEN, tuned) for noise in ({}, noisy)
    ]
    variants = tell_apart(runs)
    assert [(variant.name, variant.label) for variant in variants] == [
        ("none", "From scratch"),
        ("none+noise-0.1", "From scratch, noise 0.1"),
        ("frozen", "Frozen"),
        ("frozen+noise-0.1", "Frozen, noise 0.1"),
        ("fine-tuned", "Fine-tuned"),
        ("fine-tuned+noise-0.1", "Fine-tuned, noise 0.1"),
    ]
    assert variants[3].factors == {"transfer": "frozen", "noise": 0.1}
    assert find_design_of(variants).asked.judges_hypotheses


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"learning_rate": 0.1}, {"learning_rate": 0.2}),
        ({"noise_strength": 0.1}, {"noise_strength": 0.2}),
        ({"train_rows": 500}, {"train_rows": 600}),
        ({"network": FROZEN, "epochs": 5}, {"epochs": 8}),  # in two cells
        ({"network": {"weights": "a", "freeze": 0.2}}, {"network": {"weights": "a"}}),
    ],
)
def test_whatever_else_differs_is_no_factorial(one, other):
    variants = tell_apart([record(**one), record(**other)])
    assert len({variant.name for variant in variants}) == 2
    assert find_design_of(variants) == find_design("trainings")


def test_what_differs_stands_in_names_and_labels():
    runs = [record(epochs=5), record(epochs=8, train_rows=40), record(epochs=5, seed=1)]
    assert names(*runs) == [
        "none+epochs-5+training-plates-500",
        "none+epochs-8+training-plates-40",
        "none+epochs-5+training-plates-500",
    ]
    assert labels(*runs)[1] == "From scratch, epochs 8, training plates 40"


def test_settings_that_make_the_cells_are_told_within_one_only():
    runs = [
        record(network={"weights": "/here/one.h5", "freeze": 0.5}),
        record(network={"weights": "/there/one.h5", "freeze": 0.25}),
        record(network=FROZEN | {"weights": "one.h5"}),
    ]
    assert labels(*runs) == [
        "Fine-tuned, freeze 0.5",
        "Fine-tuned, freeze 0.25",
        "Frozen, freeze 1",
    ]


def test_many_settings_are_cut_off_and_numbered():
    runs = [
        record(epochs=5, batch_size=8, clip_norm=None, warmup=warmup, schedule="x" * 90)
        for warmup in (0.1, 0.2)
    ]
    runs.append(record(epochs=6, batch_size=9, clip_norm=1.0, warmup=0.1, schedule="y" * 90))
    found = tell_apart(runs)
    assert [variant.label for variant in found] == [
        "From scratch, epochs 5, batch size 8, clip norm none",
        "From scratch, epochs 5, batch size 8, clip norm none (2)",
        "From scratch, epochs 6, batch size 9, clip norm 1",
    ]
    assert [variant.name[-2:] for variant in found] == ["ne", "-2", "-1"]
    assert all(len(variant.name) < 80 for variant in found)
