import numpy as np
import pandas as pd
import pytest

from lpr_core.backbones import build as backbones
from lpr_core.tasks.networks import load_network
from lpr_core.training.features import has_fixed_features
from lpr_core.training.fit import train_run
from tests.kit.histories import HISTORY_COLUMNS
from tests.kit.training_kit import (
    eager_networks,
    make_reading_config,
    make_training_config,
    tiny_backbone,
    write_plates,
)

# h5py hands arrays to NumPy 2 in the old way when Keras writes weights.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module", autouse=True)
def tiny_network():
    """A network of one convolution in the place of `compact`, that runs its steps eagerly."""
    with eager_networks(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(backbones._BACKBONES, "compact", tiny_backbone())
        yield


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    return write_plates(tmp_path_factory.mktemp("plates"))


def frozen_config(manifest, head="pooled", **settings):
    network = make_reading_config(head=head, freeze=1.0)
    return make_training_config(manifest, network, **{"epochs": 2, **settings})


@pytest.mark.parametrize("head", ["pooled", "positional", "attention"])
def test_a_head_on_features_learns_as_one_on_pictures(manifest, tmp_path, head):
    config = frozen_config(manifest, head, seed=3, ema_momentum=0.9)
    on_pictures = train_run(config, tmp_path / "pictures")
    on_features = train_run(config, tmp_path / "features", feature_dir=tmp_path / "kept")
    columns = list(HISTORY_COLUMNS[:-1])  # without the seconds
    np.testing.assert_allclose(
        on_features.read_history()[columns], on_pictures.read_history()[columns], rtol=1e-3
    )
    pd.testing.assert_frame_equal(
        on_features.read_predictions()[["truth", "text"]],
        on_pictures.read_predictions()[["truth", "text"]],
    )


def test_the_whole_network_is_kept(manifest, tmp_path):
    run = train_run(frozen_config(manifest), tmp_path / "run", feature_dir=tmp_path / "kept")
    assert load_network(run.path).input_shape == (None, 16, 48, 3)
    metrics = run.read_metrics()
    assert 0 < metrics["num_trainable"] < metrics["num_parameters"]


def test_runs_with_the_same_backbone_share_their_features(manifest, tmp_path):
    donor = train_run(make_training_config(manifest, epochs=1), tmp_path / "donor")
    network = make_reading_config(head="pooled", freeze=1.0, weights=str(donor.path))
    kept = tmp_path / "kept"
    for seed in (0, 1):
        config = make_training_config(manifest, network, epochs=1, seed=seed)
        train_run(config, tmp_path / f"run-{seed}", feature_dir=kept)
    assert len(list(kept.iterdir())) == 2  # training and validation plates


def test_random_backbones_share_nothing(manifest, tmp_path):
    for seed in (0, 1):
        config = frozen_config(manifest, epochs=1, seed=seed)
        train_run(config, tmp_path / f"run-{seed}", feature_dir=tmp_path / "kept")
    assert len(list((tmp_path / "kept").iterdir())) == 4


@pytest.mark.parametrize(
    ("network", "settings", "expected"),
    [
        pytest.param({"freeze": 1.0}, {}, True, id="frozen"),
        pytest.param({"open_layers": 0}, {}, True, id="no layer open"),
        pytest.param({"freeze": 0.9}, {}, False, id="nearly frozen"),
        pytest.param({"open_layers": 1}, {}, False, id="one layer open"),
        pytest.param({"freeze": 1.0}, {"noise_strength": 0.1}, False, id="noise"),
        pytest.param({"freeze": 1.0}, {"camera_severity": 0.0}, False, id="camera"),
    ],
)
def test_features_are_fixed_where_nothing_below_the_head_changes(network, settings, expected):
    config = make_training_config("m.csv", make_reading_config(**network), **settings)
    assert has_fixed_features(config) is expected


def test_noisy_runs_ask_for_no_features(manifest, tmp_path):
    config = frozen_config(manifest, epochs=1, noise_strength=0.05)
    train_run(config, tmp_path / "run", feature_dir=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
