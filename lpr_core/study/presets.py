"""Presets: how large a study is, from the account's protocol to what a CI machine can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lpr_core.backbones.facts import least_size
from lpr_core.places import SHIPPED_DIR
from lpr_core.study.designs import Design
from lpr_core.tasks.task import find_task
from lpr_core.training.config import TrainingConfig


@dataclass(frozen=True)
class DrawnPlates:
    """Plates that a study draws for itself when it is given none.

    Attributes:
        region: Whose design.
        num_train: Plates to learn from.
        num_validation: Plates to be measured on.
        severity: Best and worst photo, 0 to 1.
        seed: Equal seeds give equal plates.
    """

    region: str
    num_train: int
    num_validation: int
    severity: tuple[float, float] = (0.0, 0.3)
    seed: int = 0


@dataclass(frozen=True)
class StudyPreset:
    """The base configuration of a study and its size.

    Attributes:
        name: As `find_preset` knows it.
        settings: Fields of `TrainingConfig` that differ from its defaults.
        plates: What is drawn when no manifest is given.
        num_seeds: Seeds of the main design; with fewer than 6 nothing is decided.
        num_side_seeds: Seeds of the other designs.
        weights: What transfer starts from.
    """

    name: str
    settings: Mapping[str, Any]
    plates: DrawnPlates
    num_seeds: int = 8
    num_side_seeds: int = 3
    weights: str = "imagenet"

    def configure(
        self, manifest: str, backbone: str | None = None, task: str = "reading"
    ) -> TrainingConfig:
        """Return the base configuration on the plates of a manifest.

        Another backbone than the preset's gets larger pictures where it needs them; another task
        than reading takes what its networks have in common with readers'.

        Raises:
            ValueError: There is no such backbone, or no such task.
        """
        kind = find_task(task).config
        settings = self.settings.get("network", {})
        network = {name: settings[name] for name in settings if name in kind.model_fields}
        network["task"] = task
        if backbone is not None:
            own = kind.model_validate(network)
            least = least_size(backbone)
            network |= {
                "backbone": backbone,
                "height": max(own.height, least),
                "width": max(own.width, least),
            }
        return TrainingConfig.model_validate(
            {**self.settings, "manifest": manifest, "network": network}
        )

    def count_seeds(self, design: Design) -> int:
        """Return with how many seeds a design's variants run."""
        return self.num_seeds if design.is_main else self.num_side_seeds

    def find_weights(self, backbone: str | None) -> str:
        """Return what transfer starts from with this backbone, `None` being the preset's own."""
        if backbone == "compact":
            return _SHIPPED_READER
        if backbone is not None:
            return "imagenet"
        return self.weights


_SHIPPED_READER = str(SHIPPED_DIR / "models" / "seven")

ACCOUNT = StudyPreset("account", {}, DrawnPlates("br", 10_000, 3_000))
"""The account to the letter, for a GPU: EfficientNetB0, 224x224x3, batch 16, 10 epochs, Adam 1e-4,
pooled heads; all of it is `TrainingConfig`'s default. Its own plates are lost; drawn ones stand in.

Machine: one H200, `KERAS_BACKEND=jax lpr study run hypotheses --preset account --jobs 8`.
"""

LAPTOP = StudyPreset(
    "laptop",
    {
        "network": {
            "backbone": "mobilenet_v2_0.35",
            "height": 48,
            "width": 144,
            "head": "positional",
            "dense_units": 128,
            "dropout": 0.1,
            "batch_norm_momentum": 0.97,
        },
        "epochs": 8,
        "steps_per_epoch": 200,
        "batch_size": 32,
        "optimizer": "adamw",
        "learning_rate": 8e-3,
        "schedule": "cosine",
        "warmup": 0.05,
        "clip_norm": 1.0,
        "workers": 1,
    },
    DrawnPlates("br", 10_000, 1_000, severity=(0.0, 0.1)),
)
"""The same questions on 2 CPU cores, the whole 3 x 2 with 8 seeds in an hour or two.

`mobilenet_v2_0.35`, because it is the cheapest backbone with ImageNet weights, and arms separate by
pictures seen: 1,600 steps show 51,200 of them. 48x144, because a character is then 20 pixels wide.
The head keeps position: over features that are pooled over the whole picture, a small network
stayed at chance after 30,000 pictures. The account's pooled head has its say in `remedies`. The
rate is high and the statistics of BatchNormalization follow fast, because the steps are few.
Gentle photos of one region, because a study asks for differences and not for a good reader.

Machine: 2 cores, `lpr study run hypotheses --jobs 3`. Each process waits for a third of its time,
so three of one thread each do nearly twice as much as two.
"""

SMOKE = StudyPreset(
    "smoke",
    {
        "network": {
            "backbone": "compact",
            "height": 16,
            "width": 48,
            "head": "pooled",
            "dense_units": 16,
        },
        "epochs": 2,
        "batch_size": 8,
        "learning_rate": 1e-3,
        "workers": 1,
    },
    DrawnPlates("br", 160, 40),
    num_seeds=2,
    num_side_seeds=1,
    weights=_SHIPPED_READER,
)
"""Every step of a study in a minute, nothing to be learnt from its numbers: 12 runs of two epochs.

`compact` has no ImageNet weights; its transfer starts from the shipped reader's backbone.
"""

_PRESETS = {preset.name: preset for preset in (ACCOUNT, LAPTOP, SMOKE)}


def study_preset_names() -> tuple[str, ...]:
    """Return the names that `find_preset` knows."""
    return tuple(_PRESETS)


def find_preset(name: str) -> StudyPreset:
    """Return a preset.

    Raises:
        ValueError: There is none of this name.
    """
    if name not in _PRESETS:
        raise ValueError(f"The presets are {', '.join(_PRESETS)}. Received: {name!r}")
    return _PRESETS[name]
