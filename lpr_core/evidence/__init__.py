"""Evidence: what saved results say, with intervals and verdicts, and what stands behind them."""

from lpr_core.evidence.answers import Answers, StudyInputs, answer_study
from lpr_core.evidence.judging.parts import Verdict
from lpr_core.evidence.judging.verdicts import judge_hypotheses

__all__ = ["Answers", "StudyInputs", "Verdict", "answer_study", "judge_hypotheses"]
