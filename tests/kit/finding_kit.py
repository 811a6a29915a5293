"""Small finders and photos of drawn signs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from lpr_core.backbones import build as backbones
from lpr_core.tasks.finding.boxes.decoding import Found
from lpr_core.tasks.finding.config import FindingConfig
from lpr_core.tasks.finding.network import find_default_boxes, measure_maps
from lpr_core.tasks.finding.scores import Things
from lpr_core.training.config import TrainingConfig
from tests.kit.drawn_signs import CLASSES, NORTH, Country, write_sign_photos
from tests.kit.training_kit import tiny_backbone

COUNTS = {"train": 16, "validation": 6}


@contextmanager
def tiny_finding() -> Iterator[None]:
    """Let the backbone `compact` be a tiny one; what is known of the real one is forgotten."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(backbones._BACKBONES, "compact", tiny_backbone())
        _forget()
        yield
    _forget()


def _forget() -> None:
    for cached in (measure_maps, find_default_boxes):
        cached.cache_clear()


def make_finding_config(**settings) -> FindingConfig:
    """A network on the backbone `compact`, which tests replace by `tiny_backbone`."""
    defaults = {"backbone": "compact", "height": 64, "width": 64, "classes": CLASSES, "channels": 8}
    return FindingConfig(**{**defaults, **settings})


def make_finding_training(folder: Path, country: Country = NORTH, **settings) -> TrainingConfig:
    """A short training on drawn signs."""
    manifest = write_sign_photos(folder, country, COUNTS, seed=0, size=64)
    network = settings.pop("network", None) or make_finding_config()
    return TrainingConfig(
        **{
            "manifest": str(manifest),
            "network": network,
            "epochs": 2,
            "steps_per_epoch": 2,
            "batch_size": 4,
            "learning_rate": 1e-2,
            "workers": 1,
            **settings,
        }
    )


def make_found(*rows) -> Found:
    """Things found: `(class, score, left, top, right, bottom)` each, surest first."""
    numbers = np.array(rows, np.float32).reshape(-1, 6)
    corners = np.full((len(numbers), 8), np.nan, np.float32)
    return Found(numbers[:, 0].astype(np.int64), numbers[:, 1], numbers[:, 2:], corners)


def make_things(*rows) -> Things:
    """Things that are there: `(class, left, top, right, bottom)` each."""
    numbers = np.array(rows, np.float32).reshape(-1, 5)
    return Things(numbers[:, 0].astype(np.int64), numbers[:, 1:])
