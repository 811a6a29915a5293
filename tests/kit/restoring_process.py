"""Restores backups and dies at a chosen step: `python -m tests.kit.restoring_process`.

For each line `STEP DATA_DIR ZIP` on its input it forks a child that restores the backup and kills
itself before the STEPth time that it moves, removes or syncs a file; then it says `killed` or
`restored`.
"""

import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lpr_core.labels.upkeep.restore import restore_backup

_STEPS = ("replace", "rename", "unlink", "rmdir", "fsync")


def die_at(step: int) -> None:
    """Let this process be killed before the given step, from 1."""
    count = itertools.count(1)

    def wrap(call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            if next(count) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **options)

        return counted

    for name in _STEPS:
        setattr(os, name, wrap(getattr(os, name)))


def main() -> None:
    for line in sys.stdin:
        step, data_dir, path = line.split()
        folder = Path(data_dir)
        child = os.fork()
        if child == 0:
            die_at(int(step))
            url = f"sqlite:///{folder / 'labels.sqlite3'}"
            restore_backup(Path(path), url, folder / "pictures")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        ended = {0: "restored", signal.SIGKILL: "killed"}
        print(ended.get(status, f"failed with {status}"), flush=True)


if __name__ == "__main__":
    main()
