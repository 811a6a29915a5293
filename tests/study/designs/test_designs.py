import pytest

from lpr_core.study.designs import (
    NOISE,
    NOISE_GRID,
    NUM_FOLDS,
    Design,
    PlateChoice,
    build_design,
    design_names,
    list_runs_of,
)
from lpr_core.study.presets import find_preset, study_preset_names
from lpr_core.training.config import TrainingConfig

BASE = TrainingConfig(manifest="plates.csv")


def build(name: str, **options) -> Design:
    return build_design(name, BASE, "start.h5", **options)


def test_the_designs_of_the_issue_are_there():
    assert set(design_names()) == {
        *("hypotheses", "noise", "freeze-depth", "learning-curve", "cross-validation"),
        "remedies",
    }


def test_hypotheses_are_transfer_times_noise():
    cells = {
        v.name: (v.factors["transfer"], v.factors["noise"]) for v in build("hypotheses").variants
    }
    assert cells == {
        "none": ("none", 0.0),
        "frozen": ("frozen", 0.0),
        "fine-tuned": ("fine-tuned", 0.0),
        "none+noise": ("none", NOISE),
        "frozen+noise": ("frozen", NOISE),
        "fine-tuned+noise": ("fine-tuned", NOISE),
    }


@pytest.mark.parametrize(
    ("name", "weights", "freeze", "noise"),
    [
        ("none", "none", 0.0, 0.0),
        ("frozen+noise", "start.h5", 1.0, NOISE),
        ("fine-tuned", "start.h5", 0.0, 0.0),
    ],
)
def test_a_variant_changes_what_it_names_and_nothing_else(name, weights, freeze, noise):
    config = build("hypotheses").find_variant(name).configure(BASE, seed=3)
    network = BASE.network.model_copy(update={"weights": weights, "freeze": freeze})
    assert config == BASE.model_copy(
        update={"network": network, "noise_strength": noise, "seed": 3}
    )


def test_noise_is_trained_with_the_whole_grid():
    design = build("noise")
    assert [v.configure(BASE).noise_strength for v in design.variants] == list(NOISE_GRID)
    assert len({v.configure(BASE).network for v in design.variants}) == 1


def test_freeze_depth_goes_from_open_to_frozen_for_each_backbone():
    design = build("freeze-depth")
    configs = [v.configure(BASE).network for v in design.variants]
    depths = {
        name: [c.freeze for c in configs if c.backbone == name]
        for name in ("xception", "efficientnet_b0", "efficientnet_lite0")
    }
    assert set(map(tuple, depths.values())) == {(0, 0.25, 0.5, 0.75, 1)}
    assert {c.weights for c in configs} == {"imagenet"}


def test_freeze_depth_is_large_enough_for_xception_and_keeps_the_size_otherwise():
    small = find_preset("smoke").configure("plates.csv")
    heights = {
        v.configure(small).network.height for v in build_design("freeze-depth", small, "").variants
    }
    assert heights == {96}
    own = build_design("freeze-depth", small, "start.h5", "compact")
    networks = [v.configure(small).network for v in own.variants]
    assert {(r.backbone, r.height, r.weights) for r in networks} == {("compact", 16, "start.h5")}


def test_learning_curve_grows_to_all_plates_with_and_without_transfer():
    shares = {
        transfer: [
            v.plates.share
            for v in build("learning-curve").variants
            if v.factors["transfer"] == transfer
        ]
        for transfer in ("none", "fine-tuned")
    }
    assert shares["none"] == shares["fine-tuned"] == [0.05, 0.1, 0.2, 0.4, 0.7, 1.0]


def test_cross_validation_asks_every_fold_of_both():
    folds = [(v.factors["transfer"], v.plates.fold) for v in build("cross-validation").variants]
    assert sorted(folds) == sorted(
        (transfer, fold) for transfer in ("none", "fine-tuned") for fold in range(NUM_FOLDS)
    )


def test_each_remedy_is_one_change_to_the_frozen_network():
    design = build("remedies")
    configs = {v.name: v.configure(BASE) for v in design.variants}
    changes = {
        name: (c.network.freeze, c.network.head, c.noise_strength) for name, c in configs.items()
    }
    assert changes == {
        "frozen": (1.0, "pooled", NOISE),
        "unfreeze": (0.0, "pooled", NOISE),
        "keep-position": (1.0, "positional", NOISE),
        "milder-noise": (1.0, "pooled", 0.03),
        "all": (0.0, "positional", 0.03),
    }
    assert {c.network.weights for c in configs.values()} == {"start.h5"}


@pytest.mark.parametrize("preset", study_preset_names())
@pytest.mark.parametrize("name", design_names())
def test_every_design_works_with_every_preset(name, preset):
    base = find_preset(preset).configure("plates.csv")
    design = build_design(name, base, "imagenet")
    assert design.question.endswith("?")
    names = [v.name for v in design.variants]
    assert len(set(names)) == len(names)
    assert not any(set(name) & set(" /\\") for name in names)
    for variant in design.variants:
        assert variant.configure(base, seed=1).seed == 1
        assert variant.record().factors == variant.factors


def test_runs_come_seed_after_seed():
    design = build("hypotheses")
    keys = [(v.name, seed) for v, seed in list_runs_of(design, (0, 1), ("frozen", "none"))]
    assert keys == [("frozen", 0), ("none", 0), ("frozen", 1), ("none", 1)]
    assert len(list(list_runs_of(design, (0, 1)))) == 12


def test_unknown_names_list_the_known_ones():
    with pytest.raises(ValueError, match=r"designs are hypotheses, freeze-depth, .*Received: 'x'"):
        build("x")
    with pytest.raises(ValueError, match=r"hypotheses has the variants none, .*Received: 'y'"):
        list(list_runs_of(build("hypotheses"), (0,), ("y",)))


def test_whole_plates():
    assert PlateChoice().is_whole
    assert not PlateChoice(share=0.5).is_whole
    assert not PlateChoice(fold=0).is_whole
