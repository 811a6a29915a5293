"""Saves labels until it is killed; each printed line is a promise.

`python -m tests.kit.saving_process DATA_DIR` forks one child for each line on its input and says
`killed` when that has ended. A child says `pid N`, adds plates, corrects them, and prints
`saved PICTURE_ID TEXT` after the store has returned.
"""

import itertools
import os
import sys
from pathlib import Path

from lpr_core.labels import LabelStore
from tests.kit.label_samples import picture_bytes, reading_dict


def say(*words: object) -> None:
    """Write one line at once: a kill never leaves half of it."""
    os.write(sys.stdout.fileno(), (" ".join(map(str, words)) + "\n").encode())


def save_for_ever(data_dir: Path, seed: int) -> None:
    say("pid", os.getpid())
    store = LabelStore(data_dir=data_dir)
    picture_id = ""
    for step in itertools.count():
        if step % 3 == 0:
            content = picture_bytes(seed * 10_000 + step, width=300, height=100)
            picture_id = store.add_picture(content, f"plate {seed} {step}.png")
            store.add_reading(picture_id, reading_dict())
        text = f"K{seed}S{step}"
        store.add_revision(picture_id, text=text, author="tester")
        say("saved", picture_id, text)


def main() -> None:
    data_dir = Path(sys.argv[1])
    for seed, _line in enumerate(sys.stdin):
        child = os.fork()
        if child == 0:
            save_for_ever(data_dir, seed)
        os.waitpid(child, 0)
        say("killed")


if __name__ == "__main__":
    main()
