import keras
import pytest

from lpr_core.training.patience import find_best_epoch, is_out_of_patience, rate_after_plateau

# Losses that improve, rest, improve by a hair, and rise.
LOSSES = [3.0, 2.0, 2.0, 2.1, 1.9, 1.9, 2.0, 2.5, 2.6, 3.0, 1.0, 1.1]


def rows(values, monitor="val_loss", rates=None):
    rates = rates or [0.1] * len(values)
    return [
        {monitor: value, "learning_rate": rate} for value, rate in zip(values, rates, strict=True)
    ]


@pytest.mark.parametrize(
    ("monitor", "values", "best"),
    [
        ("val_loss", [3.0, 1.0, 2.0], 1),
        ("val_loss", [1.0, 1.0], 0),
        ("val_plate_accuracy", [0.3, 0.1, 0.2], 0),
        ("val_character_accuracy", [0.3, 0.5, 0.5], 1),
    ],
)
def test_find_best_epoch(monitor, values, best):
    assert find_best_epoch(rows(values, monitor), monitor) == best


@pytest.mark.parametrize("patience", [1, 2, 3])
def test_patience_ends_where_that_of_keras_does(patience):
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=patience, mode="min")
    stopping.set_model(keras.Sequential())
    stopping.on_train_begin()
    for epoch, loss in enumerate(LOSSES):
        stopping.on_epoch_end(epoch, {"val_loss": loss})
        assert is_out_of_patience(rows(LOSSES[: epoch + 1]), "val_loss", patience) == (
            stopping.stopped_epoch == epoch != 0
        )
        if stopping.stopped_epoch:
            return


def test_no_epochs_are_no_reason_to_stop():
    assert is_out_of_patience([], "val_loss", 1) is False


# The callback of Keras hands arrays to NumPy 2 in the old way.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("patience", [1, 2, 3])
def test_rates_are_those_of_keras(patience):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    plateau = keras.callbacks.ReduceLROnPlateau(
        "val_loss", factor=0.5, patience=patience, min_delta=0, min_lr=0.004, mode="min"
    )
    plateau.set_model(model)
    plateau.on_train_begin()
    rates = [0.1]
    for epoch, loss in enumerate(LOSSES):
        plateau.on_epoch_end(epoch, {"val_loss": loss})
        history = rows(LOSSES[: epoch + 1], rates=rates)
        rates.append(rate_after_plateau(history, "val_loss", patience, 0.5, 0.004))
        assert rates[-1] == pytest.approx(float(model.optimizer.learning_rate), rel=1e-5)


def test_the_lowest_rate_is_no_highest_one():
    history = rows([1.0, 2.0], rates=[1e-7, 1e-7])
    assert rate_after_plateau(history, "val_loss", 1, 0.5, min_rate=1e-6) == 1e-7
