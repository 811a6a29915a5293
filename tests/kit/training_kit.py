"""Small networks and plates for tests of models and training: seconds instead of minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partialmethod
from pathlib import Path

import cv2
import keras
import numpy as np
import pandas as pd
import pytest

from lpr_core.backbones.build import Backbone
from lpr_core.plates.format import PlateFormat
from lpr_core.tasks.reading.config import ReadingConfig
from lpr_core.training.config import TrainingConfig

PLATE_FORMAT = PlateFormat(name="three", slots=3, alphabet="018X")
HEIGHT, WIDTH = 16, 48


def tiny_backbone() -> Backbone:
    """A backbone of one convolution in the place of `compact`."""
    return Backbone(
        preprocess=lambda: keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="preprocess"),
        body=_tiny_body,
    )


@contextmanager
def eager_networks() -> Iterator[None]:
    """Have networks run eagerly: to trace a step takes longer than to run all of a tiny run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.Model, "compile", partialmethod(keras.Model.compile, run_eagerly=True))
        # A loaded network is not compiled.
        patch.setattr(keras.Model, "run_eagerly", True)
        yield


def _tiny_body(images):
    features = keras.layers.Conv2D(8, 5, strides=4, padding="same", name="conv")(images)
    features = keras.layers.BatchNormalization(name="bn", momentum=0.8)(features)
    return keras.layers.ReLU()(features)


def make_reading_config(**settings) -> ReadingConfig:
    return ReadingConfig(
        **{
            "plate_format": PLATE_FORMAT,
            "backbone": "compact",
            "height": HEIGHT,
            "width": WIDTH,
            "head": "attention",
            "dense_units": 16,
            **settings,
        }
    )


def make_training_config(manifest: Path, network=None, **settings) -> TrainingConfig:
    return TrainingConfig(
        **{
            "manifest": str(manifest),
            "network": network or make_reading_config(),
            "epochs": 4,
            "batch_size": 8,
            "learning_rate": 1e-2,
            "workers": 1,
            **settings,
        }
    )


def write_plates(folder: Path, num_train: int = 24, num_validation: int = 10) -> Path:
    """Draw plates with big characters, write them with a manifest, return its path."""
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for index in range(num_train + num_validation):
        text = "".join(rng.choice(list(PLATE_FORMAT.alphabet), PLATE_FORMAT.slots))
        picture = draw_text(text, rng)
        cv2.imwrite(str(folder / f"{index}.png"), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        split = "train" if index < num_train else "validation"
        rows.append((f"{index}.png", text, "br" if index % 2 else "", split))
    columns = ["image_path", "plate_text", "plate_region", "split"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "manifest.csv", index=False)
    return folder / "manifest.csv"


def draw_text(text: str, rng: np.random.Generator) -> np.ndarray:
    """Dark characters on a bright plate, `(16, 48, 3)` uint8 RGB."""
    picture = np.full((HEIGHT, WIDTH, 3), int(rng.integers(170, 255)), np.uint8)
    for slot, symbol in enumerate(text):
        cv2.putText(
            picture, symbol, (3 + 15 * slot, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (20, 20, 60), 1
        )
    return picture
