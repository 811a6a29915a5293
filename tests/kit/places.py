"""Where the tests find the checkout, and what lies beside it."""

from pathlib import Path

REPOSITORY_DIR = Path(__file__).resolve().parents[2]
