"""The recognizer: one network from a picture to the symbol probabilities of every slot."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

from lpr_core.backbones.build import build_backbone
from lpr_core.backbones.freezing import freeze_backbone
from lpr_core.backbones.norms import list_norms
from lpr_core.backbones.weights import load_backbone_weights
from lpr_core.files import write_text_atomic
from lpr_core.tasks.reading.config import RecognizerConfig
from lpr_core.tasks.reading.heads import attention_head, pooled_head, positional_head
from lpr_core.untrusted import read_untrusted

_HEADS = {"pooled": pooled_head, "positional": positional_head, "attention": attention_head}
CONFIG_NAME = "recognizer.json"
WEIGHTS_NAME = "recognizer.weights.h5"
MAX_CONFIG_BYTES = 1_000_000


def build_recognizer(config: RecognizerConfig, seed: int | None = None) -> keras.Model:
    """Build the network with its start values.

    Equal seeds give equal random values, dropout included; without a seed they differ each time.

    Input `image` `(N, height, width, 3)` float32 RGB of 0..255; output `(N, S, V)`, each slot's
    probabilities summing to 1. The backbone is a layer called `backbone`.

    Raises:
        ValueError: The configuration names something that does not exist or does not fit.
        FileNotFoundError: `weights` names a file that does not exist.
        ConnectionError: ImageNet weights could not be downloaded.
    """
    with _layer_seeds(seed):
        recognizer = _build_network(config)
    backbone = recognizer.get_layer("backbone")
    if config.batch_norm_momentum is not None:
        for norm in list_norms(recognizer):
            norm.momentum = config.batch_norm_momentum
    if Path(config.weights).is_dir():
        _copy_from_run(recognizer, config)
    else:
        load_backbone_weights(backbone, config.backbone, config.weights)
    freeze_backbone(
        backbone,
        config.freeze,
        config.open_layers,
        freeze_batch_norm=config.freeze_batch_norm,
    )
    return recognizer


def save_recognizer(recognizer: keras.Model, config: RecognizerConfig, folder: Path) -> None:
    """Write what `load_recognizer` needs: `recognizer.json` and `recognizer.weights.h5`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text_atomic(folder / CONFIG_NAME, config.model_dump_json(indent=2))
    draft_path = folder / f"draft.{WEIGHTS_NAME}"
    # A twin without the optimizer, whose state `save_weights` would write as well.
    keras.Model(recognizer.inputs, recognizer.outputs).save_weights(draft_path)
    draft_path.replace(folder / WEIGHTS_NAME)


def read_recognizer_config(folder: Path) -> RecognizerConfig:
    """Return the configuration of a saved recognizer.

    Raises:
        FileNotFoundError: The folder holds no recognizer.
    """
    path = folder / CONFIG_NAME
    if not path.is_file() or not (folder / WEIGHTS_NAME).is_file():
        raise FileNotFoundError(f"{folder} holds no recognizer ({CONFIG_NAME}, {WEIGHTS_NAME}).")
    return RecognizerConfig.model_validate_json(read_untrusted(path, MAX_CONFIG_BYTES))


def load_recognizer(folder: Path) -> keras.Model:
    """Rebuild a saved recognizer with its weights; nothing is downloaded.

    Raises:
        FileNotFoundError: The folder holds no recognizer.
    """
    config = read_recognizer_config(folder).model_copy(update={"weights": "none"})
    recognizer = build_recognizer(config)
    recognizer.load_weights(folder / WEIGHTS_NAME)
    return recognizer


def _build_network(config: RecognizerConfig) -> keras.Model:
    backbone = build_backbone(config.backbone, config.height, config.width)
    image = keras.Input((config.height, config.width, 3), name="image")
    head = _HEADS[config.head]
    plate = head(backbone(image), config.plate_format, config.dense_units, config.dropout)
    return keras.Model(image, plate, name="recognizer")


@contextmanager
def _layer_seeds(seed: int | None) -> Iterator[None]:
    """Let layers draw their own seeds from `seed`; Keras takes them from Python's generator."""
    if seed is None:
        yield
        return
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


def _copy_from_run(recognizer: keras.Model, config: RecognizerConfig) -> None:
    folder = Path(config.weights)
    donor_config = read_recognizer_config(folder)
    if donor_config.backbone != config.backbone:
        raise ValueError(
            f"`weights` must name a run with the backbone {config.backbone}. "
            f"Received: {folder} ({donor_config.backbone})"
        )
    donor = load_recognizer(folder)
    if config.weights_scope == "backbone":
        recognizer, donor = recognizer.get_layer("backbone"), donor.get_layer("backbone")
    try:
        recognizer.set_weights(donor.get_weights())
    except ValueError as error:
        raise ValueError(
            f"The network in {folder} differs from this one; take only its backbone: {error}"
        ) from error
