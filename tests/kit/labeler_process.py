"""The labelling app with the fake reader: `python -m tests.kit.labeler_process`, `PORT` chooses.

With `--lives` it starts a life of the app for each line on its input, and says `killed` when that
has ended: a forked child needs no second to import Gradio.
"""

import os
import sys
from unittest.mock import patch

from app.labeler import server as labeler
from tests.kit.fake_reader import FakeReader


def main() -> int:
    with (
        patch.object(labeler.Reader, "load", FakeReader),
        patch.object(labeler, "load_finder", lambda: None),
    ):
        return labeler.main()


def live_again_and_again() -> None:
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(main())
        print("pid", child, flush=True)
        os.waitpid(child, 0)
        print("killed", flush=True)


if __name__ == "__main__":
    if "--lives" in sys.argv:
        live_again_and_again()
    else:
        sys.exit(main())
