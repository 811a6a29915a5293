"""Statistics from saved results: intervals, tests, verdicts, and what stands behind them."""

from lpr_core.evidence.answers import Answers, StudyInputs, answer_study
from lpr_core.evidence.intervals import (
    Interval,
    bca_interval,
    bootstrap_interval,
    crossed_interval,
    wilson_interval,
)
from lpr_core.evidence.significance import holm, mcnemar_test, sign_flip_tests
from lpr_core.evidence.verdicts import Verdict, judge_hypotheses

__all__ = [
    "Answers",
    "Interval",
    "StudyInputs",
    "Verdict",
    "answer_study",
    "bca_interval",
    "bootstrap_interval",
    "crossed_interval",
    "holm",
    "judge_hypotheses",
    "mcnemar_test",
    "sign_flip_tests",
    "wilson_interval",
]
