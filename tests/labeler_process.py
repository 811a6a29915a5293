"""The labelling app with the fake reader: `python -m tests.labeler_process`, `PORT` chooses."""

import sys
from unittest.mock import patch

from app import labeler
from tests.fake_reader import FakeReader

if __name__ == "__main__":
    with patch.object(labeler.Reader, "load", FakeReader):
        sys.exit(labeler.main())
