"""Fine-tuned weights for a diagnosis: a run that kept them, or one that is trained for it."""

from dataclasses import dataclass
from pathlib import Path

from lpr_core.tasks.saved import read_network_config
from lpr_core.training.config import TrainingConfig


@dataclass(frozen=True)
class TunedRun:
    """A run folder with weights.

    Attributes:
        path: The folder.
        source: Where the weights come from, for people.
    """

    path: Path
    source: str


def take_tuned_run(path: Path, frozen: TrainingConfig) -> TunedRun:
    """Return a run that a person names.

    Raises:
        FileNotFoundError: The folder holds no weights.
        ValueError: Its backbone or its picture size is another one.
    """
    theirs, ours = read_network_config(path), frozen.network
    for name in ("backbone", "height", "width"):
        if getattr(theirs, name) != getattr(ours, name):
            raise ValueError(
                f"the fine-tuned run must have the {name} {getattr(ours, name)} of the frozen one. "
                f"Received: {getattr(theirs, name)} ({path})"
            )
    return TunedRun(path, f"the run {path.name}")


def train_tuned_run(frozen: TrainingConfig, path: Path, num_pictures: int) -> TunedRun:
    """Train the frozen run's twin with its backbone open and without noise, or go on with it.

    Args:
        frozen: The frozen run's configuration.
        path: Folder of the new run.
        num_pictures: Stop after about so many training pictures, if its epochs are more.

    Raises:
        ValueError: The folder holds another run.
    """
    from lpr_core.training.fit import train_run

    rows = frozen.task.read_examples(Path(frozen.manifest), frozen.network)
    num_rows = int((rows["split"] == frozen.train_split).sum())
    steps = frozen.steps_per_epoch or num_rows // frozen.batch_size
    most = max(1, round(num_pictures / (steps * frozen.batch_size)))
    network = frozen.network.model_copy(update={"freeze": 0.0, "open_layers": None})
    config = frozen.model_copy(
        update={
            "network": network,
            "epochs": min(frozen.epochs, most),
            "noise_strength": 0.0,
        }
    )
    train_run(config, path)
    seen = config.epochs * steps * config.batch_size
    return TunedRun(path, f"trained for this, {seen:,} pictures")
