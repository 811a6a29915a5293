"""One training run, from a configuration to a run folder."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import pandas as pd
from keras import ops

from lpr_core.data.batches import BatchOptions, MixedBatches, PictureBatches
from lpr_core.tasks.networks import build_network, load_network
from lpr_core.training.callbacks import (
    EpochKeeper,
    ProgressListener,
    ProgressTeller,
    is_stopped_early,
)
from lpr_core.training.checkpoint import restore_checkpoint
from lpr_core.training.config import TrainingConfig
from lpr_core.training.features import cut_to_features, has_fixed_features, has_one_map
from lpr_core.training.optimizers import build_optimizer
from lpr_core.training.patience import find_best_epoch
from lpr_core.training.provenance import describe_run
from lpr_core.training.runs import FREE_FIELDS, HistoryRow, RunFolder

Examples = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame | None]
"""To learn from, to measure on, and those of a second manifest to learn from."""


class DivergedError(ArithmeticError):
    """The loss is no longer a number; the run is over and its folder says failed."""


def train_run(
    config: TrainingConfig,
    run_dir: Path,
    on_progress: ProgressListener | None = None,
    feature_dir: Path | None = None,
) -> RunFolder:
    """Train as configured and leave a run folder behind.

    A folder whose run was killed, or failed, goes on where its last epoch ended; a finished one is
    returned as it is.

    Args:
        config: What to train, and on what.
        run_dir: The run's folder; made when missing.
        on_progress: Called after each step and each epoch.
        feature_dir: When given, a run whose backbone is frozen and whose pictures are clean looks
            at each picture once, keeps here what the backbone saw, and trains its head on that.
            Runs that differ in nothing below the head share it.

    Raises:
        ValueError: The data has too few examples, or the folder holds a run of another
            configuration or other data.
        DivergedError: The loss became infinite or no number.
    """
    train, validation = _read_examples(config)
    prepared = _prepare_network(config, train)
    if prepared.network != config.network:  # which may decide what is read
        config, (train, validation) = prepared, _read_examples(prepared)
    extra = _read_extra(config)
    folder = RunFolder(run_dir)
    _claim(folder, describe_run(config, train, validation, extra))
    if folder.state == "finished":
        return folder
    folder.write_state("started")
    try:
        _train(config, folder, (train, validation, extra), on_progress, feature_dir)
    except Exception as error:
        folder.write_state("failed", f"{type(error).__name__}: {error}")
        raise
    folder.write_state("finished")
    folder.checkpoint_path.unlink(missing_ok=True)
    return folder


def _read_examples(config: TrainingConfig) -> tuple[pd.DataFrame, pd.DataFrame]:
    read = config.task.read_examples
    frame = read(Path(config.manifest), config.network)
    if config.validation_manifest is None:
        if not _has_splits(frame):
            raise ValueError(
                f"{config.manifest} must name splits, or `validation_manifest` another file."
            )
        other = frame
    else:
        other = read(Path(config.validation_manifest), config.network)
    return _select_split(frame, config.train_split), _select_split(other, config.validation_split)


def _prepare_network(config: TrainingConfig, train: pd.DataFrame) -> TrainingConfig:
    network = config.task.prepare_network(config.network, train, config.photos)
    return config.model_copy(update={"network": network})


def _select_split(frame: pd.DataFrame, split: str) -> pd.DataFrame:
    if not _has_splits(frame):
        return frame
    rows = frame[frame["split"] == split].reset_index(drop=True)
    if rows.empty:
        known = ", ".join(sorted(set(frame["split"])))
        raise ValueError(f"the manifest has no examples in the split {split!r}; it has: {known}.")
    return rows


def _has_splits(frame: pd.DataFrame) -> bool:
    return bool((frame["split"] != "").any())


def _claim(folder: RunFolder, record: dict[str, Any]) -> None:
    """Write the run's description, unless the folder holds the same run already."""
    known = folder.read_config()
    if not known:
        folder.write_config(record)
        return
    # Through the class, so that a setting that is younger than the folder has its default.
    config = TrainingConfig.model_validate(known["config"]).model_dump(mode="json")
    differences = _list_differences(config, record["config"])
    if record["data"] != known["data"]:
        differences.append("the examples of the manifest")
    if differences:
        raise ValueError(
            f"{folder.path} holds another run; different: {', '.join(differences)}. "
            "Choose another folder."
        )


def _list_differences(known: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """Return the names of the settings that differ and matter, those of inner ones by dots."""
    differences: list[str] = []
    for name, value in wanted.items():
        if isinstance(value, dict):
            inner = _list_differences(known[name], value)
            differences += [f"{name}.{setting}" for setting in inner]
        elif name not in FREE_FIELDS and value != known[name]:
            differences.append(name)
    return differences


def _train(
    config: TrainingConfig,
    folder: RunFolder,
    examples: Examples,
    on_progress: ProgressListener | None,
    feature_dir: Path | None,
) -> None:
    train, validation, _ = examples
    batches = _make_batches(config, examples)
    network = build_network(config.network, seed=config.seed)
    model, (train_batches, validation_batches) = (
        cut_to_features(network, (train, validation), batches, config, feature_dir)
        if feature_dir is not None and has_fixed_features(config) and has_one_map(network)
        else (network, batches)
    )
    _compile(model, config, len(train_batches) * config.epochs)
    done = restore_checkpoint(folder.checkpoint_path, model)
    history = folder.read_history_rows()[:done]
    if done < config.epochs and not is_stopped_early(config, history):
        keeper = EpochKeeper(config, folder, network, train_batches, validation_batches, history)
        tellers = [ProgressTeller(on_progress, history)] if on_progress else []
        model.fit(
            train_batches,
            initial_epoch=done,
            epochs=config.epochs,
            shuffle=False,  # the batches bring their own order
            verbose=0,
            callbacks=[keeper, *tellers],
        )
        if keeper.diverged_at:
            raise DivergedError(keeper.diverged_at)
    _write_results(config, folder, validation, batches[1], history)


def _make_batches(
    config: TrainingConfig, examples: Examples
) -> tuple[PictureBatches | MixedBatches, PictureBatches]:
    train, validation, extra = examples
    clean = BatchOptions(
        config.batch_size,
        seed=config.seed,
        workers=config.workers,
        cache_bytes=config.cache_megabytes * 2**20 // 2,
    )
    learned = replace(
        clean,
        shuffle=True,
        num_steps=config.steps_per_epoch,
        noise_strength=config.noise_strength,
        per_channel=config.per_channel,
        camera_severity=config.camera_severity,
        ramp_epochs=config.ramp_epochs or config.epochs,
        photos=config.photos,
        scene_share=config.scene_share,
    )
    make = config.task.make_batches
    measured = make(validation, config.network, clean)
    if extra is None:
        return make(train, config.network, learned), measured
    return _mix_batches(config, train, extra, learned), measured


def _mix_batches(
    config: TrainingConfig, train: pd.DataFrame, extra: pd.DataFrame, learned: BatchOptions
) -> MixedBatches:
    """Return batches that have photos of a second manifest in them."""
    make = config.task.make_batches
    num_extra = min(max(round(config.batch_size * config.extra_share), 1), config.batch_size - 1)
    main = make(train, config.network, replace(learned, batch_size=config.batch_size - num_extra))
    options = replace(learned, batch_size=num_extra, num_steps=len(main), are_photos=True)
    return MixedBatches(main, make(extra, config.network, options))


def _read_extra(config: TrainingConfig) -> pd.DataFrame | None:
    if config.extra_manifest is None:
        return None
    frame = config.task.read_examples(Path(config.extra_manifest), config.network)
    return _select_split(frame, config.train_split)


def _compile(model: keras.Model, config: TrainingConfig, num_steps: int) -> None:
    model.compile(
        optimizer=build_optimizer(config, num_steps),
        loss=config.task.make_loss(config.network, config.label_smoothing),
        metrics=config.task.make_metrics(config.network),
        # XLA makes TensorFlow several times slower on a CPU; JAX knows nothing else.
        jit_compile=False if keras.config.backend() == "tensorflow" else "auto",
    )


def _write_results(
    config: TrainingConfig,
    folder: RunFolder,
    validation: pd.DataFrame,
    batches: PictureBatches,
    history: list[HistoryRow],
) -> None:
    task, network = config.task, load_network(folder.path)
    started = time.monotonic()
    outputs = network.predict(batches, verbose=0)
    predict_seconds = time.monotonic() - started
    said = task.tabulate_outputs(outputs, config.network)
    folder.write_predictions(pd.concat([task.tabulate_truth(validation), said], axis=1))
    folder.write_metrics(
        {
            **task.score(batches.truth, outputs, config.network),
            "epochs": len(history),
            "best_epoch": find_best_epoch(history, config.monitor) + 1,
            "kept": config.keep,
            "num_parameters": network.count_params(),
            "num_trainable": sum(int(ops.size(w)) for w in network.trainable_weights),
            "train_seconds": sum(row["seconds"] for row in history),
            f"validation_{task.words.units}_per_second": len(validation) / predict_seconds,
        }
    )
