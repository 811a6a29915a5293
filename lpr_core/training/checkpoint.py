"""Save and restore everything that a training in progress consists of."""

import io
from pathlib import Path
from typing import Any

import keras
import numpy as np

from lpr_core.files import write_bytes_atomic


def save_checkpoint(path: Path, model: keras.Model, num_epochs: int) -> None:
    """Write the weights, the optimizer's state and the seeds of dropout after `num_epochs`.

    The optimizer's state holds the step count (so the place in a schedule), the learning rate and
    the moving average of the weights.
    """
    content = io.BytesIO()
    arrays: dict[str, Any] = {
        str(i): np.asarray(variable) for i, variable in enumerate(_state(model))
    }
    np.savez(content, num_epochs=num_epochs, **arrays)
    write_bytes_atomic(path, content.getvalue())


def restore_checkpoint(path: Path, model: keras.Model) -> int:
    """Restore a compiled model in place and return how many epochs it has behind it.

    Without a file the model stays as it is and the answer is 0.
    """
    model.optimizer.build(model.trainable_variables)
    if not path.is_file():
        return 0
    with np.load(path) as arrays:
        for i, variable in enumerate(_state(model)):
            variable.assign(arrays[str(i)])
        return int(arrays["num_epochs"])


def _state(model: keras.Model) -> list[keras.Variable]:
    return [*model.variables, *model.optimizer.variables]
