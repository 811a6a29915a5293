"""What the finished runs of a study read right, character by character."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lpr_core.study.folder.results import StudyFolder
from lpr_core.tasks.task import find_task


@dataclass(frozen=True)
class StudyOutcome:
    """Which characters the finished runs read right on clean validation plates.

    Attributes:
        truth: Plate texts `(P,)`.
        correct: By variant and seed: `(P, S)` bool. In a cross-validation, only the rows of the
            run's own fold.
        plates: By variant and seed: the rows of `truth` `(P,)` that `correct` is about.
        character_accuracy: One row for each run: `variant, seed, character_accuracy`.
    """

    truth: NDArray[np.str_]
    correct: dict[tuple[str, int], NDArray[np.bool_]]
    plates: dict[tuple[str, int], NDArray[np.int64]]
    character_accuracy: pd.DataFrame


def correctness(folder: StudyFolder) -> StudyOutcome:
    """Compare what all finished runs read with the truth, character by character."""
    truth = folder.plates()["truth"].to_numpy(dtype=str)
    task = find_task(folder.read_study().task)
    correct, plates = {}, {}
    for variant, seed in folder.list_keys():
        if folder.is_done(variant, seed):
            table = folder.predictions(variant, seed)
            plates[variant, seed] = table["plate"].to_numpy()
            correct[variant, seed] = task.score_units(table, table)
    scores = [(variant, seed, right.mean()) for (variant, seed), right in correct.items()]
    accuracy = pd.DataFrame(scores, columns=["variant", "seed", "character_accuracy"])
    return StudyOutcome(truth, correct, plates, accuracy)
