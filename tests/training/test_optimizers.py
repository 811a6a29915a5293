import keras
import numpy as np
import pytest

from lpr_core.training.config import TrainingConfig
from lpr_core.training.optimizers import build_optimizer


def build(num_steps=100, **settings) -> keras.optimizers.Optimizer:
    return build_optimizer(TrainingConfig(manifest="p.csv", **settings), num_steps)


def rate_at(optimizer, step: int) -> float:
    optimizer.iterations.assign(step)
    return float(optimizer.learning_rate)


def test_the_accounts_optimizer():
    optimizer = build()
    assert type(optimizer) is keras.optimizers.Adam
    assert [rate_at(optimizer, step) for step in (0, 99)] == pytest.approx([1e-4, 1e-4])
    assert (optimizer.clipnorm, optimizer.use_ema, optimizer.weight_decay) == (None, False, None)


@pytest.mark.parametrize(
    ("warmup", "expected"),
    [
        (0.0, {0: 0.1, 50: 0.0505, 100: 0.001, 150: 0.001}),
        (0.2, {0: 0.0, 10: 0.05, 20: 0.1, 60: 0.0505, 100: 0.001}),
    ],
)
def test_cosine_falls_to_a_hundredth(warmup, expected):
    optimizer = build(schedule="cosine", learning_rate=0.1, warmup=warmup)
    received = {step: rate_at(optimizer, step) for step in expected}
    assert received == pytest.approx(expected, abs=1e-6)


def test_choices_reach_the_optimizer():
    optimizer = build(optimizer="adamw", weight_decay=0.05, clip_norm=2.0, ema_momentum=0.9)
    assert type(optimizer) is keras.optimizers.AdamW
    assert (optimizer.clipnorm, optimizer.weight_decay) == (2.0, 0.05)
    assert (optimizer.use_ema, optimizer.ema_momentum) == (True, 0.9)


def test_only_kernels_decay():
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4), keras.layers.BatchNormalization()]
    )
    for variable in model.trainable_variables:
        variable.assign(np.ones(variable.shape))
    optimizer = build(optimizer="adamw", weight_decay=0.5, learning_rate=0.1)
    zeros = [np.zeros(variable.shape, np.float32) for variable in model.trainable_variables]
    optimizer.build(model.trainable_variables)
    optimizer.apply([keras.ops.convert_to_tensor(zero) for zero in zeros])
    values = {variable.name: float(np.mean(variable)) for variable in model.trainable_variables}
    assert values == pytest.approx({"kernel": 0.95, "bias": 1, "gamma": 1, "beta": 1})


def test_steps_divide_the_rate_by_ten():
    optimizer = build(120, optimizer="sgd", schedule="steps", learning_rate=1e-3)
    assert type(optimizer) is keras.optimizers.SGD
    assert optimizer.momentum == 0.9
    received = [rate_at(optimizer, step) for step in (0, 80, 81, 100, 101)]
    assert received == pytest.approx([1e-3, 1e-3, 1e-4, 1e-4, 1e-5])
