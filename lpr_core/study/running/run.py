"""One run of a study: train, read noisy plates, score the training plates, tidy up."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lpr_core.processes import Tell
from lpr_core.study.folder.results import StudyFolder
from lpr_core.study.running.twins import copy_run, find_twin, without_folders
from lpr_core.tasks.saved import discard_files
from lpr_core.training.config import TrainingConfig
from lpr_core.training.runs import RunFolder


@dataclass(frozen=True)
class RunOrder:
    """Everything that a process must know to perform one run.

    Attributes:
        study_dir: The study's folder.
        variant: Name of the variant.
        seed: The run's seed.
        config: What to train, on a manifest of the variant's own plates.
        asked_rows: Rows of the study's plates that the manifest's validation plates are, in order.
        image_paths: These plates' paths as the study keeps them.
        trackers: Where the run is also written while it trains.
        keeps_weights: Whether the network stays.
    """

    study_dir: Path
    variant: str
    seed: int
    config: TrainingConfig
    asked_rows: tuple[int, ...]
    image_paths: tuple[str, ...]
    trackers: tuple[str, ...] = ()
    keeps_weights: bool = False

    @property
    def name(self) -> str:
        """What people read while it runs."""
        return f"{self.variant} seed {self.seed}"


def perform_run(order: RunOrder, tell: Tell) -> None:
    """Bring a run to its end from wherever it is; one that has a twin is copied.

    Raises:
        Exception: Whatever `train_run` raises.
    """
    folder = StudyFolder(order.study_dir)
    run = folder.run(order.variant, order.seed)
    if _copy_from_twin(order, folder, run):
        return
    if run.state != "finished":
        _train(order, folder, run, tell)
    _make_portable(order, run)
    _measure(order, folder, run)
    if not order.keeps_weights:
        discard_weights(run)


def discard_weights(run: RunFolder) -> None:
    """Remove a run's network."""
    discard_files(run.path)


def _copy_from_twin(order: RunOrder, folder: StudyFolder, run: RunFolder) -> bool:
    """Return whether another study's run could be had; it has no weights and no tracker saw it."""
    import keras

    if order.keeps_weights or order.trackers or run.path.exists():
        return False
    twin = find_twin(folder, order.config, order.asked_rows, keras.config.backend())
    if twin is not None:
        copy_run(twin, run)
    return twin is not None


def _train(order: RunOrder, folder: StudyFolder, run: RunFolder, tell: Tell) -> None:
    from lpr_core.training.callbacks import TrainingProgress
    from lpr_core.training.fit import train_run
    from lpr_core.training.trackers import open_trackers

    name = f"{folder.path.name}/{order.variant}/seed-{order.seed}"
    with open_trackers(order.trackers, run, name, order.config) as track:

        def on_progress(progress: TrainingProgress) -> None:
            track(progress)
            done = progress.epoch + progress.step / progress.steps
            tell(min(done / progress.epochs, 1.0))

        train_run(order.config, run.path, on_progress, feature_dir=folder.work_dir / "features")


def _make_portable(order: RunOrder, run: RunFolder) -> None:
    """Take the paths of this machine out of the run's files; name the study's plates instead."""
    table = run.read_predictions()
    if "plate" not in table:
        table.insert(0, "plate", np.array(order.asked_rows))
        run.write_predictions(table.assign(image_path=order.image_paths))
    record = run.read_config()
    run.write_config({**record, "config": without_folders(record["config"])})


def _measure(order: RunOrder, folder: StudyFolder, run: RunFolder) -> None:
    from lpr_core.study.running.robustness import read_noisy, score_train
    from lpr_core.tasks.networks import load_network

    if folder.is_done(order.variant, order.seed):
        return
    config, network = order.config, load_network(run.path)
    examples = config.task.read_examples(Path(config.manifest), config.network)
    asked = examples[examples["split"] == config.validation_split]
    noisy = read_noisy(network, config.network, asked)
    noisy["plate"] = np.array(order.asked_rows)[noisy["plate"]]
    folder.write_noisy_predictions(order.variant, order.seed, noisy)
    learned = examples[examples["split"] == config.train_split]
    train = score_train(network, config.network, learned)
    # Last, because it is what makes the run a done one.
    run.write_metrics({**run.read_metrics(), "train": train})
