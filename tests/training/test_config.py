import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lpr_core.training.config import TrainingConfig
from lpr_core.training.presets import build_preset, preset_names


def test_the_defaults_are_the_accounts():
    config = TrainingConfig(manifest="plates.csv")
    assert (config.optimizer, config.learning_rate) == ("adam", 1e-4)
    assert (config.batch_size, config.epochs, config.schedule) == (16, 10, "constant")
    network = config.network
    assert (network.backbone, network.head) == ("efficientnet_b0", "pooled")
    assert (network.height, network.width) == (224, 224)
    assert (network.dense_units, network.dropout, network.weights) == (360, 0.2, "none")
    assert config.noise_strength == config.label_smoothing == 0
    assert config == build_preset("account", "plates.csv")


@pytest.mark.parametrize("name", preset_names())
def test_presets_come_back_from_json(name):
    config = build_preset(name, "plates.csv", seed=7)
    assert config.seed == 7
    assert TrainingConfig.model_validate_json(config.model_dump_json()) == config


def test_a_preset_keeps_what_is_not_changed():
    config = build_preset("compact", "p.csv", batch_size=8, network={"head": "pooled"})
    assert (config.batch_size, config.optimizer) == (8, "adamw")
    assert (config.network.head, config.network.width) == ("pooled", 192)


def test_an_unknown_preset():
    with pytest.raises(ValueError, match=r"must be one of account, compact, .* Received: 'acount'"):
        build_preset("acount", "p.csv")


@given(
    seed=st.integers(0, 2**32),
    severity=st.none() | st.floats(0, 1) | st.tuples(st.floats(0, 1), st.floats(0, 1)),
    ema_momentum=st.none() | st.floats(0.01, 0.999),
    weights=st.text(),
)
def test_any_configuration_comes_back_from_json(seed, severity, ema_momentum, weights):
    config = TrainingConfig(
        manifest="p.csv",
        seed=seed,
        camera_severity=severity,
        ema_momentum=ema_momentum,
        network={"weights": weights},
    )
    assert TrainingConfig.model_validate_json(config.model_dump_json()) == config


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epoch": 3}, "epoch\n  Extra inputs are not permitted"),
        ({"network": {"size": 3}}, "size\n  Extra inputs are not permitted"),
        ({"epochs": 0}, "epochs\n  .*greater than or equal to 1"),
        ({"batch_size": 0}, "batch_size\n  .*greater than or equal to 1"),
        ({"learning_rate": 0}, "learning_rate\n  .*greater than 0"),
        ({"optimizer": "sgdw"}, "Input should be 'adam', 'adamw' or 'sgd'"),
        ({"noise_strength": 25.5}, "noise_strength\n  .*less than or equal to 1"),
        ({"camera_severity": 2}, "`camera_severity` must lie in 0 to 1. Received: 2"),
        ({"camera_severity": [0.5, 1.5]}, "must lie in 0 to 1. Received: "),
        ({"warmup": 0.1}, "`warmup` needs the cosine schedule. Received: 0.1"),
        ({"schedule": "cosine", "plateau_patience": 2}, "needs the constant schedule"),
        ({"schedule": "steps", "plateau_patience": 2}, "needs the constant schedule"),
        ({"schedule": "steps", "warmup": 0.1}, "`warmup` needs the cosine schedule. Received: 0.1"),
        ({"schedule": "steps", "rate_steps": (0.8, 0.2)}, "`rate_steps` must rise"),
        ({"ema_momentum": 1}, "ema_momentum\n  .*less than 1"),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValidationError, match=message):
        TrainingConfig(manifest="p.csv", **settings)


def test_a_configuration_does_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        TrainingConfig(manifest="p.csv").epochs = 3
