"""Train in a process of its own on one backend of Keras, with other packages out of reach.

`KERAS_BACKEND=jax python -m tests.kit.backend_process CONFIG EPOCHS BLOCKED RUN_DIR...` trains
the same in each folder. In the last one it dies like a killed process after EPOCHS epochs, 0 being
never. BLOCKED are packages with commas between. The backbone `compact` is `tiny_backbone`.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

KILLED = 9


class Barrier:
    """A finder of modules that finds none of some packages.

    Args:
        packages: Names of top-level packages.
    """

    def __init__(self, packages: Sequence[str]) -> None:
        self.packages = frozenset(packages)

    def find_spec(self, name: str, path=None, target=None) -> None:
        """Raise as if the package were not installed."""
        if name.partition(".")[0] in self.packages:
            raise ModuleNotFoundError(f"No module named {name!r}: out of reach here", name=name)


def main(config_path: str, epochs: str, blocked: str, *run_dirs: str) -> None:
    """Train, and check that nothing came past the barrier."""
    barrier = Barrier(blocked.split(","))
    sys.meta_path.insert(0, barrier)
    from lpr_core.backbones import build as backbones
    from lpr_core.training.config import TrainingConfig
    from lpr_core.training.fit import train_run
    from tests.kit.training_kit import tiny_backbone

    backbones._BACKBONES["compact"] = tiny_backbone()

    def stop(progress) -> None:
        if progress.row is not None and progress.epoch == int(epochs):
            os._exit(KILLED)

    config = TrainingConfig.model_validate_json(Path(config_path).read_text())
    *others, last = map(Path, run_dirs)
    for run_dir in others:
        train_run(config, run_dir)
    train_run(config, last, on_progress=stop)
    loaded = barrier.packages & {name.partition(".")[0] for name in sys.modules}
    assert not loaded, f"imported in spite of the barrier: {sorted(loaded)}"


if __name__ == "__main__":
    main(*sys.argv[1:])
