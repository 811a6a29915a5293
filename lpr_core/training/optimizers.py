"""Optimizers, schedules and the rules that look at the history of a run."""

from typing import Any

import keras

from lpr_core.training.config import TrainingConfig

_FINAL_FRACTION = 0.01


def build_optimizer(config: TrainingConfig, num_steps: int) -> keras.optimizers.Optimizer:
    """Return the optimizer of a run that takes `num_steps` steps in all."""
    options: dict[str, Any] = {
        "learning_rate": _learning_rate(config, num_steps),
        "clipnorm": config.clip_norm,
        "use_ema": config.ema_momentum is not None,
    }
    if config.ema_momentum is not None:
        options["ema_momentum"] = config.ema_momentum
    if config.optimizer == "sgd":
        return keras.optimizers.SGD(**options, momentum=config.momentum)
    if config.optimizer == "adam":
        return keras.optimizers.Adam(**options)
    optimizer = keras.optimizers.AdamW(**options, weight_decay=config.weight_decay)
    # Decay is for kernels: BatchNormalization and biases have nothing to gain from it.
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def _learning_rate(config: TrainingConfig, num_steps: int) -> Any:
    if config.schedule == "constant":
        return config.learning_rate
    if config.schedule == "steps":
        ends = [round(share * num_steps) for share in config.rate_steps]
        rates = [config.learning_rate * 0.1**count for count in range(len(ends) + 1)]
        return keras.optimizers.schedules.PiecewiseConstantDecay(ends, rates)
    warmup_steps = round(config.warmup * num_steps)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0 if warmup_steps else config.learning_rate,
        decay_steps=num_steps - warmup_steps,
        alpha=_FINAL_FRACTION,
        warmup_target=config.learning_rate if warmup_steps else None,
        warmup_steps=warmup_steps,
    )
