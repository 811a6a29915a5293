"""Training configurations that have a name."""

from typing import Any

from lpr_core.training.config import TrainingConfig, upgrade_settings

_PRESETS: dict[str, dict[str, Any]] = {
    # The first account's run without transfer and without noise; its others change `weights`,
    # `freeze` and `noise_strength`.
    "account": {},
    # The shipped reader's network and optimizer.
    "compact": {
        "network": {
            "backbone": "compact",
            "height": 64,
            "width": 192,
            "head": "attention",
        },
        "batch_size": 64,
        "optimizer": "adamw",
        "learning_rate": 2e-3,
        "schedule": "cosine",
        "warmup": 0.05,
        "clip_norm": 1.0,
        "ema_momentum": 0.998,
    },
    # Transfer learning with the ImageNet weights that are shipped.
    "lite0_transfer": {
        "network": {
            "backbone": "efficientnet_lite0",
            "height": 96,
            "width": 192,
            "head": "positional",
            "weights": "imagenet",
        },
        "batch_size": 32,
        "learning_rate": 5e-4,
    },
}


def preset_names() -> tuple[str, ...]:
    """Return the names that `build_preset` knows."""
    return tuple(_PRESETS)


def build_preset(name: str, manifest: str, **settings: Any) -> TrainingConfig:
    """Return a named configuration for the plates of a manifest, with some settings changed.

    Args:
        name: One of `preset_names()`.
        manifest: Path of the manifest.
        **settings: Fields of `TrainingConfig`; a dictionary for `network` changes only the
            fields that it names.

    Raises:
        ValueError: No preset has this name, or a setting is unknown or out of range.
    """
    if name not in _PRESETS:
        raise ValueError(f"`name` must be one of {', '.join(_PRESETS)}. Received: {name!r}")
    preset, changes = _PRESETS[name], upgrade_settings(settings)
    network = {**preset.get("network", {}), **changes.pop("network", {})}
    return TrainingConfig.model_validate(
        {**preset, **changes, "manifest": manifest, "network": network}
    )
