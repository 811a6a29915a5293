"""Intervals, tests and variances of plain numbers; nothing here knows a plate."""

from lpr_core.statistics.intervals import (
    Interval,
    bca_interval,
    bootstrap_interval,
    crossed_interval,
)
from lpr_core.statistics.shares import wilson_interval
from lpr_core.statistics.significance import holm, mcnemar_test, sign_flip_tests

__all__ = [
    "Interval",
    "bca_interval",
    "bootstrap_interval",
    "crossed_interval",
    "holm",
    "mcnemar_test",
    "sign_flip_tests",
    "wilson_interval",
]
