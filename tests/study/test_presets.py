import pytest

from lpr_core.backbones.facts import backbone_names, least_size
from lpr_core.places import SHIPPED_DIR
from lpr_core.study.designs import build_design
from lpr_core.study.presets import find_preset, study_preset_names
from lpr_core.tasks.reading.config import ReadingConfig
from lpr_core.training.config import TrainingConfig


def test_account_is_the_account():
    preset = find_preset("account")
    config = preset.configure("plates.csv")
    assert config == TrainingConfig(
        manifest="plates.csv",
        network=ReadingConfig(
            backbone="efficientnet_b0", height=224, width=224, head="pooled", dense_units=360
        ),
        batch_size=16,
        epochs=10,
        optimizer="adam",
        learning_rate=1e-4,
    )
    assert (preset.plates.num_train, preset.plates.num_validation) == (10_000, 3_000)


@pytest.mark.parametrize("name", study_preset_names())
def test_every_preset_has_enough_plates_and_takes_another_backbone(name):
    preset = find_preset(name)
    config = preset.configure("plates.csv", "mobilenet_v2_0.35")
    assert config.network.backbone == "mobilenet_v2_0.35"
    assert config.network.head == preset.configure("plates.csv").network.head
    # The smallest share of the learning curve fills a batch.
    assert 0.05 * preset.plates.num_train >= config.batch_size


@pytest.mark.parametrize("name", ["account", "laptop"])
def test_the_main_design_has_eight_seeds_and_the_others_three(name):
    preset = find_preset(name)
    base = preset.configure("plates.csv")
    counts = {
        design: preset.count_seeds(build_design(design, base, "imagenet"))
        for design in ("hypotheses", "noise")
    }
    assert counts == {"hypotheses": 8, "noise": 3}


def test_small_presets_grow_for_backbones_that_need_it():
    least = {"compact": 16, "xception": 71, "inception_resnet_v2": 75}
    for name in backbone_names():
        needed = least.get(name, 32)
        assert least_size(name) == needed
        network = find_preset("smoke").configure("plates.csv", name).network
        assert (network.height, network.width) == (max(16, needed), max(48, needed))


def test_compact_starts_from_the_shipped_reader_and_others_from_imagenet():
    shipped = str(SHIPPED_DIR / "models" / "seven")
    smoke, laptop = find_preset("smoke"), find_preset("laptop")
    assert (smoke.find_weights(None), smoke.find_weights("xception")) == (shipped, "imagenet")
    assert (laptop.find_weights(None), laptop.find_weights("compact")) == ("imagenet", shipped)


def test_unknown_names_are_told():
    with pytest.raises(ValueError, match=r"presets are account, laptop, smoke. Received: 'big'"):
        find_preset("big")
    with pytest.raises(ValueError, match="backbone"):
        find_preset("smoke").configure("plates.csv", "alexnet")
