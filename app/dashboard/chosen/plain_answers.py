"""The plain answers of the furthest studies that there are, each with the study it comes from."""

from collections.abc import Callable

from app.dashboard.chosen.study_answers import read_answers
from app.dashboard.chosen.study_picker import judges_hypotheses, offer_studies, open_study
from lpr_core.evidence.answers import Answers
from lpr_core.evidence.plain import PlainAnswer, tell_noise, tell_stagnation, tell_transfer
from lpr_core.study.designs import Design
from lpr_core.study.folder.results import StudySummary

IsWanted = Callable[[Design], bool]
Tell = Callable[[Answers], PlainAnswer | None]


def list_plain_answers() -> list[tuple[PlainAnswer, str]]:
    """Return what the studies say to the three questions, and each one's study."""
    told = (
        _tell(judges_hypotheses, tell_transfer),
        _tell(_varies_noise, tell_noise) or _tell(judges_hypotheses, tell_noise),
        _tell(judges_hypotheses, tell_stagnation),
    )
    return [answer for answer in told if answer is not None]


def _varies_noise(design: Design) -> bool:
    return design.axis is not None and design.axis.factor == "noise"


def _tell(is_wanted: IsWanted, tell: Tell) -> tuple[PlainAnswer, str] | None:
    """Return the answer of the study that is furthest, of those that have one."""
    studies = [study for study in offer_studies(is_wanted).values() if study.runs_done]
    for study in sorted(studies, key=_rank, reverse=True):
        answers = _find_answers(study)
        answer = None if answers is None else tell(answers)
        if answer is not None:
            return answer, study.name
    return None


def _find_answers(study: StudySummary) -> Answers | None:
    """Return what a study says; None where it cannot be read, which its own page tells."""
    try:
        view = open_study(study)
        return None if view is None else read_answers(view)
    except (ValueError, LookupError, TypeError, OSError, EOFError):
        return None


def _rank(study: StudySummary) -> tuple[bool, bool, int]:
    return study.state == "complete", study.name == study.design, study.runs_done
