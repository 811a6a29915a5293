"""The networks of all tasks: built with their start values, saved, loaded."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

from lpr_core.backbones.freezing import freeze_backbone
from lpr_core.backbones.norms import list_norms
from lpr_core.backbones.weights import load_backbone_weights
from lpr_core.files import write_text_atomic
from lpr_core.tasks.saved import CONFIG_NAME, WEIGHTS_NAME, find_files, read_network_config
from lpr_core.tasks.task import NetworkConfig, find_task


def build_network(config: NetworkConfig, seed: int | None = None) -> keras.Model:
    """Build a task's network with its start values.

    Equal seeds give equal random values, dropout included; without a seed they differ each time.

    Raises:
        ValueError: The configuration names something that does not exist or does not fit.
        FileNotFoundError: `weights` names a file that does not exist.
        ConnectionError: ImageNet weights could not be downloaded.
    """
    with _layer_seeds(seed):
        network = find_task(config.task).build_graph(config)
    backbone = network.get_layer("backbone")
    if config.batch_norm_momentum is not None:
        for norm in list_norms(network):
            norm.momentum = config.batch_norm_momentum
    if Path(config.weights).is_dir():
        _copy_from_run(network, config)
    else:
        load_backbone_weights(backbone, config.backbone, config.weights)
    freeze_backbone(
        backbone,
        config.freeze,
        config.open_layers,
        freeze_batch_norm=config.freeze_batch_norm,
    )
    return network


def save_network(network: keras.Model, config: NetworkConfig, folder: Path) -> None:
    """Write what `load_network` needs: `network.json` and `network.weights.h5`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text_atomic(folder / CONFIG_NAME, config.model_dump_json(indent=2))
    draft_path = folder / f"draft.{WEIGHTS_NAME}"
    # A twin without the optimizer, whose state `save_weights` would write as well.
    keras.Model(network.inputs, network.outputs).save_weights(draft_path)
    draft_path.replace(folder / WEIGHTS_NAME)


def load_network(folder: Path) -> keras.Model:
    """Rebuild a saved network with its weights; nothing is downloaded.

    Raises:
        FileNotFoundError: The folder holds no network.
    """
    config = read_network_config(folder).model_copy(update={"weights": "none"})
    network = build_network(config)
    network.load_weights(find_files(folder).weights)
    return network


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


def _copy_from_run(network: keras.Model, config: NetworkConfig) -> None:
    folder = Path(config.weights)
    donor_config = read_network_config(folder)
    if donor_config.backbone != config.backbone:
        raise ValueError(
            f"`weights` must name a run with the backbone {config.backbone}. "
            f"Received: {folder} ({donor_config.backbone})"
        )
    donor = load_network(folder)
    if config.weights_scope == "backbone":
        network, donor = network.get_layer("backbone"), donor.get_layer("backbone")
    try:
        network.set_weights(donor.get_weights())
    except ValueError as error:
        raise ValueError(
            f"The network in {folder} differs from this one; take only its backbone: {error}"
        ) from error
