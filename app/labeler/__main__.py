"""`python -m app.labeler` serves the labelling app."""

import sys

from app.labeler.server import main

sys.exit(main())
