import keras
import numpy as np
import pytest
from pydantic import ValidationError

from lpr_core.backbones import build as backbones
from lpr_core.backbones.freezing import freeze_backbone
from lpr_core.backbones.norms import list_norms
from lpr_core.plates.format import SEVEN
from lpr_core.tasks.networks import build_network, load_network, save_network
from lpr_core.tasks.reading.config import ReadingConfig, head_names
from lpr_core.tasks.reading.heads import pooled_head, positional_head
from lpr_core.tasks.saved import read_network_config
from tests.kit.training_kit import (
    HEIGHT,
    PLATE_FORMAT,
    WIDTH,
    make_reading_config,
    tiny_backbone,
)

# h5py hands arrays to NumPy 2 in the old way when Keras writes weights.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture
def tiny_network(monkeypatch):
    monkeypatch.setitem(backbones._BACKBONES, "compact", tiny_backbone())


def answer(recognizer, pictures) -> np.ndarray:
    return np.asarray(recognizer(pictures, training=False))


@pytest.fixture
def pictures() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (3, HEIGHT, WIDTH, 3)).astype(np.float32)


def test_the_default_is_the_accounts_network():
    recognizer = build_network(ReadingConfig())
    assert recognizer.count_params() == 7_376_216
    assert recognizer.input_shape == (None, 224, 224, 3)
    assert recognizer.output_shape == (None, 7, 35)
    assert recognizer.get_layer("backbone").output_shape == (None, 7, 7, 1280)
    names = [layer.name for layer in recognizer.layers]
    assert {"image", "avg_pool", "branch_0_Dense_360", "branch_6_output"} < set(names)
    branch = recognizer.get_layer("branch_3_Dense_360"), recognizer.get_layer("branch_3_output")
    assert [layer.kernel.shape for layer in branch] == [(1280, 360), (360, 35)]


@pytest.mark.parametrize("head", head_names())
def test_each_slot_has_probabilities(tiny_network, pictures, head):
    recognizer = build_network(make_reading_config(head=head))
    probabilities = answer(recognizer, pictures)
    assert probabilities.shape == (3, PLATE_FORMAT.slots, PLATE_FORMAT.num_symbols)
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=2), np.ones((3, 3)), atol=1e-6)
    assert recognizer.input.name == "image"


@pytest.mark.parametrize(("head", "keeps_place"), [("pooled", False), ("positional", True)])
def test_what_a_head_knows_of_places(tiny_network, head, keeps_place):
    """A dark bar at the left and one at the right are the same to a head that pools all."""
    left = np.full((1, HEIGHT, WIDTH, 3), 255, np.float32)
    left[:, :, 8:12] = 0
    right = np.roll(left, 24, axis=2)
    recognizer = build_network(make_reading_config(head=head), seed=0)
    answers = [answer(recognizer, picture) for picture in (left, right)]
    assert np.allclose(*answers, atol=1e-5) is not keeps_place


def test_positional_and_pooled_heads_are_of_one_size():
    features = keras.Input((7, 7, 1280))
    pooled, positional = (
        keras.Model(features, head(features, SEVEN, dense_units=360, dropout=0.2)).count_params()
        for head in (pooled_head, positional_head)
    )
    assert pooled == 3_326_645
    assert positional == pytest.approx(pooled, rel=0.1)


def test_equal_seeds_give_equal_networks(tiny_network, pictures):
    answers = [
        answer(build_network(make_reading_config(), seed=seed), pictures) for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(answers[0], answers[1])
    assert not np.allclose(answers[0], answers[2], atol=1e-4)


@pytest.mark.parametrize("head", head_names())
def test_saved_and_loaded_recognizers_agree(tiny_network, pictures, tmp_path, head):
    config = make_reading_config(head=head, freeze=0.5)
    recognizer = build_network(config)
    recognizer.compile("adam", "categorical_crossentropy", run_eagerly=True)
    recognizer.train_on_batch(pictures, np.eye(4, dtype=np.float32)[np.zeros((3, 3), int)])
    save_network(recognizer, config, tmp_path)
    assert read_network_config(tmp_path) == config
    loaded = load_network(tmp_path)
    np.testing.assert_allclose(answer(loaded, pictures), answer(recognizer, pictures), atol=1e-6)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "network.json",
        "network.weights.h5",
    ]


def test_a_keras_file_of_a_recognizer_needs_no_custom_objects(tiny_network, pictures, tmp_path):
    recognizer = build_network(make_reading_config())
    recognizer.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(answer(loaded, pictures), answer(recognizer, pictures), atol=1e-6)


def test_a_folder_without_a_recognizer(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no network"):
        load_network(tmp_path)


class TestWeightsOfAnotherRun:
    @pytest.fixture
    def donor(self, tiny_network, tmp_path):
        config = make_reading_config(head="pooled")
        donor = build_network(config, seed=7)
        save_network(donor, config, tmp_path / "donor")
        return donor, str(tmp_path / "donor")

    def test_only_the_backbone_is_taken(self, donor):
        network, folder = donor
        taker = build_network(make_reading_config(head="attention", weights=folder))
        received = taker.get_layer("backbone").get_weights()
        for old, new in zip(network.get_layer("backbone").get_weights(), received, strict=True):
            np.testing.assert_array_equal(old, new)

    def test_the_whole_network_is_taken(self, donor, pictures):
        network, folder = donor
        config = make_reading_config(head="pooled", weights=folder, weights_scope="network")
        np.testing.assert_array_equal(
            answer(build_network(config), pictures), answer(network, pictures)
        )

    def test_another_head_does_not_fit(self, donor):
        config = make_reading_config(weights=donor[1], weights_scope="network")
        with pytest.raises(ValueError, match="differs from this one; take only its backbone"):
            build_network(config)

    def test_another_backbone_does_not_fit(self, donor):
        config = make_reading_config(backbone="vgg16", height=32, weights=donor[1])
        with pytest.raises(ValueError, match=r"a run with the backbone vgg16\. .* \(compact\)"):
            build_network(config)


class TestBatchNormMomentum:
    @pytest.mark.parametrize(("asked", "expected"), [(None, {0.8, 0.99}), (0.97, {0.97})])
    def test_every_norm_has_it(self, tiny_network, asked, expected):
        config = make_reading_config(head="pooled", batch_norm_momentum=asked)
        norms = list_norms(build_network(config))
        assert len(norms) == 1 + config.plate_format.slots  # the backbone's, the branches'
        assert {norm.momentum for norm in norms} == expected


class TestFreezing:
    """The tiny backbone has five layers: image, preprocess, conv, bn, relu."""

    @pytest.mark.parametrize(
        ("settings", "open_names"),
        [
            ({}, ["conv", "bn"]),
            ({"freeze": 1.0}, []),
            ({"freeze": 0.4}, ["conv", "bn"]),  # image and preprocess
            ({"freeze": 0.6}, ["bn"]),
            ({"open_layers": 0}, []),
            ({"open_layers": 2}, ["bn"]),
            ({"open_layers": 99}, ["conv", "bn"]),
            ({"freeze_batch_norm": True}, ["conv"]),
            ({"open_layers": 3, "freeze_batch_norm": True}, ["conv"]),
        ],
    )
    def test_open_layers(self, tiny_network, settings, open_names):
        recognizer = build_network(make_reading_config(**settings))
        layers = recognizer.get_layer("backbone").layers
        assert [layer.name for layer in layers if layer.trainable_weights] == open_names

    def test_the_head_always_learns(self, tiny_network):
        recognizer = build_network(make_reading_config(freeze=1.0))
        trainable = {weight.path.split("/")[0] for weight in recognizer.trainable_weights}
        assert trainable == {"position", "slot_attention", "slot_dense", "plate"}

    def test_frozen_statistics_do_not_move(self, tiny_network, pictures):
        recognizer = build_network(make_reading_config(freeze=1.0))
        backbone = recognizer.get_layer("backbone")
        before = backbone.get_weights()
        recognizer(pictures, training=True)
        for old, new in zip(before, backbone.get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)
        freeze_backbone(backbone)
        recognizer(pictures, training=True)
        moved = backbone.get_layer("bn").moving_mean
        assert not np.array_equal(np.asarray(moved), np.zeros(8))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"backbone": "b7"}, "Input should be 'compact', 'efficientnet_b0'"),
        ({"head": "magic"}, "Input should be 'pooled', 'positional', 'attention' or 'context'"),
        ({"freeze": 0.5, "open_layers": 3}, "`freeze` and `open_layers` exclude each other"),
        ({"freeze": 1.5}, "less than or equal to 1"),
        ({"height": 0}, "greater than or equal to 16"),
        ({"color": "grey"}, "Extra inputs are not permitted"),
    ],
)
def test_bad_configurations(settings, message):
    with pytest.raises(ValidationError, match=message):
        ReadingConfig(**settings)
