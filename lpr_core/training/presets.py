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
    # The shipped finder's first part, from ImageNet's weights; its maps at strides 2 and 4, which
    # cost most of a step, stay as they are.
    "finder": {
        "network": {
            "task": "finding",
            "classes": ("plate",),
            "backbone": "mobilenet_v2_0.35",
            "height": 256,
            "width": 256,
            "weights": "imagenet",
            "freeze": 0.18,
            "batch_norm_momentum": 0.97,
            "match_from": 0.45,
            "ignore_from": 0.35,
            "box_weight": 2.0,
        },
        "epochs": 8,
        "steps_per_epoch": 300,
        "optimizer": "adamw",
        "learning_rate": 2e-3,
        "weight_decay": 0.02,
        "schedule": "cosine",
        "warmup": 0.03,
        "clip_norm": 5.0,
        "ema_momentum": 0.998,
        "monitor": "val_ap_70",
        "keep": "best",
        "cache_megabytes": 3000,
        "photos": {
            "zoom_out_share": 0.35,
            "zoom_out": 3.0,
            "zoom_in_share": 0.3,
            "zoom_in": 1.8,
            "turn_share": 0.25,
            "turn": 4.0,
            "mirror_share": 0.5,
        },
        "scene_share": 0.25,
    },
    # Its second part, which looks at what the first one found.
    "refiner": {
        "network": {"task": "refining", "backbone": "compact"},
        "epochs": 8,
        "steps_per_epoch": 120,
        "batch_size": 32,
        "optimizer": "adamw",
        "learning_rate": 2e-3,
        "weight_decay": 0.02,
        "schedule": "cosine",
        "warmup": 0.05,
        "clip_norm": 1.0,
        "ema_momentum": 0.99,
        "monitor": "val_overlap",
        "keep": "best",
        "cache_megabytes": 2500,
        "photos": {"mirror_share": 0.5, "jpeg_share": 0.15, "noise_share": 0.15},
        "scene_share": 0.25,
    },
    # The second account's detector: weights and penalty of the Keras port; made for a GPU.
    "vgg16_ssd300": {
        "network": {
            "task": "finding",
            "backbone": "vgg16",
            "head": "ssd300",
            "height": 300,
            "width": 300,
            "corners": False,
            "weights": "imagenet",
            "l2": 5e-4,
        },
        "epochs": 120,
        "batch_size": 32,
        "optimizer": "sgd",
        "learning_rate": 1e-3,
        "schedule": "steps",
        "photos": {},
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
