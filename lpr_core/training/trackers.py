"""Write a run to TensorBoard or MLflow while it trains, for people who live there."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from lpr_core.settings import flatten_settings
from lpr_core.training.config import TrainingConfig
from lpr_core.training.runs import HistoryRow, RunFolder

if TYPE_CHECKING:
    from lpr_core.training.callbacks import TrainingProgress

Write = Callable[[HistoryRow], None]

_MODULES = {"tensorboard": "tensorboard.summary", "mlflow": "mlflow"}
_PACKAGES = {"tensorboard": "tensorboard", "mlflow": "mlflow-skinny"}
_EXPERIMENT = "lpr"
_RUN_ID_NAME = "mlflow_run_id"


def tracker_names() -> tuple[str, ...]:
    """Return the names that `open_trackers` knows."""
    return tuple(_PACKAGES)


def check_trackers(names: Sequence[str]) -> None:
    """Raise at once what `open_trackers` would raise in a run.

    Raises:
        ValueError: There is no such tracker, or its package is not installed.
    """
    for name in names:
        if name not in _PACKAGES:
            raise ValueError(f"Runs can be written to {', '.join(_PACKAGES)}. Received: {name!r}")
        _import_package(name)


@contextmanager
def open_trackers(
    names: Sequence[str], run: RunFolder, title: str, config: TrainingConfig
) -> Iterator[Callable[["TrainingProgress"], None]]:
    """Yield a progress listener that writes each epoch to some trackers.

    A run that goes on after a break goes on there as well.

    Args:
        names: Of `tracker_names()`.
        run: The run's folder; TensorBoard's files are written into it.
        title: The run's name in MLflow.
        config: Its settings become MLflow's parameters.

    Raises:
        ValueError: As `check_trackers`.
    """
    check_trackers(names)
    with ExitStack() as stack:
        writers = [
            stack.enter_context(_write_tensorboard(run))
            if name == "tensorboard"
            else stack.enter_context(_write_mlflow(run, title, config))
            for name in names
        ]

        def listen(progress: "TrainingProgress") -> None:
            if progress.row is not None:
                for write in writers:
                    write(progress.row)

        yield listen


def _import_package(tracker: str) -> ModuleType:
    try:
        return import_module(_MODULES[tracker])
    except ModuleNotFoundError as error:
        raise ValueError(
            f"`--log {tracker}` needs the package {_PACKAGES[tracker]}, which is not installed: "
            f"pip install {_PACKAGES[tracker]}"
        ) from error


@contextmanager
def _write_tensorboard(run: RunFolder) -> Iterator[Write]:
    """Write event files without TensorFlow, so that this works on every backend."""
    summary = _import_package("tensorboard")
    writer = summary.Writer(str(run.path / "tensorboard"))

    def write(row: HistoryRow) -> None:
        for name, value in _values_of(row).items():
            writer.add_scalar(name, value, step=int(row["epoch"]))

    try:
        yield write
    finally:
        writer.close()


@contextmanager
def _write_mlflow(run: RunFolder, title: str, config: TrainingConfig) -> Iterator[Write]:
    """Write to the server or folder that MLflow's own settings name (`MLFLOW_TRACKING_URI`)."""
    client = _import_package("mlflow").MlflowClient()
    run_id = _find_mlflow_run(client, run, title, config)

    def write(row: HistoryRow) -> None:
        for name, value in _values_of(row).items():
            client.log_metric(run_id, name, value, step=int(row["epoch"]))

    try:
        yield write
    except BaseException:
        client.set_terminated(run_id, status="FAILED")
        raise
    client.set_terminated(run_id, status="FINISHED")


def _find_mlflow_run(client: Any, run: RunFolder, title: str, config: TrainingConfig) -> str:
    """Return the id of the run that was begun before, else of a new one."""
    path = run.path / _RUN_ID_NAME
    if path.is_file():
        return path.read_text()
    experiment = client.get_experiment_by_name(_EXPERIMENT)
    number = experiment.experiment_id if experiment else client.create_experiment(_EXPERIMENT)
    run_id: str = client.create_run(number, run_name=title).info.run_id
    for name, value in flatten_settings(config.model_dump(mode="json")).items():
        client.log_param(run_id, name, value)
    run.path.mkdir(parents=True, exist_ok=True)
    path.write_text(run_id)
    return run_id


def _values_of(row: HistoryRow) -> dict[str, float]:
    return {name: value for name, value in row.items() if name != "epoch"}
