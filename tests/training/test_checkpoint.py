import keras
import numpy as np
import pytest

from lpr_core.training.checkpoint import restore_checkpoint, save_checkpoint


def make_model() -> keras.Model:
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.5),
        ]
    )
    optimizer = keras.optimizers.Adam(0.1, use_ema=True)
    model.compile(optimizer, "mse", run_eagerly=True)
    return model


def step(model) -> float:
    return float(model.train_on_batch(np.ones((8, 3), np.float32), np.zeros((8, 4), np.float32)))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run" / "checkpoint.npz"


def test_a_restored_model_goes_on_alike(path):
    model, other = make_model(), make_model()
    restore_checkpoint(path, model)
    for _ in range(3):
        step(model)
    save_checkpoint(path, model, num_epochs=3)
    assert restore_checkpoint(path, other) == 3
    model.reset_metrics()
    # Dropout draws the same places, and Adam takes the same steps.
    assert [step(model), step(model)] == pytest.approx([step(other), step(other)], rel=1e-6)
    for ours, theirs in zip(model.optimizer.variables, other.optimizer.variables, strict=True):
        np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=1e-5, atol=1e-7)


def test_without_a_file_nothing_changes(path):
    model = make_model()
    before = model.get_weights()
    assert restore_checkpoint(path, model) == 0
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_later_checkpoint_takes_the_place_of_an_earlier_one(path):
    model = make_model()
    restore_checkpoint(path, model)
    for num_epochs in (1, 2):
        save_checkpoint(path, model, num_epochs)
    assert restore_checkpoint(path, model) == 2
    assert [file.name for file in path.parent.iterdir()] == ["checkpoint.npz"]
